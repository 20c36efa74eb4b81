"""Which steps of an episode started subagents, as far as times and tools tell."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence

import msgspec

from app.kit.formatting import counted
from app.kit.plain_text import one_line
from hpm_engine import Episode, Memory, StepOutline

_TOOLS = frozenset({"task", "agent", "spawn_agent", "dispatch_agent", "delegate", "subagent"})
_SLACK = 2_000_000  # microseconds by which a subagent's first step may be before its call
_LONGEST = 100  # characters of a title


class Subagent(msgspec.Struct, frozen=True):
    """An episode that a step of another one started."""

    seq: int  # the step
    episode_id: int
    name: str
    steps: int
    errors: int

    def title(self) -> str:
        """What it is called on its line."""
        return f"Subagent: {one_line(self.name, _LONGEST)}"

    def facts(self) -> str:
        """What follows its title: `` · 12 steps · ✗ 1``."""
        errors = f" · ✗ {self.errors:,}" if self.errors else ""
        return f" · {counted(self.steps, 'step')}{errors}"

    def words(self) -> str:
        """What its line says."""
        return self.title() + self.facts()


def read_subagents(
    memory: Memory, episode: Episode | None, steps: Sequence[StepOutline]
) -> tuple[Subagent, ...]:
    """The subagents of an episode, each at the step that started it; runs on a reader's thread."""
    if episode is None or not episode.children or not steps:
        return ()
    links = memory.episodes.detail(episode.id).children
    return placed_subagents(memory.episodes.get([link.id for link in links]), steps)


def placed_subagents(
    children: Sequence[Episode], steps: Sequence[StepOutline]
) -> tuple[Subagent, ...]:
    """Each child at the last call of a tool for agents before it began, else at any last call."""
    calls = [step for step in steps if step.calls]
    spawning = [step for step in calls if step.tool.lower() in _TOOLS]
    placed = [
        Subagent(_caller(child, spawning or calls), child.id, child.name, child.steps, child.errors)
        for child in children
    ]
    return tuple(sorted(placed, key=lambda subagent: (subagent.seq, subagent.episode_id)))


def _caller(child: Episode, calls: Sequence[StepOutline]) -> int:
    if not calls:
        return 0
    if child.started_at is None:
        return calls[-1].seq
    moments = [step.at or 0 for step in calls]
    return calls[max(0, bisect_right(moments, child.started_at + _SLACK) - 1)].seq
