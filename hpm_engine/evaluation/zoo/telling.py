"""What a store tells of sessions, in the terms of a zoo's expectations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hpm_engine.memory import Memory
from hpm_engine.values.episodes import (
    Episode,
    EpisodeQuery,
    Part,
    PartKind,
    Step,
    StepFlag,
    StepSource,
)

_NOT_SAID = StepFlag.INJECTED | StepFlag.COMPACTION | StepFlag.DEMONSTRATION
COUNTS = ("prompts", "replies", "agent_messages", "calls", "results", "errors")


class Telling(msgspec.Struct, frozen=True):
    """An episode, whether it is another branch of a session, and its counts.

    ``own`` leaves out what repeats another episode, ``whole`` has it too.
    """

    episode: Episode
    is_branch: bool
    own: dict[str, int]
    whole: dict[str, int]


def tellings(memory: Memory) -> list[Telling]:
    """All episodes of a store, in the order in which they came."""
    ids = memory.episodes.find(EpisodeQuery())
    episodes = memory.episodes.get(ids.window(0, len(ids)))
    return [_telling(memory, episode) for episode in sorted(episodes, key=lambda one: one.id)]


def _telling(memory: Memory, episode: Episode) -> Telling:
    steps = memory.steps.read(episode.id)
    own = [step for step in steps if not step.flags & StepFlag.COPIED]
    branches = memory.episodes.detail(episode.id).branches
    first = min([episode.id, *(branch.id for branch in branches)])
    return Telling(episode, episode.id != first, counts(own), counts(steps))


def counts(steps: Sequence[Step]) -> dict[str, int]:
    """How often each of ``COUNTS`` is in the steps."""
    said = [step for step in steps if not step.flags & _NOT_SAID]
    agent = [step for step in said if step.source is StepSource.AGENT]
    parts = [part for step in steps for part in step.parts]
    results = _of(PartKind.RESULT, parts)
    return {
        "prompts": sum(step.source is StepSource.USER for step in said),
        "replies": sum(any(p.text.strip() for p in _messages(step)) for step in agent),
        "agent_messages": len(agent),
        "calls": len(_of(PartKind.CALL, parts)),
        "results": len(results),
        "errors": sum(part.is_error for part in results),
    }


def _messages(step: Step) -> list[Part]:
    return _of(PartKind.MESSAGE, step.parts)


def _of(kind: PartKind, parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if part.kind is kind]
