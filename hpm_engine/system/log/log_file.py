"""A log file that several processes write at once, and that none of them can fill a disk with.

A line is one write at the end of the file, opened for it alone: the system keeps such writes apart,
and a file that another process renamed is left behind with the next line. Who finds it full moves
it on while holding its lock; who gets that lock next sees that the name is another file's.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

from hpm_engine.system.private_files import private_folder

if sys.platform != "win32":
    import fcntl

FULL = 1_000_000  # bytes: a file of that size is moved on
FILES = 3  # hpm.log, hpm.log.1, hpm.log.2
_FLAGS = (
    os.O_WRONLY
    | os.O_APPEND
    | os.O_CREAT
    | getattr(os, "O_NOFOLLOW", 0)
    | getattr(os, "O_NONBLOCK", 0)
    | getattr(os, "O_CLOEXEC", 0)
    | getattr(os, "O_BINARY", 0)
)


def append(path: Path, line: bytes) -> None:
    """Write a line at the end of the log at ``path``, which is made where it is missing.

    Raises ``OSError``, also for what is no plain file, and where only a part of it was written.
    """
    with _opened(path) as stream:
        if os.fstat(stream.fileno()).st_size < FULL:
            _write(stream, line)
            return
        if sys.platform != "win32":
            _move_on_locked(path, stream)
    if sys.platform == "win32":
        _move_on(path)  # it renames no file that is open
    with _opened(path) as stream:
        _write(stream, line)


def files(path: Path) -> list[Path]:
    """Where the parts of a log lie, the newest first; some may be missing."""
    return [path, *(path.with_name(f"{path.name}.{age}") for age in range(1, FILES))]


def size(path: Path) -> int:
    """How many bytes all parts of a log take."""
    total = 0
    for part in files(path):
        with suppress(OSError):
            total += part.stat().st_size
    return total


def _opened(path: Path) -> BinaryIO:
    try:
        handle = os.open(path, _FLAGS, 0o600)
    except FileNotFoundError:
        private_folder(path.parent)
        handle = os.open(path, _FLAGS, 0o600)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(errno.EINVAL, "no plain file", str(path))
    return os.fdopen(handle, "ab", buffering=0)


def _write(stream: BinaryIO, line: bytes) -> None:
    if stream.write(line) < len(line):  # the disk took its beginning
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _move_on_locked(path: Path, stream: BinaryIO) -> None:
    """Move the file on unless another process does, or did."""
    if sys.platform == "win32":
        return
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return
    with suppress(FileNotFoundError):
        if os.path.samestat(path.stat(), os.fstat(stream.fileno())):
            _move_on(path)


def _move_on(path: Path) -> None:
    """Each part takes the next name; the oldest is replaced."""
    parts = files(path)
    for newer, older in reversed(list(pairwise(parts))):
        with suppress(FileNotFoundError):
            newer.replace(older)
