"""How many lines each part of a step has: what tells how much was dropped beside what is kept."""

from __future__ import annotations

import msgspec

from app.kit.glyphs import SOURCES
from hpm_engine import Job, Memory, PartKind, Step

PAGE = 200  # steps that are read at once


class PartLines(msgspec.Struct, frozen=True, gc=False):
    """One part of a step: what it is, and of how many lines."""

    kind: PartKind
    name: str
    lines: int


class StepLines(msgspec.Struct, frozen=True, gc=False):
    """A step: who spoke, and its parts that have text, by their place in it."""

    seq: int
    who: str
    parts: dict[int, PartLines]

    @property
    def lines(self) -> int:
        """All lines of all parts."""
        return sum(part.lines for part in self.parts.values())


def read_lines(memory: Memory, job: Job, episode_id: int, start: int) -> list[StepLines]:
    """The lines of a page of steps; fewer than ``PAGE`` at the end."""
    steps = memory.steps.read(episode_id, start, start + PAGE)
    job.step(0)
    return [lines_of(step) for step in steps]


def lines_of(step: Step) -> StepLines:
    """What is counted of a step."""
    parts = {
        index: PartLines(part.kind, part.name, part.text.count("\n") + 1)
        for index, part in enumerate(step.parts)
        if part.text
    }
    return StepLines(step.seq, str(SOURCES[step.source]), parts)
