"""Checkpoints: states of agents that were saved, as bytes that nobody reads into."""

from __future__ import annotations

from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed


class Checkpoint(msgspec.Struct, frozen=True, gc=False):
    """A saved state, without its bytes; ids are never given twice.

    ``number`` counts the checkpoints of its thread, from 1. ``parent_id`` is the one that it came
    from, which may be forgotten by now; ``episode_id`` and ``step`` (from 0) say what was under
    way. ``digest`` is the SHA-256 of the state, in hex.
    """

    id: int
    thread: str
    number: int
    parent_id: int | None
    at: int  # microseconds since 1970
    actor: str
    kind: str  # a media type
    label: str
    size: int  # bytes
    digest: str
    episode_id: int | None
    step: int | None
    pinned: bool


class CheckpointThread(msgspec.Struct, frozen=True, gc=False):
    """A thread of checkpoints in sum; ``size`` is what its states have, whole, in bytes."""

    name: str
    checkpoints: int
    size: int
    first_at: int
    last_at: int
    latest_id: int


class Keep(msgspec.Struct, frozen=True):
    """Which checkpoints of a thread stay: those that any of these rules keeps.

    The ``last`` newest of the thread, those of the last ``days``, and pinned ones; ``None`` is no
    rule.
    """

    last: int | None = None
    days: float | None = None
    pinned: bool = True


class Forgotten(msgspec.Struct, frozen=True):
    """What forgetting did; ``freed`` are the bytes, as stored, that no other state holds."""

    CHANGES: ClassVar[Changed] = Changed.CHECKPOINTS | Changed.AUDIT

    checkpoints: int
    freed: int

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        return self.CHANGES if self.checkpoints else Changed.NOTHING


class PathChange(msgspec.Struct, frozen=True, gc=False):
    """A place in a JSON state that differs: its JSON pointer, and the values as JSON, cut.

    ``None`` is where the place is absent.
    """

    path: str
    before: str | None
    after: str | None


class StateDifference(msgspec.Struct, frozen=True):
    """Two states compared: sizes in bytes, and places where both are JSON (else ``None``).

    ``shared`` are the bytes of the second that lie in pieces which the first has too; ``more`` is
    how many places differ beyond those listed.
    """

    before: Checkpoint
    after: Checkpoint
    same: bool
    shared: int
    paths: tuple[PathChange, ...] | None
    more: int = 0
