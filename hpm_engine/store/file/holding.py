"""A store's file for one program alone, and who else has it open."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from hpm_engine.errors import StoreBusy
from hpm_engine.store.file.database import Database

_NAMED = 5  # processes


@contextmanager
def alone(database: Database) -> Iterator[None]:
    """Have the file for this connection alone, and nothing of it in a side file.

    Every connection to a file with a write-ahead log holds a lock for as long as it is open, so
    that leaving that mode says whether there is another. Raises ``StoreBusy``.
    """
    path = database.path
    database.pragma("busy_timeout = 0")
    try:
        mode = database.pragma("journal_mode = DELETE")
        if mode == "delete":
            database.execute("BEGIN EXCLUSIVE")
    except database.driver.OperationalError as error:
        if "locked" not in str(error):
            raise
        mode = ""
    if mode != "delete":
        raise busy(path)
    try:
        yield
    finally:
        with suppress(database.driver.Error):
            database.execute("ROLLBACK")


def busy(path: Path) -> StoreBusy:
    """What is said where another program has the store open."""
    programs = [f"{name} (process {pid})" for pid, name in holders(path)[:_NAMED]]
    who = f": {', '.join(programs)}" if programs else ""
    return StoreBusy(
        f"{path}: another program has this store open{who}. Close it (a window, an import, hpm "
        "run, an agent that asks the store) and try again. Nothing was changed."
    )


def holders(path: Path) -> list[tuple[int, str]]:
    """Other processes that have a file open, as far as this system tells: number and name."""
    try:
        status = path.stat()
        pids = [int(name) for name in os.listdir("/proc") if name.isdecimal()]
    except OSError:
        return []
    known = []
    for pid in pids:
        if pid != os.getpid() and _has_open(pid, (status.st_dev, status.st_ino)):
            known.append((pid, _name(pid)))
    return known


def _has_open(pid: int, wanted: tuple[int, int]) -> bool:
    folder = f"/proc/{pid}/fd"
    try:
        numbers = os.listdir(folder)
    except OSError:
        return False  # another person's, or it has ended
    for number in numbers:
        with suppress(OSError):
            status = os.stat(f"{folder}/{number}")
            if (status.st_dev, status.st_ino) == wanted:
                return True
    return False


def _name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return "a program"
