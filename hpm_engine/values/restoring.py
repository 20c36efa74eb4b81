"""What would be, and what was, given back to the agents that it came from."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.values.reports import Changed
from hpm_engine.words.plurals import counted


class FileState(StrEnum):
    """What is to become of one file."""

    MISSING = "missing"  # it can be written
    THERE = "there"  # with the same bytes: nothing to do
    OTHER = "other"  # with other bytes: never written over
    LOST = "lost"  # there is nothing, or not all of it, to write


class RestoredFile(msgspec.Struct, frozen=True):
    """One file of a session: where its agent looks for it, and whether it can be written.

    ``reason`` says why not. ``size`` is in bytes; ``written`` is set once the file is on disk.
    """

    episode_id: int
    path: str  # "" where nobody knows the place
    state: FileState
    size: int = 0
    sha256: str = ""
    reason: str = ""
    written: bool = False


class Restoration(msgspec.Struct, frozen=True):
    """The files of some sessions, each with what is to become, or became, of it."""

    files: tuple[RestoredFile, ...]

    @property
    def changed(self) -> Changed:
        """The log, which tells of every session that was given back."""
        return Changed.AUDIT if self.written else Changed.NOTHING

    @property
    def written(self) -> int:
        """How many files were written."""
        return sum(file.written for file in self.files)

    def count(self, state: FileState) -> int:
        """How many files are in a state."""
        return sum(file.state is state for file in self.files)

    @property
    def sentence(self) -> str:
        """What would happen, in words."""
        missing = self.count(FileState.MISSING)
        size = sum(file.size for file in self.files if file.state is FileState.MISSING)
        said = [f"{counted(missing, 'file')} with {size:,} bytes would be written"]
        if there := self.count(FileState.THERE):
            said.append(f"{counted(there, 'file')} {_is(there)} there as it was")
        if other := self.count(FileState.OTHER):
            said.append(f"{counted(other, 'file')} {_is(other)} there with other content, and stay")
        if lost := self.count(FileState.LOST):
            said.append(f"{counted(lost, 'file')} cannot be given back")
        return "; ".join(said) + "."


class Deadline(msgspec.Struct, frozen=True):
    """A session's file on this computer, and when its agent may delete it.

    ``due_at`` and ``modified_at`` are Unix microseconds; ``due_at`` is None where the agent deletes
    nothing. ``kept`` says whether a store has these very bytes; ``episode_id`` is the episode that
    it has them, or an earlier state of them, as.
    """

    agent: str
    path: str
    size: int
    modified_at: int
    due_at: int | None
    kept: bool
    episode_id: int | None = None


class AgentCleanup(msgspec.Struct, frozen=True):
    """How long an agent keeps its sessions, and where that is said."""

    agent: str
    days: float | None  # None: it deletes none
    said_in: str  # the settings file, or "" for the agent's default


class Countdown(msgspec.Struct, frozen=True):
    """The sessions of this computer that agents will delete, the earliest first."""

    cleanups: tuple[AgentCleanup, ...]
    files: tuple[Deadline, ...]
    at: int  # Unix microseconds of the look


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
