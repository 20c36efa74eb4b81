"""Which steps of two episodes are the same, and which differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from enum import Enum

import msgspec

from app.kit.formatting import counted, duration, number, size
from app.kit.glyphs import OUTCOMES
from app.kit.plain_text import one_line
from hpm_engine import Episode, Job, Memory, PartKind, Step, StepSource

_PAGE = 200  # steps
_COMPARED = 2_000  # characters of each part
_SHOWN = 300  # characters of a step
_EARLY = (PartKind.CALL, PartKind.MESSAGE, PartKind.REASONING, PartKind.RESULT)


class Likeness(Enum):
    """How two steps that stand beside each other compare."""

    SAME = "="
    CHANGED = "≠"
    LEFT = "−"  # only the left one has it  # noqa: RUF001
    RIGHT = "+"


class Beside(msgspec.Struct, frozen=True):
    """Two steps beside each other, or one with nothing beside it; positions and first words."""

    likeness: Likeness
    left: int | None
    right: int | None
    left_text: str = ""
    right_text: str = ""


class Comparison(msgspec.Struct, frozen=True):
    """Two episodes and their steps, aligned."""

    left: Episode
    right: Episode
    rows: list[Beside]

    @property
    def differences(self) -> int:
        """How many rows are not the same on both sides."""
        return sum(row.likeness is not Likeness.SAME for row in self.rows)

    def next_difference(self, row: int, *, forward: bool = True) -> int | None:
        """The first row of the next stretch of differences."""
        starts = [
            index
            for index, beside in enumerate(self.rows)
            if beside.likeness is not Likeness.SAME
            and (index == 0 or self.rows[index - 1].likeness is Likeness.SAME)
        ]
        ahead = [start for start in starts if (start > row if forward else start < row)]
        if not ahead:
            return None
        return ahead[0] if forward else ahead[-1]


class _Line(msgspec.Struct, frozen=True):
    kind: tuple[StepSource, str]
    key: int
    text: str


def read_comparison(memory: Memory, job: Job, left: int, right: int) -> Comparison:
    """Read two episodes and align their steps. Raises ``NotFound``."""
    first, second = memory.episodes.detail(left).episode, memory.episodes.detail(right).episode
    total = first.steps + second.steps
    before = _lines(memory, job, first, 0, total)
    after = _lines(memory, job, second, first.steps, total)
    return Comparison(first, second, list(_aligned(before, after)))


def _lines(memory: Memory, job: Job, episode: Episode, done: int, total: int) -> list[_Line]:
    lines: list[_Line] = []
    for start in range(0, episode.steps, _PAGE):
        job.step(done + start, total, "Reading the steps", "steps")
        lines += map(_line, memory.steps.read(episode.id, start, start + _PAGE))
    return lines


def _line(step: Step) -> _Line:
    tool = next((part.name for part in step.parts if part.kind is PartKind.CALL), "")
    texts = tuple(" ".join(part.text[:_COMPARED].split()) for part in step.parts)
    shown = min(step.parts, key=lambda part: _EARLY.index(part.kind), default=None)
    text = one_line(shown.text[:_SHOWN], _SHOWN) if shown is not None else ""
    said = f"{one_line(tool, 40)}  {text}" if tool else text
    return _Line((step.source, tool), hash((step.source, tool, texts)), said)


def _aligned(left: Sequence[_Line], right: Sequence[_Line]) -> Iterator[Beside]:
    keys = [line.key for line in left], [line.key for line in right]
    matcher = SequenceMatcher(None, *keys, autojunk=True)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            for offset in range(i_end - i):
                a, b = i + offset, j + offset
                yield Beside(Likeness.SAME, a, b, left[a].text, right[b].text)
        else:
            yield from _differing(left, right, (i, i_end), (j, j_end))


def _differing(
    left: Sequence[_Line], right: Sequence[_Line], span: tuple[int, int], other: tuple[int, int]
) -> Iterator[Beside]:
    """Steps of one kind in one order stand beside each other; the rest stands alone."""
    kinds = (
        [line.kind for line in left[slice(*span)]],
        [line.kind for line in right[slice(*other)]],
    )
    matcher = SequenceMatcher(None, *kinds, autojunk=True)
    for tag, i, i_end, j, j_end in matcher.get_opcodes():
        if tag == "equal":
            for offset in range(i_end - i):
                a, b = span[0] + i + offset, other[0] + j + offset
                yield Beside(Likeness.CHANGED, a, b, left[a].text, right[b].text)
            continue
        for a in range(span[0] + i, span[0] + i_end):
            yield Beside(Likeness.LEFT, a, None, left[a].text)
        for b in range(other[0] + j, other[0] + j_end):
            yield Beside(Likeness.RIGHT, None, b, "", right[b].text)


def facts(episode: Episode) -> dict[str, str]:
    """What is compared of two episodes besides their steps, by its name."""
    lasted = ""
    if episode.started_at is not None and episode.ended_at is not None:
        lasted = duration(max(0, episode.ended_at - episode.started_at))
    return {
        "Agent": one_line(" ".join(filter(None, (episode.agent, episode.model))), 80),
        "Outcome": str(OUTCOMES[episode.outcome]),
        "Steps": f"{number(episode.steps)}, {counted(episode.errors, 'error')}",
        "Tokens": f"{number(episode.tokens_in)} in, {number(episode.tokens_out)} out",
        "Cost": "" if episode.cost_usd is None else f"${episode.cost_usd:,.2f}",
        "Lasted": lasted,
        "Text": size(episode.text_size),
    }
