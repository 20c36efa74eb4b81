"""Chosen sources, and what keeping them up to date did."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed, ImportReport

SYNC_BY_ITSELF = "sync_by_itself"  # the setting of a store; "no" switches it off


class ChosenSource(msgspec.Struct, frozen=True):
    """A folder or file that a store is kept up to date with. Times are Unix microseconds.

    ``agent`` is the one whose folder it is, "" for any other folder; ``synced_at`` is 0 before the
    first time, ``failure`` what was the matter with it last, in words.
    """

    path: str
    agent: str
    paused: bool
    added_at: int
    synced_at: int = 0
    failure: str = ""


class SourceSync(msgspec.Struct, frozen=True):
    """What was new in one source."""

    path: str
    agent: str
    sessions: int = 0  # that were looked into, because they changed
    episodes_added: int = 0
    episodes_extended: int = 0
    steps_added: int = 0
    failures: tuple[str, ...] = ()  # in words, with the path of each

    @property
    def new(self) -> int:
        """Episodes that came or grew."""
        return self.episodes_added + self.episodes_extended


class SyncReport(msgspec.Struct, frozen=True):
    """What keeping chosen sources up to date did, source by source.

    ``imported`` has it file by file.
    """

    CHANGES: ClassVar[Changed] = Changed.EPISODES | Changed.AUDIT
    sources: tuple[SourceSync, ...]
    seconds: float
    imported: ImportReport

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        return self.imported.changed

    @property
    def new(self) -> int:
        """Episodes that came or grew."""
        return sum(source.new for source in self.sources)

    @property
    def failures(self) -> tuple[str, ...]:
        """What could not be read, of all sources."""
        return tuple(text for source in self.sources for text in source.failures)
