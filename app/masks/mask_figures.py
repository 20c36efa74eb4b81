"""The figures of an episode's masks: all as a table for other programs, or of one step in words."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit.formatting import number
from app.masks.mask_reading import MaskedEpisode, MaskReading
from app.masks.rebuilt.reading import Rebuilding, RebuiltReading


def mask_figures(
    episode: MaskedEpisode, readings: Sequence[MaskReading], rebuilt: Sequence[Rebuilding]
) -> list[list[object]]:
    """A row for each step: course, decision point, and of each scorer what it keeps and rebuilds.

    Cells are empty where nothing is known; steps count from 1.
    """
    head: list[object] = ["step", "action_course", "decision_point"]
    for reading in readings:
        names = ("value", "kept_share", "value_stored", "rebuilt_cosine", "rebuilt_nearest_step")
        head += [f"{reading.kept.scorer} {name}" for name in names]
    points = set(episode.curve.points)
    course = [f"{value:.4f}" for value in episode.curve.values]
    rows = [head]
    for seq, value in enumerate(course or [""] * len(episode.steps)):
        row: list[object] = [seq + 1, value, int(seq in points)]
        for reading, rebuilding in zip(readings, rebuilt, strict=True):
            row += [f"{reading.kept.mask[seq] / 255:.4f}", f"{reading.shares[seq] / 255:.4f}"]
            row += _rebuilt(rebuilding, seq)
        rows.append(row)
    return rows


def told_of_step(
    episode: MaskedEpisode, readings: Sequence[MaskReading], rebuilt: Sequence[Rebuilding], seq: int
) -> str:
    """What each scorer keeps of a step and why, and what its stored values rebuild of it."""
    lines = [f"Step {number(seq + 1)}"]
    for reading, rebuilding in zip(readings, rebuilt, strict=True):
        rebuilt_text = f" {rebuilding.says(seq)}" if isinstance(rebuilding, RebuiltReading) else ""
        lines.append(f"{reading.kept.scorer}: {reading.why(episode.steps[seq])}{rebuilt_text}")
    return "\n".join(lines)


def _rebuilt(rebuilding: Rebuilding, seq: int) -> list[object]:
    if not isinstance(rebuilding, RebuiltReading):
        return ["", "", ""]
    return [
        int(bool(rebuilding.valued[seq])),
        f"{rebuilding.steps.cosines[seq]:.4f}",
        rebuilding.steps.nearest[seq] + 1,
    ]
