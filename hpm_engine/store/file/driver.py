"""Which SQLite the store runs on, and whether its WAL mode can be trusted."""

from __future__ import annotations

import importlib
from types import ModuleType


def load_driver() -> ModuleType:
    """The DB-API module to use: the one that carries a fixed SQLite, else Python's own."""
    try:
        return importlib.import_module("sqlcipher3.dbapi2")
    except ImportError:
        return importlib.import_module("sqlite3")


def wal_is_safe(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite is free of the WAL-reset bug.

    Versions 3.7.0 to 3.51.2 can corrupt the file when two connections write and checkpoint at
    once; 3.51.3 fixed it, with backports in 3.50.7 and 3.44.6 (sqlite.org release notes).
    """
    if version >= (3, 51, 3):
        return True
    return (3, 50, 7) <= version < (3, 51, 0) or (3, 44, 6) <= version < (3, 45, 0)
