"""The frozen values of consolidation: prototypes, their members, cycles and what these kept."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed

SCHEDULER = "scheduler"  # the actor of what no person asked for


class Retention(msgspec.Struct, frozen=True):
    """How much is still known; shares from 0 to 1. See ``consolidator.forgetting``.

    ``acc`` is the score now, ``just_learned`` that right after learning, ``ratio`` the first
    divided by the second; ``bwt`` is negative and ``forgetting`` positive where something went.
    """

    acc: float
    just_learned: float
    ratio: float
    bwt: float
    forgetting: float


class Trigger(StrEnum):
    """What started a cycle."""

    PERSON = "person"
    IDLE = "idle"
    TIME = "time"
    MISSED = "missed time"  # made up after the computer slept or was off
    MERGED = "merged by hand"  # no cycle of learning, but undone like one
    FORGOTTEN = "forgotten by hand"


class Member(msgspec.Struct, frozen=True, gc=False):
    """A memory that a prototype holds: an episode's steps from ``start`` to before ``stop``.

    ``number`` counts the episode's memories. ``weight`` is the share of it that the prototype
    explains (0 to 1).
    """

    prototype_id: int
    episode_id: int
    number: int
    start: int
    stop: int
    weight: float
    cycle_id: int


class Label(msgspec.Struct, frozen=True):
    """What sets a prototype apart from the others, the most telling first. Texts of traces.

    ``topic`` is the name of what it is about, made of what users asked; "" where nobody did.
    """

    terms: tuple[str, ...]
    paths: tuple[str, ...]
    tools: tuple[str, ...]
    topic: str = ""


class Prototype(msgspec.Struct, frozen=True):
    """One prototype. ``count`` is how many memories it explains, each by its share.

    ``fisher`` is the sum of its Fisher information: how firmly it is held. ``mean`` holds its
    unit vector (little-endian 32-bit floats), ``strip`` the Fisher information likewise.
    """

    id: int
    label: Label
    count: float
    fisher: float
    born: int  # the cycle
    reinforced: int  # the last cycle that gave it a member
    mean: bytes
    strip: bytes
    name: str = ""  # that a person gave it
    pinned: bool = False  # held firmer, never retired or merged away by a cycle

    @property
    def told(self) -> str:
        """Its name, or its topic, or what sets it apart in a few words. Text of traces."""
        words = (*self.label.terms, *self.label.paths)
        return self.name or self.label.topic or " ".join(words) or f"topic {self.id}"


class Holding(msgspec.Struct, frozen=True):
    """What one prototype holds of an episode: so many memories, ``share`` the sum of its shares."""

    prototype: Prototype
    memories: int
    share: float


class Merging(msgspec.Struct, frozen=True):
    """What merging prototypes would come to.

    ``cosines`` are those of each that goes with the one that stays, ``moved`` how far that one
    would move (cosine distance), ``count`` how many memories it would explain.
    """

    into: int
    gone: tuple[int, ...]
    cosines: tuple[float, ...]
    moved: float
    count: float


class CycleReport(msgspec.Struct, frozen=True):
    """One cycle; of one that was refused or found no memory, ``id`` is ``None``.

    Losses are nats for each memory, ``held`` the penalty in nats, after each gradient step of the
    last slice; ``held_by`` is the penalty of each prototype that new memories pulled at, over all
    slices: what elastic weight consolidation held of it. ``refused`` says why nothing was
    written, "" where it may be or was. ``replayed`` are memories as (episode, number there).
    ``found_before`` and ``found`` are the shares of the same ``canaries`` that are found again
    before and after it, ``None`` where there are none; ``lost`` sums what went since a person last
    agreed, this cycle included: the bound is tested on these. ``asks`` says that the sum is what
    refused it. ``run`` is the first cycle of those that are undone together with this one.
    """

    CHANGES: ClassVar[Changed] = Changed.PROTOTYPES | Changed.EPISODES | Changed.AUDIT
    id: int | None
    at: int
    actor: str
    trigger: Trigger
    memories: int
    replayed: tuple[tuple[int, int], ...]
    born: tuple[int, ...]
    merged: tuple[tuple[int, int], ...]  # (gone, into)
    retired: tuple[int, ...]
    moved: dict[int, float]  # how far, in cosine distance, by prototype
    before: Retention | None
    after: Retention | None
    loss: tuple[float, ...]
    held: tuple[float, ...]
    replay_loss: tuple[float, ...]
    seconds: float
    refused: str = ""
    undone_at: int | None = None
    left: int = 0  # memories that wait for the next cycle
    held_by: dict[int, float] = {}
    found_before: float | None = None
    found: float | None = None
    canaries: int = 0
    lost: float = 0.0
    asks: bool = False
    run: int | None = None

    @property
    def changed(self) -> Changed:
        """What it changed in the store: of one that was refused, what is told of cycles."""
        if self.refused:
            return Changed.PROTOTYPES | Changed.AUDIT
        return Changed.NOTHING if self.id is None else self.CHANGES


class CyclePreview(CycleReport, frozen=True):
    """What a cycle would do: nothing is changed, and nothing is told of a refusal."""

    @property
    def changed(self) -> Changed:
        """Nothing."""
        return Changed.NOTHING


class CycleRun(msgspec.Struct, frozen=True):
    """Cycles that nothing came between: one entry of what can be undone."""

    first: int
    last: int
    began: int  # when the first was published
    at: int
    cycles: int
    memories: int
    born: int
    trigger: Trigger


class Waiting(msgspec.Struct, frozen=True):
    """What no prototype holds yet: memories, and of how many episodes they are."""

    memories: int
    episodes: int


class Agreement(msgspec.Struct, frozen=True):
    """How much was forgotten since a person agreed, as a share of what canaries find.

    ``cycle`` is the last one that was agreed to (0: none), ``lost`` what went since. ``refused``
    is what the last cycle was refused with, if it waits for a person to agree again.
    """

    cycle: int
    lost: float
    refused: str = ""
