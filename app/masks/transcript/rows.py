"""The rows of a transcript: headings, kept lines, and folds where lines are dropped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import IntEnum, auto

import msgspec

from app.kit.formatting import counted, number
from app.masks.transcript.line_counts import PartLines, StepLines
from hpm_engine import KeptSpan, PartKind

_SPEECH = (PartKind.MESSAGE, PartKind.REASONING)


class RowKind(IntEnum):
    """What a row of the transcript is."""

    HEADING = auto()
    KEPT = auto()
    FOLD = auto()
    GAP = auto()  # half a line before a step
    PENDING = auto()  # lines that are kept by an estimate: which, is counted in a moment


class Fold(msgspec.Struct, frozen=True):
    """Dropped lines that follow each other; ``part`` is -1 where it is whole steps.

    ``start`` and ``stop`` are lines of the part, or the first step and the one after the last.
    """

    seq: int
    part: int
    start: int
    stop: int
    lines: int


class Row(msgspec.Struct, frozen=True):
    """One row; ``fold`` is what unfolds there, ``code`` whether the text is set as code is."""

    kind: RowKind
    seq: int
    text: str
    fold: Fold | None = None
    code: bool = False


def rows(
    steps: Sequence[StepLines],
    spans: Mapping[int, Sequence[KeptSpan]],
    shares: bytes | None,
    *,
    known: bool = True,
) -> Iterator[Row]:
    """The rows of some steps that follow each other.

    ``spans`` are kept; of a step that has none although its share in ``shares`` says that some of
    it is kept, nobody can say yet what. Where it is not ``known`` what is kept, nothing is called
    dropped.
    """
    run: list[StepLines] = []
    for step in steps:
        held = spans.get(step.seq, ())
        pending = not held and shares is not None and bool(shares[step.seq])
        if known and not held and not pending:
            run.append(step)
            continue
        if run:
            yield _dropped_steps(run)
            run = []
        yield Row(RowKind.GAP, step.seq, "")
        yield Row(RowKind.HEADING, step.seq, f"Step {number(step.seq + 1)} · {step.who}")
        if pending:
            text = f"≈ some of its {counted(step.lines, 'line')} would be kept"
            yield Row(RowKind.PENDING, step.seq, text)
        elif not known:
            yield Row(RowKind.PENDING, step.seq, counted(step.lines, "line"))
        else:
            for index, part in step.parts.items():
                mine = [span for span in held if span.part == index]
                yield from _part(step.seq, index, part, mine)
    if run:
        yield _dropped_steps(run)


def _part(seq: int, index: int, part: PartLines, spans: Sequence[KeptSpan]) -> Iterator[Row]:
    """A part of a step: its kept lines between folds."""
    code = part.kind not in _SPEECH
    if code and part.name and spans:
        yield Row(RowKind.HEADING, seq, f"{part.kind.value} {part.name}")
    at = 0
    for span in sorted(spans, key=lambda kept: kept.line):
        if span.line > at:
            yield _fold(seq, index, at, span.line)
        lines = span.text.split("\n")
        for text in lines:
            yield Row(RowKind.KEPT, seq, text, code=code)
        at = max(at, span.line + len(lines))
    if at < part.lines:
        yield _fold(seq, index, at, part.lines)


def _fold(seq: int, part: int, start: int, stop: int) -> Row:
    fold = Fold(seq, part, start, stop, stop - start)
    return Row(RowKind.FOLD, seq, fold_text(fold), fold)


def _dropped_steps(run: Sequence[StepLines]) -> Row:
    first, last = run[0].seq, run[-1].seq
    fold = Fold(first, -1, first, last + 1, sum(step.lines for step in run))
    return Row(RowKind.FOLD, first, fold_text(fold), fold)


def fold_text(fold: Fold) -> str:
    """What a fold says of itself."""
    dropped = f"{counted(fold.lines, 'line')} dropped"
    if fold.part >= 0:
        return dropped
    if fold.stop - fold.start == 1:
        return f"Step {number(fold.seq + 1)} · {dropped if fold.lines else 'no text'}"
    steps = f"Steps {number(fold.start + 1)} to {number(fold.stop)}"
    return f"{steps} · {dropped if fold.lines else 'no text'}"
