"""A consistent private copy of a database: the file and its log, read as files alone.

SQLite itself would make a ``-shm`` file beside a database in WAL mode, and could write into it. So
the agent's files are only read: the database, its rollback journal and its ``-wal``. What is
committed is in the first and the last together. A writer that is at work shows: the database
changes during the copy, or the log begins anew; then the copy is made again.
"""

from __future__ import annotations

import io
import os
import shutil
import struct
import tempfile
import time
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

from hpm_engine.errors import CannotImport, LimitExceeded
from hpm_engine.system.unfinished import unfinished

Part = Callable[[str], BinaryIO | None]  # the database's file by its ending: "", "-wal"; None: none
MAGIC = b"SQLite format 3\0"
LOG_MAGIC = (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83")
PARTS = ("-wal", "-journal", "-shm")  # the endings of the files that belong to a database

_LOG_HEADER = 32  # bytes
_JOURNAL_MAGIC = b"\xd9\xd5\x05\xf9\x20\xa1\x63\xd7"
_BLOCK = 1024 * 1024  # bytes
_ATTEMPTS = 8
_FIRST_PAUSE = 0.05  # s; each further one is twice as long
_SETTLED = 0.02  # s without a write before a copy: times of files have coarse steps
_SPARE = 64 * 1024 * 1024  # bytes that stay free in the folder for temporary files
_SMALLEST_PAGE = 512  # bytes
_LARGEST_PAGE = 65536  # bytes

_Stamp = tuple[int, int, int] | None  # what changes with every write; None in an archive


class PrivateCopy:
    """The copy, in a folder of its own, which goes when nobody holds this object any longer."""

    def __init__(self, name: str, part: Part, most: int) -> None:
        """Copy the database of this name, of ``most`` bytes at most.

        Raises ``CannotImport`` where it is gone, being written to all the time, or too large for
        the disk; ``OSError`` where it cannot be read.
        """
        # A name that says whose it is: what a killed import left there goes with the next one.
        self._folder = unfinished(Path(tempfile.gettempdir()) / "hpm-database")
        self._folder.mkdir(mode=0o700)
        weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        self.path = self._folder / "copy.db"
        pause = _FIRST_PAUSE
        for _ in range(_ATTEMPTS):
            if self._copied(name, part, most):
                self._begin_page()
                return
            time.sleep(pause)
            pause *= 2
        raise CannotImport(
            f"{name}: its agent writes to it all the time, so no consistent copy could be made. "
            "Import it again when the agent rests."
        )

    @property
    def size(self) -> int:
        """The bytes of the copy."""
        return sum(path.stat().st_size for path in self._folder.iterdir())

    def _copied(self, name: str, part: Part, most: int) -> bool:
        """Copy all parts; whether none of them was written to meanwhile."""
        for path in self._folder.iterdir():
            path.unlink()
        before = _stamp(part)
        if before is not None and 0 <= time.time() - before[1] / 1e9 < _SETTLED:
            time.sleep(_SETTLED)
            before = _stamp(part)
        copied = self._copy(name, part, "", most)
        journal = self._copy(name, part, "-journal", most)
        log = _log_header(part)
        self._copy(name, part, "-wal", most - copied)
        if journal and not _is_simple(self._path("-journal")):
            self._path("-journal").unlink()  # it names other files, which SQLite would delete
        return _stamp(part) == before and _log_header(part) == log

    def _path(self, ending: str) -> Path:
        return self.path.with_name(self.path.name + ending)

    def _copy(self, name: str, part: Part, ending: str, most: int) -> int:
        stream = part(ending)
        if stream is None:
            if not ending:
                raise CannotImport(f"{name}: It is gone.")
            return 0
        size = 0
        with stream, self._path(ending).open("wb") as copy:
            self._must_have_room(name, stream)
            while block := stream.read(_BLOCK):
                size += len(block)
                if size > most:
                    raise LimitExceeded(
                        f"{name}: with its log it has more than {most:,} bytes, the limit for one "
                        "file."
                    )
                try:
                    copy.write(block)
                except OSError as error:
                    raise self._no_room(name, error.strerror or str(error)) from error
        return size

    def _must_have_room(self, name: str, stream: BinaryIO) -> None:
        try:
            size = os.fstat(stream.fileno()).st_size
        except (OSError, io.UnsupportedOperation):
            return
        free = shutil.disk_usage(self._folder).free
        if size + _SPARE > free:
            raise self._no_room(name, f"{size:,} bytes are needed, and {free:,} are free")

    def _no_room(self, name: str, reason: str) -> CannotImport:
        folder = self._folder.parent
        return CannotImport(
            f"{name}: it is read from a copy, for which there is no room in {folder} ({reason}). "
            "Free some space, or set TMPDIR to a larger folder."
        )

    def _begin_page(self) -> None:
        """Give a database that is all in its log a first page: SQLite ignores the log otherwise."""
        log = self._path("-wal")
        if self.path.stat().st_size or not log.exists():
            return
        with log.open("rb") as stream:
            header = stream.read(_LOG_HEADER)
        if header.startswith(LOG_MAGIC) and len(header) == _LOG_HEADER:
            (page,) = struct.unpack(">I", header[8:12])
            if _SMALLEST_PAGE <= page <= _LARGEST_PAGE:
                self.path.write_bytes(bytes(page))


def _stamp(part: Part) -> _Stamp:
    """What the database's own file looks like now."""
    stream = part("")
    if stream is None:
        return None
    with stream:
        try:
            status = os.fstat(stream.fileno())
        except (OSError, io.UnsupportedOperation):
            return None
    return status.st_size, status.st_mtime_ns, status.st_ino


def _log_header(part: Part) -> bytes:
    """The beginning of the log, which is written anew whenever the log begins anew."""
    stream = part("-wal")
    if stream is None:
        return b""
    with stream:
        return stream.read(_LOG_HEADER)


def _is_simple(journal: Path) -> bool:
    """Whether a rollback journal is of one database alone."""
    with journal.open("rb") as stream:
        stream.seek(max(0, journal.stat().st_size - len(_JOURNAL_MAGIC)))
        return stream.read() != _JOURNAL_MAGIC
