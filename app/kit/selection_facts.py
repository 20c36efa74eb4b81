"""What the side pane says of a selection: each view tells it of its own kind of place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from app.kit.controls.fact_list import Fact
from hpm_engine import Job, Memory


@dataclass(frozen=True, slots=True)
class FactGroup:
    """Facts under a heading; the first group of a page may have none."""

    heading: str
    facts: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class RecordPlace:
    """The episode, and the step of it, whose original a selection comes from."""

    episode_id: int
    seq: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SelectionFacts:
    """A selection in words: ``title`` says what it is, ``name`` what it is called.

    ``details`` holds what only those look for who know the method, ``related`` links to what it
    comes from and what came of it. Without a ``record`` there is no original to be shown.
    ``with_episode`` wants the facts of the place's episode as well, which name it where ``title``
    is empty.
    """

    title: str
    name: str = ""
    facts: tuple[FactGroup, ...] = ()
    details: tuple[FactGroup, ...] = ()
    related: tuple[FactGroup, ...] = ()
    record: RecordPlace | None = None
    with_episode: bool = False


SelectionCall = Callable[[Memory, Job], SelectionFacts]


def episode_alone(memory: Memory, job: Job) -> SelectionFacts:
    """The call of a place that selects its episode, or a step of it, and nothing else."""
    return SelectionFacts(title="", with_episode=True)
