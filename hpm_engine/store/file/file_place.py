"""Where a store's file lies, and whether it can be opened there as it is asked for."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from hpm_engine.errors import CannotOpen, NotAStore, ReadOnlyStore, StoreMissing

SIDE_FILES = ("-wal", "-shm")


def file_at(path: Path) -> Path:
    """Where the file itself lies: SQLite puts its side files there, not beside a link to it."""
    try:
        file = path.resolve()
        file.exists()
    except (OSError, ValueError, RuntimeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise CannotOpen(f"{path}: no store can be there ({reason}).") from error
    return file


def check_place(shown: Path, path: Path, *, read_only: bool, create: bool) -> None:
    """Raise if the file at ``path``, which the person calls ``shown``, cannot be opened."""
    if not path.parent.is_dir():
        raise StoreMissing(f"{shown}: the folder {path.parent} does not exist.")
    if path.is_dir():
        raise NotAStore(f"{shown}: a folder, not a store. Choose a .hpm file.")
    if path.exists() and not path.is_file():
        raise NotAStore(f"{shown}: a device or a pipe, not a store. Choose a .hpm file.")
    if not path.exists():
        if not create or read_only:
            raise StoreMissing(f"{shown}: no such file. Check the name, or make a new store there.")
        if not folder_is_writable(path):
            raise ReadOnlyStore(f"{shown}: the folder {path.parent} does not allow writing.")
    elif not os.access(path, os.R_OK):
        raise CannotOpen(f"{shown}: you are not allowed to read this file.")
    elif not read_only and not is_writable(path):
        raise ReadOnlyStore(
            f"{shown}: the file or its folder does not allow writing. Copy the store elsewhere, "
            "or open it for reading only."
        )


def folder_is_writable(path: Path) -> bool:
    """Whether files can be made beside ``path``."""
    return os.access(path.parent, os.W_OK)


def is_writable(path: Path) -> bool:
    """Whether the store at ``path``, and its side files, can be written."""
    return os.access(path, os.W_OK) and folder_is_writable(path)


def unchanging(path: Path) -> bool:
    """Whether nobody writes there: SQLite then needs no side files, and makes none."""
    frozen = not path.stat().st_mode & 0o222 and not os.access(path, os.W_OK)
    return (frozen or not folder_is_writable(path)) and not has_wal(path)


def has_wal(path: Path) -> bool:
    """Whether something waits beside the file to be folded into it."""
    wal = beside(path, "-wal")
    return wal.exists() and wal.stat().st_size > 0


def beside(path: Path, ending: str) -> Path:
    """The side file of a store with that ending."""
    return path.with_name(path.name + ending)


def free_side_files(path: Path) -> None:
    """Let the owner write what a reader of a then read-only store has left beside it."""
    mode = stat.S_IMODE(path.stat().st_mode)
    for ending in SIDE_FILES:
        side = beside(path, ending)
        try:
            if side.is_file() and not side.stat().st_mode & stat.S_IWUSR:
                side.chmod(mode)
        except OSError:
            continue  # SQLite says what stands in the way
