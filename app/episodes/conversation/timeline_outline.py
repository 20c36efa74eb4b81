"""An episode's outline, prepared on the reader thread for painting without loops."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise

import msgspec

from app.episodes.conversation.step_groups import TROUBLE, StepGroup, is_added, step_groups
from app.episodes.conversation.subagents import Subagent, read_subagents
from hpm_engine import Episode, Job, Memory, StepOutline, StepSource

CHARS_PER_LINE = 110
PREVIEW_LINES = 6  # lines of text on a folded card
_SLICE = 500  # steps
_SOURCES = {StepSource.USER: 0, StepSource.AGENT: 1, StepSource.SYSTEM: 2}
_SLOWEST_SHARE = 0.02  # of an episode's steps are told to be slow, at most
_LEAST_SLOW = 30_000_000  # microseconds


class TimelineOutline(msgspec.Struct, frozen=True):
    """What is known of every step before its text is read.

    ``sources``, ``troubles`` and ``says`` hold one byte per step, ``lines`` a guess at its text.
    """

    episode_id: int
    steps: list[StepOutline]
    sources: bytes
    troubles: bytes
    lines: bytes
    hits: array[int]
    hit_text: str
    says: bytes = b""  # 1 where a person or the agent speaks
    groups: tuple[StepGroup, ...] = ()
    subagents: tuple[Subagent, ...] = ()
    slow: int = 0  # microseconds: an agent's step that takes as long is told to be slow
    continues: bool = False  # the steps of the earlier outline, of which the last may have grown
    episode: Episode | None = None  # its row as it was then

    def next_hit(self, seq: int) -> int | None:
        """The first hit after ``seq``, from the start again at the end."""
        if not self.hits:
            return None
        return self.hits[bisect_right(self.hits, seq) % len(self.hits)]

    def previous_hit(self, seq: int) -> int | None:
        """The last hit before ``seq``, from the end again at the start."""
        if not self.hits:
            return None
        return self.hits[bisect_left(self.hits, seq) - 1]

    def took(self, seq: int) -> int | None:
        """The microseconds from a step to the next one, if both have a time."""
        if seq + 1 >= len(self.steps):
            return None
        return _between(self.steps[seq], self.steps[seq + 1])

    def waited(self, seq: int) -> int | None:
        """The microseconds from the step before to this one, if both have a time."""
        return _between(self.steps[seq - 1], self.steps[seq]) if seq else None

    def is_slow(self, seq: int) -> bool:
        """Whether an agent's step took long, beside the others; a person's pause is none."""
        if self.sources[seq] != 1 or seq + 1 >= len(self.steps) or not self.slow:
            return False
        took = self.took(seq)
        return self.sources[seq + 1] == 1 and took is not None and took >= self.slow

    def subagents_in(self, first: int, stop: int) -> tuple[Subagent, ...]:
        """The subagents that steps from ``first`` to ``stop`` (exclusive) started."""
        return tuple(agent for agent in self.subagents if first <= agent.seq < stop)

    def is_hit(self, seq: int) -> bool:
        """Whether the step matched the search."""
        index = bisect_left(self.hits, seq)
        return index < len(self.hits) and self.hits[index] == seq


def read_outline(
    memory: Memory, job: Job, episode_id: int, text: str, earlier: TimelineOutline | None = None
) -> TimelineOutline:
    """Read an episode's outline, and the steps that match ``text``.

    Runs on the reader thread: it looks at every step. ``earlier`` is what is shown now.
    """
    steps = memory.steps.outline(episode_id)
    hits = memory.steps.matching(episode_id, text, job) if text.strip() else []
    outline = outlined(episode_id, steps, hits, text, job)
    row = next(iter(memory.episodes.get([episode_id])), None)
    subagents = read_subagents(memory, row, steps)
    outline = msgspec.structs.replace(outline, episode=row, subagents=subagents)
    if earlier is None or earlier.episode_id != episode_id:
        return outline
    return msgspec.structs.replace(outline, continues=_continues(steps, earlier.steps))


def _continues(steps: list[StepOutline], earlier: list[StepOutline]) -> bool:
    if len(steps) < len(earlier):
        return False
    known = earlier[:-1]  # while an agent works, its last step gets more parts
    # In slices, so that the window gets a turn: one long comparison never gives way.
    starts = range(0, len(known), _SLICE)
    stops = (min(start + _SLICE, len(known)) for start in starts)
    return all(
        steps[start:stop] == known[start:stop] for start, stop in zip(starts, stops, strict=True)
    )


def outlined(
    episode_id: int, steps: list[StepOutline], hits: Sequence[int], text: str, job: Job
) -> TimelineOutline:
    """What is told of the steps of an episode; ``hits`` are the steps that match ``text``."""
    sources, troubles, lines, says = bytearray(), bytearray(), bytearray(), bytearray()
    for number, step in enumerate(steps):
        if number % 1000 == 0:
            job.step(number, len(steps), "Reading the outline", "steps")
        sources.append(_SOURCES[step.source])
        troubles.append(1 if step.flags & TROUBLE else 0)
        says.append(1 if step.messages and not is_added(step) else 0)
        lines.append(min(2 * PREVIEW_LINES + 2, 1 + step.text_size // CHARS_PER_LINE))
    return TimelineOutline(
        episode_id,
        steps,
        bytes(sources),
        bytes(troubles),
        bytes(lines),
        array("i", sorted(hits)),
        text,
        bytes(says),
        step_groups(steps),
        slow=_slow(steps),
    )


def _between(step: StepOutline, after: StepOutline) -> int | None:
    if step.at is None or after.at is None or after.at < step.at:
        return None
    return after.at - step.at


def _slow(steps: Sequence[StepOutline]) -> int:
    """How long the slowest few steps of the agent took, at least half a minute."""
    agent = StepSource.AGENT
    took = sorted(
        time
        for step, after in pairwise(steps)
        if step.source is agent is after.source and (time := _between(step, after)) is not None
    )
    if not took:
        return 0
    return max(_LEAST_SLOW, took[min(len(took) - 1, int(len(took) * (1 - _SLOWEST_SHARE)))])
