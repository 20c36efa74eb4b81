"""What compression keeps of an episode, as far as its timeline shows it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

import msgspec

from app.kit.glyphs import Mark
from app.kit.theme.colour import Colour
from hpm_engine import Job, Memory

_KEPT = Mark("●", "kept", Colour.GOOD)
_DROPPED = Mark("○", "dropped", Colour.MUTED)
_POINT = Mark("◆", "decision point", Colour.WARN)


class KeptOverlay(msgspec.Struct, frozen=True):
    """What compression keeps of the steps of an episode.

    ``kept`` has a byte for each step: 1 where some of its text is kept word for word.
    """

    episode_id: int
    kept: bytes
    points: tuple[int, ...]
    says: str  # which compression this is

    def drops(self, seq: int) -> bool:
        """Whether nothing of a step is kept."""
        return seq < len(self.kept) and not self.kept[seq]

    def marks(self, seq: int) -> list[Mark]:
        """The marks on a step's card."""
        if seq >= len(self.kept):
            return []
        marks = [_KEPT if self.kept[seq] else _DROPPED]
        return [*marks, _POINT] if self.is_point(seq) else marks

    def is_point(self, seq: int) -> bool:
        """Whether the actions change course at a step."""
        index = bisect_left(self.points, seq)
        return index < len(self.points) and self.points[index] == seq

    def next_point(self, seq: int, *, forward: bool) -> int | None:
        """The decision point after a step, or before it."""
        index = bisect_right(self.points, seq) if forward else bisect_left(self.points, seq) - 1
        return self.points[index] if 0 <= index < len(self.points) else None


def read_overlay(memory: Memory, _job: Job, episode_id: int) -> KeptOverlay:
    """Read what is or would be kept. Raises ``NotFound`` where nothing fits."""
    stored = memory.episodes.detail(episode_id).episode.kept_share is not None
    compression = memory.compression
    compressed = compression.read(episode_id) if stored else compression.preview(episode_id)
    kept = bytearray(compressed.steps)
    for seq in compressed.kept_steps:
        kept[seq] = 1
    says = (
        f"{len(compressed.kept_steps):,} of {compressed.steps:,} steps keep text"
        f" (1/{compressed.budget.ratio:g} by {compressed.scorer},"
        f" {'as stored' if stored else 'a preview'})"
    )
    return KeptOverlay(episode_id, bytes(kept), compressed.decision_points, says)
