"""The text of a part made ready to be painted: how much of it, in which blocks and colours."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

import msgspec

from app.episodes.text.code_colours import code_spans, language_of, language_of_file
from app.episodes.text.excerpt import Reach, excerpt, readable
from app.episodes.text.hit_pattern import HitPattern, hit_pattern
from app.episodes.text.markdown import markdown_blocks, with_spans
from app.episodes.text.text_block import Shape, TextBlock
from hpm_engine import Part, PartKind, Step, StepFlag, StepSource

_CODE_KINDS = (PartKind.CALL, PartKind.RESULT)


class Unfolding(NamedTuple):
    """How far a part is opened: ``portions`` of its text; a reasoning starts closed."""

    portions: int = 0
    open: bool = True

    def further(self, size: int, shown: int) -> Unfolding:
        """The state with one portion more, or the preview again when all is shown."""
        if shown >= size and self.portions:
            return Unfolding(0, self.open)
        return Unfolding(self.portions + 1, True)


FOLDED = Unfolding(0, False)
OPEN = Unfolding()


class PartText(msgspec.Struct, frozen=True):
    """A part's text as it is painted.

    ``size`` counts the characters of all of it, ``shown`` those of the blocks; ``link`` offers
    the next portion ("" if there is none).
    """

    size: int
    shown: int = 0
    link: str = ""
    blocks: tuple[TextBlock, ...] = ()
    unfolding: Unfolding = OPEN

    @property
    def folded(self) -> bool:
        """Whether nothing of the text is shown until somebody opens it."""
        return not self.unfolding.open

    @property
    def whole(self) -> bool:
        """Whether all of the text is shown."""
        return self.shown >= self.size and not self.folded


class StepText(msgspec.Struct, frozen=True):
    """A step with the texts of its parts, ready to be painted."""

    step: Step
    texts: tuple[PartText, ...]


class TextForm(msgspec.Struct, frozen=True):
    """How texts are shown: as Markdown or plain, and what is marked in them."""

    markdown: bool = True
    hits: str = ""  # a search, whose hits are marked


def step_text(step: Step, form: TextForm, unfoldings: Mapping[int, Unfolding]) -> StepText:
    """Make the texts of a step ready; ``unfoldings`` tell how far parts are opened, by position."""
    wanted = hit_pattern(form.hits)
    files = {
        part.call_id: language_of_file(readable(part))
        for part in step.parts
        if part.kind is PartKind.CALL
    }
    texts = (
        part_text(
            part,
            unfoldings.get(position, _standard(part)),
            wanted,
            markdown=form.markdown and _is_markdown(step, part),
            language=files.get(part.call_id, "") if part.kind is PartKind.RESULT else "",
        )
        for position, part in enumerate(step.parts)
    )
    return StepText(step, tuple(texts))


def _standard(part: Part) -> Unfolding:
    return FOLDED if part.kind is PartKind.REASONING else OPEN


def _is_markdown(step: Step, part: Part) -> bool:
    if part.kind in _CODE_KINDS or step.source is StepSource.SYSTEM:
        return False
    return not step.flags & StepFlag.INJECTED


def part_text(
    part: Part,
    unfolding: Unfolding,
    wanted: HitPattern | None = None,
    *,
    markdown: bool = False,
    language: str = "",
) -> PartText:
    """Make a part's text ready: cut, visible, in blocks, with colours and hits.

    ``language`` is that of the file that a call named, for its result.
    """
    text = readable(part)
    if part.kind is PartKind.REASONING and not unfolding.open:
        return PartText(len(text), unfolding=unfolding)
    reach = Reach.MESSAGE if part.kind is PartKind.MESSAGE and markdown else Reach.RESULT
    cut = excerpt(text, unfolding.portions, wanted, reach)
    if markdown:
        blocks: Iterable[TextBlock] = markdown_blocks(cut.text)
    else:
        blocks = [_plain(part, text, cut.text, language)] if cut.text else ()
    if wanted is not None:
        blocks = [_marked(block, wanted) for block in blocks]
    return PartText(len(text), cut.shown, cut.link, tuple(blocks), unfolding)


def _plain(part: Part, text: str, shown: str, file_language: str) -> TextBlock:
    if part.kind not in _CODE_KINDS:
        return TextBlock(Shape.PARAGRAPH, shown)
    language = language_of(text, part.name, is_call=part.kind is PartKind.CALL) or file_language
    return TextBlock(Shape.CODE, shown, code_spans(shown, language))


def _marked(block: TextBlock, wanted: HitPattern) -> TextBlock:
    rows = tuple(tuple(_marked(cell, wanted) for cell in row) for row in block.cells)
    marked = with_spans(block, tuple(wanted.spans(block.text)))
    return msgspec.structs.replace(marked, cells=rows) if rows else marked
