"""An episode's outline, prepared on the reader thread for painting without loops."""

from __future__ import annotations

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Sequence

import msgspec

from hpm_engine import Episode, Job, Memory, StepFlag, StepOutline, StepSource

CHARS_PER_LINE = 110
PREVIEW_LINES = 6  # lines of text on a folded card
_SLICE = 500  # steps
_SOURCES = {StepSource.USER: 0, StepSource.AGENT: 1, StepSource.SYSTEM: 2}
_TROUBLE = StepFlag.ERROR | StepFlag.NOT_EXECUTED | StepFlag.UNANSWERED | StepFlag.INTERRUPTED


class TimelineOutline(msgspec.Struct, frozen=True):
    """What is known of every step before its text is read.

    ``sources`` and ``troubles`` hold one byte per step, ``lines`` a guess at its text.
    """

    episode_id: int
    steps: list[StepOutline]
    sources: bytes
    troubles: bytes
    lines: bytes
    hits: array[int]
    hit_text: str
    continues: bool = False  # the same steps as the earlier outline, and perhaps more
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
    outline = _outlined(episode_id, steps, hits, text, job)
    row = next(iter(memory.episodes.get([episode_id])), None)
    outline = msgspec.structs.replace(outline, episode=row)
    if earlier is None or earlier.episode_id != episode_id:
        return outline
    return msgspec.structs.replace(outline, continues=_continues(steps, earlier.steps))


def _continues(steps: list[StepOutline], known: list[StepOutline]) -> bool:
    if len(steps) < len(known):
        return False
    # In slices, so that the window gets a turn: one long comparison never gives way.
    starts = range(0, len(known), _SLICE)
    stops = (min(start + _SLICE, len(known)) for start in starts)
    return all(
        steps[start:stop] == known[start:stop] for start, stop in zip(starts, stops, strict=True)
    )


def _outlined(
    episode_id: int, steps: list[StepOutline], hits: Sequence[int], text: str, job: Job
) -> TimelineOutline:
    sources, troubles, lines = bytearray(), bytearray(), bytearray()
    for number, step in enumerate(steps):
        if number % 1000 == 0:
            job.step(number, len(steps), "Reading the outline", "steps")
        sources.append(_SOURCES[step.source])
        troubles.append(1 if step.flags & _TROUBLE else 0)
        lines.append(min(2 * PREVIEW_LINES + 2, 1 + step.text_size // CHARS_PER_LINE))
    return TimelineOutline(
        episode_id,
        steps,
        bytes(sources),
        bytes(troubles),
        bytes(lines),
        array("i", sorted(hits)),
        text,
    )
