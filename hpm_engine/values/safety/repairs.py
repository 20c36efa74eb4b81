"""What is wrong with what a store can make again, and what a repair came to."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed


class RepairItem(msgspec.Struct, frozen=True):
    """A part of a store that is not what it would be made to be: its name, and how it is wrong."""

    name: str
    fault: str


class RepairPlan(msgspec.Struct, frozen=True):
    """What a repair would do. ``damaged`` says that pages of the file itself cannot be read."""

    items: tuple[RepairItem, ...]
    damaged: str

    @property
    def needed(self) -> bool:
        """Whether there is anything to do."""
        return bool(self.items or self.damaged)


class RepairReport(msgspec.Struct, frozen=True):
    """What a repair did."""

    CHANGES: ClassVar[Changed] = ~Changed.NOTHING
    items: tuple[RepairItem, ...]  # that were made again
    backup: str  # the copy of before; "" where nothing was changed

    @property
    def changed(self) -> Changed:
        """Everything that was made again may be shown otherwise."""
        return self.CHANGES if self.items else Changed.NOTHING


class LostItem(msgspec.Struct, frozen=True):
    """Something that could not be saved of a damaged file."""

    kind: str  # "episode", "text", "row of the log"
    number: int  # 0 where it is not known
    name: str
    what: str  # in words


class SalvageReport(msgspec.Struct, frozen=True):
    """What was saved of a damaged file into a new store."""

    path: str
    episodes: int
    steps: int
    texts: int
    notes: int
    log_rows: int
    lost: tuple[LostItem, ...]  # the first ones
    lost_counts: tuple[tuple[str, int], ...]  # of each kind
