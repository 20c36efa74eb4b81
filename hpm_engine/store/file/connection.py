"""Connections to SQLite files of ours: with their key, and with what all of them keep to."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType
from typing import Any

from hpm_engine.errors import LockedStore, WrongPassphrase
from hpm_engine.store.file.seal import Seal, keyring

CACHE_KIB = 32 * 1024
PAGE = 8192  # bytes, of a new store: commits of an import take a third less than with 4096


def open_connection(
    driver: ModuleType,
    uri: str,
    shown: Path,
    seal: Seal | None,
    timeout_ms: int,
    *,
    read_only: bool,
) -> Any:
    """A connection to a store, whose path the person calls ``shown``.

    Raises ``WrongPassphrase``.
    """
    timeout = timeout_ms / 1000
    connection = connect(driver, uri, seal, uri=True, timeout=timeout, isolation_level=None)
    try:
        if seal is not None:
            refuse_wrong(connection, driver, shown, seal)
        for pragma in (
            "trusted_schema = OFF",
            "cell_size_check = ON",
            "mmap_size = 0",
            "foreign_keys = ON",
            "temp_store = MEMORY",
            f"cache_size = -{CACHE_KIB}",
            f"query_only = {'ON' if read_only else 'OFF'}",
        ):
            connection.execute(f"PRAGMA {pragma}")
        connection.create_function("casefold", 1, str.casefold, deterministic=True)
    except BaseException:
        connection.close()
        raise
    return connection


def connect(driver: ModuleType, target: str, seal: Seal | None, **options: Any) -> Any:
    """A connection with its key; nothing of the file has been read yet."""
    connection = driver.connect(target, **options)
    if seal is not None:
        if not connection.execute("PRAGMA cipher_version").fetchone():
            connection.close()
            raise LockedStore(
                f"{target}: under a passphrase, and this installation lacks what reads it. Install "
                "the package sqlcipher3."
            )
        connection.execute("PRAGMA cipher_log_level = NONE")  # else it writes to standard error
        connection.execute(f"PRAGMA key = {seal.literal}")
        connection.execute(f"PRAGMA cipher_page_size = {PAGE}")
    return connection


def attach_new(connection: Any, file: Path, seal: Seal | None) -> None:
    """Attach an empty file as ``target``, to be filled under another key or under none."""
    literal = "''" if seal is None else seal.literal
    connection.execute(f"ATTACH ? AS target KEY {literal}", (str(file),))
    name = "page_size" if seal is None else "cipher_page_size"
    connection.execute(f"PRAGMA target.{name} = {PAGE}")


def refuse_wrong(connection: Any, driver: ModuleType, shown: Path, seal: Seal) -> None:
    """Raise ``WrongPassphrase`` where the key does not open the file; it is forgotten then."""
    try:
        connection.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except driver.DatabaseError as error:
        if "not a database" not in str(error):
            raise
        keyring.drop(seal.salt, seal.key)
        raise WrongPassphrase(
            f"{shown}: this is not its passphrase (or its first page is destroyed). Nothing was "
            "changed. Try again; without the passphrase nobody can read this store."
        ) from error
