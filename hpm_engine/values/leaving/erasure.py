"""What is to be erased, what holds it, and what an erasure came to."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed


class ErasureTarget(msgspec.Struct, frozen=True):
    """What is to be erased: episodes, steps (episode and position), and a text wherever it stands.

    ``pattern`` is a text, or a regular expression with ``expression``; ``fold`` takes capitals and
    small letters for the same.
    """

    episodes: tuple[int, ...] = ()
    steps: tuple[tuple[int, int], ...] = ()
    pattern: str = ""
    expression: bool = False
    fold: bool = False


class HeldPlace(msgspec.Struct, frozen=True):
    """How much of one kind holds what is to be erased, or would still hold it afterwards."""

    what: str  # "steps", "notes of agents"
    count: int
    note: str = ""  # why it stays, or what becomes of it


class ErasurePreview(msgspec.Struct, frozen=True):
    """Everything that holds what is to be erased."""

    episodes: tuple[int, ...]  # that go as a whole
    touched: tuple[int, ...]  # that stay, without what is erased
    along: int  # of the episodes that go: branches and subagents of those that were named
    places: tuple[HeldPlace, ...]
    staying: tuple[HeldPlace, ...]  # what an erasure cannot reach
    pinned: tuple[int, ...]  # what a pin protects: nothing is erased while there is one
    pinned_prototypes: tuple[int, ...] = ()

    @property
    def nothing(self) -> bool:
        """Whether nothing holds it."""
        return not self.places


class ErasureReport(msgspec.Struct, frozen=True):
    """What an erasure did: the receipt that stands in the log."""

    CHANGES: ClassVar[Changed] = Changed(~0)
    id: int
    places: tuple[HeldPlace, ...]
    before: str  # digests of the store's state, hex
    after: str
    wiped: bool  # whether the bytes are gone from the file; else the next opening goes on
    relearned: int = 0  # topics that were learned again
    waiting: int = 0  # topics that went, and are learned again by the next cycle
    found_before: float | None = None  # the share of the other memories that topics lead back to
    found: float | None = None
    canaries: int = 0
    changed: Changed = Changed.NOTHING
