"""The folder of a store's index files: outside of the store, for they can be made again."""

from __future__ import annotations

import io
import os
import stat
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hpm_engine.errors import CannotWrite, DamagedStore
from hpm_engine.store.file.database import Database
from hpm_engine.store.settings import store_id
from hpm_engine.system.cache_folder import cache_folder


def index_folder(database: Database) -> Path:
    """The folder for a store's index files, by the store's own id.

    Under ``HPM_CACHE_DIR`` if that is set. Raises ``DamagedStore`` for an id that is none: it
    must not name a folder elsewhere.
    """
    try:
        name = str(uuid.UUID(store_id(database)))
    except (ValueError, TypeError, AttributeError) as error:
        raise DamagedStore(
            f"{database.path}: has no valid id of its own. Restore a backup, or import the "
            "sources into a new store."
        ) from error
    return cache_folder() / "index" / name


def map_file(database: Database) -> Path:
    """The file for a store's map. Raises as ``index_folder``."""
    folder = index_folder(database)
    return folder.parent.parent / "maps" / f"{folder.name}.map"


def cache_files(database: Database) -> tuple[Path, ...]:
    """The files and folders of the cache that hold something of a store."""
    return index_folder(database), map_file(database)


def open_plain(path: Path) -> io.BufferedReader:
    """A file of the cache for reading. Raises ``OSError`` also for what is no plain file.

    A pipe there would let a program wait for ever.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError(f"{path} is no plain file")
    return os.fdopen(handle, "rb")


@contextmanager
def needed(cache: Path, doing: str) -> Iterator[None]:
    """Where a file of the cache cannot be done without: raises ``CannotWrite`` for ``OSError``."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(
            f"{cache}: this program cannot write there ({error.strerror or error}), and {doing} "
            "needs it. Nothing was changed. Make it a folder that you may write to, or set "
            "HPM_CACHE_DIR to one."
        ) from error
