"""A lock on a store: at most one process does a piece of work on it at a time."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from hpm_engine.errors import StoreBusy
from hpm_engine.index.cache import needed
from hpm_engine.system.private_files import private_folder

_FLAGS = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)


@contextmanager
def turn(lock: Path, store: Path, doing: str = "consolidating") -> Iterator[None]:
    """Hold the lock file ``lock``; raises ``StoreBusy`` at once if somebody else does.

    The operating system lets go of it when a process ends, however it ends.
    """
    with needed(lock.parent, f"{doing} a store"):
        private_folder(lock.parent)
        file = os.fdopen(os.open(lock, _FLAGS, 0o600), "r+b", buffering=0)
    with file:
        if not _taken(file):
            raise StoreBusy(
                f"{store}: another program is {doing} this store. Wait until it has finished, or "
                "stop it; nothing was changed."
            )
        try:
            yield
        finally:
            _let_go(file)


if sys.platform == "win32":
    import msvcrt

    def _taken(file: IO[bytes]) -> bool:
        file.seek(0)
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        file.seek(0)
        msvcrt.locking(file.fileno(), msvcrt.LK_UNLCK, 1)

else:
    import fcntl

    def _taken(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True

    def _let_go(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_UN)
