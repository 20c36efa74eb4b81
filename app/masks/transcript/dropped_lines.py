"""The lines that a fold stands for, once somebody unfolds it."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit.formatting import counted
from app.masks.transcript.rows import Fold, RowKind
from hpm_engine import Step

DROPPED = 7  # after the kinds of rows: a line that was unfolded
_MOST_LINES = 2_000  # that a fold shows; the Episodes view shows all of them


def dropped_lines(fold: Fold, steps: Sequence[Step]) -> list[tuple[str, int]]:
    """The lines that a fold stands for, with the kind of each; of whole steps under headings."""
    lines: list[tuple[str, int]] = []
    for step in steps:
        for index, part in enumerate(step.parts):
            if not part.text or fold.part not in (-1, index):
                continue
            if fold.part < 0:
                head = f"Step {step.seq + 1:,} · {part.kind.value} {part.name}".rstrip()
                lines.append((head, int(RowKind.HEADING)))
            texts = part.text.split("\n")
            shown = texts if fold.part < 0 else texts[fold.start : fold.stop]
            lines += [(text, DROPPED) for text in shown]
            if len(lines) > _MOST_LINES:
                left = counted(len(lines) - _MOST_LINES, "line")
                return [*lines[:_MOST_LINES], (f"… {left} and more", int(RowKind.HEADING))]
    return lines
