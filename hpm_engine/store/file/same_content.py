"""Whether a file still holds what a connection takes it to hold: it may be overwritten in place."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, NamedTuple

from hpm_engine.store.file.file_place import has_wal
from hpm_engine.store.file.raw_page import RawTable, Row, open_files
from hpm_engine.store.file.seal import Seal

_SETTINGS = 10  # a page of a table without row numbers that has no others below it
_TRIES = 20


class _State(NamedTuple):
    """What the connection takes the store to be: ``version`` changes when others write."""

    version: int
    end: int  # of the audit log
    pages: int


class SameContent:
    """What a connection last found in its file.

    ``value`` asks the connection for the first column of a statement's first row.

    The file is looked at only while its log is empty: then nobody can be folding anything into it,
    and it holds all that was written. Otherwise it may be between two states at any moment, and a
    verdict would be a guess.

    Of a store under a passphrase only the salt that it begins with can be compared.
    """

    def __init__(self, file: Path, value: Callable[[str], Any], seal: Seal | None) -> None:
        self._file, self._value, self._seal = file, value, seal
        self._descriptor = open_files.take(file)
        self._stamp: tuple[int, ...] | None = None
        self._last: Row | None = None  # of the log, in the file
        self._counter = 0
        self._id = b""
        self._seen: _State | None = None
        self._base: _State | None = None  # when the transaction under way began

    def close(self) -> None:
        """Called once the connection is closed."""
        if self._descriptor is not None:
            open_files.give_back(self._descriptor)
            self._descriptor = None

    def begun(self) -> None:
        """The connection has begun to write: what it adds from now on is not in the file."""
        with suppress(ValueError):  # a store that is being made
            self._base = self._state()

    def ended(self) -> None:
        """The connection has written, or undone it."""
        self._base = None
        if self._seen is not None:
            with suppress(ValueError):  # what is wrong with the file is said by what found it
                self._seen = self._state()

    def size(self) -> int:
        """How many bytes the connection takes the store to have; without end where it cannot."""
        try:
            return int((self._base or self._state()).pages * int(self._value("PRAGMA page_size")))
        except ValueError:
            return sys.maxsize

    def differs(self) -> bool:
        """Whether the file was overwritten; looks at its bytes only where its times changed."""
        if self._descriptor is None:
            return False
        for _ in range(_TRIES):
            stamp = self._times()
            if stamp == self._stamp or has_wal(self._file):
                return False
            try:
                same = self._accepts(self._descriptor)
            except (ValueError, OSError):
                same = self._seen is None  # what never was whole is damaged, not overwritten
            if self._times() == stamp and not has_wal(self._file):
                self._stamp = stamp
                return not same
        return False  # others write one change after the other: there is a next time

    def is_whole(self) -> bool:
        """Whether the file is as long as it says of itself: what was cut is not."""
        try:
            table = RawTable(-1 if self._descriptor is None else self._descriptor, 0)
        except (ValueError, OSError):
            return False
        return table.size == self._times()[2]

    def _accepts(self, descriptor: int) -> bool:
        if self._seal is not None:
            begins = os.pread(descriptor, len(self._seal.salt), 0)
            return begins in (self._seal.salt, b"")  # nothing: of a store that is being made
        sql = "SELECT rootpage FROM sqlite_master WHERE name = "
        log, settings = self._value(f"{sql}'audit'"), self._value(f"{sql}'settings'")
        if not log or not settings or self._value("PRAGMA journal_mode") != "wal":
            return True  # a store that is being made; one that is no whole while it is written
        table = RawTable(descriptor, log)
        last, page = table.last(), table.page(settings)
        state = self._base or self._state()
        known = self._last
        if (
            (last.key if last else 0) != state.end
            or table.pages != state.pages
            or table.counter < self._counter
            or (page[0] == _SETTINGS and self._id not in page)
            or (known is not None and table.row(known.key) != known)
            or (self._seen and self._seen.version == state.version and self._seen != state)
        ):
            return self._seen is None  # a store that is damaged from the start: the check tells
        if self._seen is None:
            name = str(self._value("SELECT value FROM settings WHERE name = 'store_id'") or "")
            self._id = name.encode() if name.encode() in page else b""
        self._last, self._counter, self._seen = last, table.counter, state
        return True

    def _state(self) -> _State:
        while True:
            version = self._value("PRAGMA data_version")
            end = self._value("SELECT max(seq) FROM audit") or 0
            pages = self._value("PRAGMA page_count")
            if self._value("PRAGMA data_version") == version:
                return _State(version, end, pages)

    def _times(self) -> tuple[int, ...]:
        assert self._descriptor is not None
        status = os.fstat(self._descriptor)
        return status.st_mtime_ns, status.st_ctime_ns, status.st_size
