"""Runs of steps that say nothing to the person: tool calls, thinking, what was added by itself."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.kit.formatting import counted, duration
from hpm_engine import StepFlag, StepOutline, StepSource

TROUBLE = StepFlag.ERROR | StepFlag.NOT_EXECUTED | StepFlag.UNANSWERED | StepFlag.INTERRUPTED


class StepGroup(msgspec.Struct, frozen=True):
    """The steps ``first`` to ``stop`` (exclusive), which one line stands for when folded.

    With ``speaks`` the first of them has a message, which stays when its calls are folded.
    """

    first: int
    stop: int
    speaks: bool = False
    calls: int = 0
    thoughts: int = 0
    errors: int = 0
    added: int = 0  # steps that the agent's program put in
    took: int = 0  # microseconds

    @property
    def only_added(self) -> bool:
        """Whether the agent did nothing in it: what a program puts in is folded at first."""
        return self.added > 0 and not self.calls and not self.thoughts

    def words(self) -> str:
        """What is in it: ``7 tool calls · 2 thoughts · 1 error · 3 min``."""
        facts = [
            counted(self.calls, "tool call") if self.calls else "",
            counted(self.thoughts, "thought") if self.thoughts else "",
            f"{self.added:,} added automatically" if self.added else "",
            counted(self.errors, "error") if self.errors else "",
            duration(self.took) if self.took >= 1_000_000 else "",
        ]
        return " · ".join(fact for fact in facts if fact)


def step_groups(steps: Sequence[StepOutline]) -> tuple[StepGroup, ...]:
    """The groups of an episode, in order; what a person or an agent only says is in none."""
    groups: list[StepGroup] = []
    first = 0
    while first < len(steps):
        if not _begins(steps[first]):
            first += 1
            continue
        stop = first + 1
        while stop < len(steps) and _goes_on(steps[stop]):
            stop += 1
        groups.append(_group(steps, first, stop))
        first = stop
    return tuple(groups)


def is_added(step: StepOutline) -> bool:
    """Whether the agent's program put a step in; its note that a person stopped it is none."""
    if step.flags & StepFlag.INTERRUPTED and step.source is StepSource.USER:
        return False
    if step.flags & StepFlag.INJECTED:
        return True
    return step.source is StepSource.SYSTEM and not step.calls and bool(step.messages)


def _begins(step: StepOutline) -> bool:
    return is_added(step) or bool(step.calls or step.thoughts)


def _goes_on(step: StepOutline) -> bool:
    if is_added(step):
        return True
    return not step.messages and bool(step.calls or step.thoughts)


def _group(steps: Sequence[StepOutline], first: int, stop: int) -> StepGroup:
    inside = steps[first:stop]
    moments = [step.at for step in steps[first : stop + 1] if step.at is not None]
    added = sum(map(is_added, inside))
    if stop < len(steps) and steps[stop].source is StepSource.USER:
        moments = [step.at for step in inside if step.at is not None]  # a person's pause is none
    head = steps[first]
    return StepGroup(
        first,
        stop,
        speaks=bool(head.messages) and not is_added(head),
        calls=sum(step.calls for step in inside),
        thoughts=sum(step.thoughts for step in inside),
        errors=sum(1 for step in inside if step.flags & TROUBLE),
        added=added,
        took=max(moments) - min(moments) if moments and added < len(inside) else 0,
    )
