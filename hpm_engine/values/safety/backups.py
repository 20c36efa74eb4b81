"""Backups of a store: those that are known, what is kept of them, and what one holds."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed

_HOUR = 3_600_000_000  # microseconds


class Every(StrEnum):
    """How often a store is backed up by itself."""

    NEVER = "never"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"

    @property
    def period(self) -> int:
        """Microseconds from one backup to the next; 0 for never."""
        return {"never": 0, "hour": _HOUR, "day": 24 * _HOUR, "week": 7 * 24 * _HOUR}[self.value]


class Backup(msgspec.Struct, frozen=True):
    """A copy of a store that was made and checked."""

    path: str
    size: int
    audit_rows: int
    audit_head: str
    sha256: str
    recorded: bool  # whether the store and its log know of it


class BackupPlan(msgspec.Struct, frozen=True):
    """How often a store is backed up by itself, where to, and how many of these backups are kept.

    Kept are the ``last`` ones, and the newest of each of so many days and weeks that have one.
    ``folder`` is absolute. ``failure`` is what was the matter with the last attempt, at
    ``tried_at`` (microseconds); "" where it went well, or none was made.
    """

    every: Every = Every.NEVER
    folder: str = ""
    last: int = 3
    daily: int = 7
    weekly: int = 4
    tried_at: int = 0
    failure: str = ""


class KnownBackup(msgspec.Struct, frozen=True):
    """A backup that a store knows to have been made; a path may lead to nothing by now."""

    id: int
    path: str
    made_at: int
    size: int
    sha256: str  # of the file
    audit_rows: int
    audit_head: str
    planned: bool  # made by itself: only such go when there are too many
    pinned: bool
    exists: bool = True


class BackupMark(msgspec.Struct, frozen=True):
    """What a backup says of itself: of which store, made when, and where the log ended."""

    store_id: str
    made_at: int
    audit_rows: int
    audit_head: str


class BackupTurn(msgspec.Struct, frozen=True):
    """What a store's plan came to at one look."""

    CHANGES: ClassVar[Changed] = Changed.SETTINGS | Changed.AUDIT
    path: str  # of the backup that was made; "" where none was due, or it failed
    size: int
    removed: tuple[str, ...]  # earlier backups of the plan that went
    failure: str

    @property
    def changed(self) -> Changed:
        """The list of backups and the log."""
        return self.CHANGES


class HeldCounts(msgspec.Struct, frozen=True):
    """How many there are of what a store holds."""

    episodes: int
    steps: int
    sources: int
    tags: int
    notes: int
    memory_notes: int
    recalls: int
    prototypes: int
    audit_rows: int


class OnlyThere(msgspec.Struct, frozen=True):
    """An episode that one of two stores holds alone, or in another state."""

    episode_id: int  # in the store that holds it
    name: str
    steps: int


class RestorePreview(msgspec.Struct, frozen=True):
    """What a backup holds against what a store holds now."""

    store: str
    backup: str
    made_at: int
    size: int
    same_store: bool  # whether it is a backup of this store
    now: HeldCounts | None  # None where the store is missing, or cannot be read
    then: HeldCounts
    lost: tuple[OnlyThere, ...]  # episodes that only the store holds: the first ones by number
    lost_count: int
    back: tuple[OnlyThere, ...]  # episodes that only the backup holds
    back_count: int
    other_count: int  # episodes that both hold, in another state
    log_rows_lost: int  # rows that the store's log has beyond the backup's
    is_prefix: bool  # whether the backup's log is the beginning of the store's
    reason: str  # why the store cannot be read; "" where it can


class BackupRestored(msgspec.Struct, frozen=True):
    """A store that was taken back to a backup."""

    CHANGES: ClassVar[Changed] = ~Changed.NOTHING
    path: str
    aside: str  # where the file of before lies now; "" where there was none
    audit_rows: int

    @property
    def changed(self) -> Changed:
        """All of it."""
        return self.CHANGES
