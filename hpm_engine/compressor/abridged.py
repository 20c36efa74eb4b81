"""An episode's steps with nothing but what compression kept of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import msgspec

from hpm_engine.compressor.container import Kept
from hpm_engine.drafts import StepDraft
from hpm_engine.records import Part, PartKind, Step, StepFlag, StepSource
from hpm_engine.store.abridging import draft_of

LEDGER = "ledger"  # the name of the part that lists identifiers in place of texts


def abridged(steps: Sequence[Step], kept: Kept) -> list[StepDraft]:
    """The steps of an episode, all of them in order, as they are once the rest is gone.

    Kept lines stand in their parts one below the other; parts of which nothing is kept are empty.
    The ledger is a part of its own: of the step that it points to, or of the agent's first.
    """
    lines: defaultdict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    for span in kept.spans:
        lines[span.seq, span.part].append((span.line, span.text))
    words: defaultdict[int, list[str]] = defaultdict(list)
    first = next((s.seq for s in steps if s.source is StepSource.AGENT), len(steps) - 1)
    for one in kept.ledger:
        words[first if one.seq is None else one.seq].append(one.word)
    return [_abridged(step, lines, words.get(step.seq, ())) for step in steps]


def _abridged(
    step: Step, lines: dict[tuple[int, int], list[tuple[int, str]]], words: Sequence[str]
) -> StepDraft:
    texts = [
        "\n".join(text for _, text in sorted(lines.get((step.seq, place), ())))
        for place in range(len(step.parts))
    ]
    whole = all(part.text == text for part, text in zip(step.parts, texts, strict=True))
    draft = draft_of(step)
    if whole and not words:
        return draft
    parts = [
        msgspec.structs.replace(part, text=text)
        for part, text in zip(step.parts, texts, strict=True)
    ]
    if words:
        parts.append(Part(PartKind.RESULT, " ".join(words), LEDGER))
    flags = step.flags if whole else step.flags | StepFlag.ABRIDGED
    return msgspec.structs.replace(draft, parts=tuple(parts), flags=flags)
