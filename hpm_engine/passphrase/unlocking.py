"""The passphrase of a store, given to this process."""

from __future__ import annotations

import os
from pathlib import Path

from hpm_engine.store.file.connection import connect, refuse_wrong
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.file.file_place import file_at
from hpm_engine.store.file.seal import derived, has_passphrase_file, keyring, salt_of


def under_passphrase(path: str | os.PathLike[str]) -> bool:
    """Whether the file at ``path`` is a store under a passphrase."""
    return salt_of(file_at(Path(path))) is not None


def is_locked(path: str | os.PathLike[str]) -> bool:
    """Whether this process still lacks the passphrase of the store at ``path``.

    It does not where ``HPM_PASSPHRASE_FILE`` names a file with one.
    """
    salt = salt_of(file_at(Path(path)))
    return salt is not None and keyring.get(salt) is None and not has_passphrase_file()


def unlock(path: str | os.PathLike[str], passphrase: str) -> None:
    """Give this process the passphrase of a store: ``open_memory`` opens it from now on.

    Takes a quarter of a second, by design. Does nothing for a store that needs none. Raises
    ``WrongPassphrase``.
    """
    shown = Path(path)
    file = file_at(shown)
    salt = salt_of(file)
    if salt is None:
        return
    driver, seal = load_driver(), derived(passphrase, salt)
    connection = connect(driver, str(file), seal)
    try:
        refuse_wrong(connection, driver, shown, seal)
    finally:
        connection.close()
    keyring.add(seal)


def lock(path: str | os.PathLike[str]) -> None:
    """Have this process forget a store's passphrase; connections that are open stay so."""
    salt = salt_of(file_at(Path(path)))
    if salt is not None:
        keyring.drop(salt)
