"""Reduces an episode's steps to what compression kept of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import msgspec

from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.compressor.packing.container import MemoryContents
from hpm_engine.compressor.packing.word_counts import repeats
from hpm_engine.store.leaving import draft_of
from hpm_engine.store.ledger_text import LEDGER, ledger_text
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, Step, StepFlag, StepSource


def abridged(steps: Sequence[Step], kept: MemoryContents) -> list[StepDraft]:
    """The steps of an episode, all of them in order, as they are once the rest is gone.

    Kept lines stand in their parts one below the other; parts of which nothing is kept are empty.
    The ledger is a part of its own: of the step that it points to, or of the agent's first own one.
    It names a kept identifier once more, in its first step, where it was met more often than kept.
    """
    lines: defaultdict[tuple[int, int], list[tuple[int, str]]] = defaultdict(list)
    homes: dict[str, int] = {}
    for span in kept.spans:
        lines[span.seq, span.part].append((span.line, span.text))
        for word in IDENTIFIER.findall(span.text):
            homes.setdefault(word, span.seq)
    own = (s.seq for s in steps if s.source is StepSource.AGENT and not s.flags & StepFlag.COPIED)
    first = next(own, len(steps) - 1)
    homes |= {entry.word: first if entry.seq is None else entry.seq for entry in kept.ledger}
    words: defaultdict[int, dict[str, int]] = defaultdict(dict)
    for word, times in repeats(kept.spans, kept.ledger, kept.counts).items():
        words[homes[word]][word] = times
    return [_abridged(step, lines, words.get(step.seq, {})) for step in steps]


def _abridged(
    step: Step, lines: dict[tuple[int, int], list[tuple[int, str]]], words: Mapping[str, int]
) -> StepDraft:
    texts = [
        "\n".join(text for _, text in sorted(lines.get((step.seq, part), ())))
        for part in range(len(step.parts))
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
        parts.append(Part(PartKind.RESULT, ledger_text(words), LEDGER))
    flags = step.flags if whole else step.flags | StepFlag.ABRIDGED
    return msgspec.structs.replace(draft, parts=tuple(parts), flags=flags)
