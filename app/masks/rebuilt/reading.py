"""What the decoder rebuilds of an episode from stored values alone, prepared for painting."""

from __future__ import annotations

import msgspec

from app.kit.formatting import counted, number
from hpm_engine import CompressedEpisode, Job, Memory, NotRebuilt, RebuiltSteps


class RebuiltReading(msgspec.Struct, frozen=True):
    """What becomes of each step, as a byte for each.

    ``shades`` are the cosines with the original, 255 for 1.0 and 0 also for negative ones;
    ``recognised`` is 255 where no other step is nearer, ``valued`` where the step's value is
    stored.
    """

    steps: RebuiltSteps
    shades: bytes
    recognised: bytes
    valued: bytes
    points: tuple[int, ...]  # the decision points

    def counts(self) -> str:
        """How many steps, and decision points among them, are found again."""
        points = number(len(self.steps.found_among(self.points)))
        of_them = f" and {points} / {counted(len(self.points), 'decision')}" if self.points else ""
        return (
            f"{number(len(self.steps.found))} / {counted(len(self.shades), 'step')}{of_them}"
            f" found again from {counted(len(self.steps.valued), 'value')}"
        )

    def strayed(self, seq: int) -> int | None:
        """The step that is nearer to what is rebuilt of a step than the step itself, if one is."""
        near = self.steps.nearest[seq]
        return None if near == seq else near

    def brief(self, seq: int, near_text: str = "") -> str:
        """The same as ``says`` in short; which other step it is stands elsewhere."""
        value = "value stored, " if self.valued[seq] else ""
        recognised = self.strayed(seq) is None
        outcome = "found again" if recognised else f"taken for {near_text or 'another step'}"
        return f"Rebuilt: {value}cosine {self.steps.cosines[seq]:.2f}, {outcome}"

    def says(self, seq: int, near_text: str = "") -> str:
        """What is rebuilt of a step; ``near_text`` is what the step did that it strayed to."""
        own = "is" if self.valued[seq] else "is not"
        begin = (
            f"Rebuilt from {counted(len(self.steps.valued), 'stored value')} (its own {own} among"
            f" them): cosine {self.steps.cosines[seq]:.2f} with the original. "
        )
        near = self.strayed(seq)
        if near is None:
            return f"{begin}No other step is nearer: found again."
        action = f", {near_text}," if near_text else ""
        return f"{begin}Nearer to step {number(near + 1)}{action} it would be taken for that one."


Rebuilding = RebuiltReading | NotRebuilt | None  # None: not worked out yet


def read_rebuilt(memory: Memory, job: Job, kept: CompressedEpisode) -> RebuiltReading | NotRebuilt:
    """What the values in ``kept`` rebuild, or why nothing. Raises ``Cancelled``, ``NotFound``."""
    steps = memory.compression.rebuilt(kept, job)
    if isinstance(steps, NotRebuilt):
        return steps
    valued = bytearray(kept.steps)
    for seq in steps.valued:
        valued[seq] = 255
    return RebuiltReading(
        steps,
        bytes(round(255 * max(0.0, min(1.0, cosine))) for cosine in steps.cosines),
        bytes(255 if near == seq else 0 for seq, near in enumerate(steps.nearest)),
        bytes(valued),
        kept.decision_points,
    )
