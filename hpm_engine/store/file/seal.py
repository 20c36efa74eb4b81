"""Stores under a passphrase: how their files begin, and the keys that this process was given.

Pages are encrypted and authenticated by SQLCipher 4 (AES-256-CBC, HMAC-SHA512). The file begins
with its salt; ours begins with a mark, so that such a store is told from what is none without its
key. The key is PBKDF2-HMAC-SHA512 of the passphrase, as SQLCipher derives it, made once a process.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b, pbkdf2_hmac
from pathlib import Path
from typing import NamedTuple

from hpm_engine.errors import LockedStore
from hpm_engine.store.file.raw_page import open_files

PASSPHRASE_FILE = "HPM_PASSPHRASE_FILE"
_MARK = b"HPMs\x01"
_SALT = 16  # bytes
_NONCE = 12  # bytes
_ROUNDS = 256_000  # SQLCipher 4's own: 0.13 s


class Seal(NamedTuple):
    """What opens a store under a passphrase."""

    salt: bytes
    key: bytes

    @property
    def literal(self) -> str:
        """The key and the salt as SQLCipher reads them in a statement."""
        return f"\"x'{self.key.hex()}{self.salt.hex()}'\""


class Keyring:
    """The keys that this process was given, by the salts of their files; for any thread."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._keys: dict[bytes, bytes] = {}
        self._planned: dict[Path, Seal] = {}

    def add(self, seal: Seal) -> None:
        """Keep a key until the process ends, or ``drop``."""
        with self._guard:
            self._keys[seal.salt] = seal.key

    def get(self, salt: bytes) -> Seal | None:
        """The key of the files with a salt, if it was given."""
        with self._guard:
            key = self._keys.get(salt)
        return None if key is None else Seal(salt, key)

    def drop(self, salt: bytes, key: bytes | None = None) -> None:
        """Forget the key of a salt; with ``key``, only if it is that one."""
        with self._guard:
            if key is None or self._keys.get(salt) == key:
                self._keys.pop(salt, None)

    @contextmanager
    def made_with(self, file: Path, seal: Seal | None) -> Iterator[None]:
        """A store that is made at ``file`` meanwhile is under that seal from its first byte."""
        if seal is None:
            yield
            return
        self.add(seal)
        with self._guard:
            self._planned[file] = seal
        try:
            yield
        finally:
            with self._guard:
                self._planned.pop(file, None)

    def planned(self, file: Path) -> Seal | None:
        """What a store that is made at ``file`` is to be under."""
        with self._guard:
            return self._planned.get(file)


keyring = Keyring()


def salt_of(file: Path) -> bytes | None:
    """The salt of a store under a passphrase; ``None`` for any other file, or none."""
    try:
        plain = stat.S_ISREG(file.stat().st_mode)
    except (OSError, ValueError):
        return None
    descriptor = open_files.take(file) if plain else None
    if descriptor is None:
        return None
    try:
        salt = os.pread(descriptor, _SALT, 0)
    except OSError:
        return None
    finally:
        open_files.give_back(descriptor)
    return salt if len(salt) == _SALT and salt.startswith(_MARK) else None


def new_seal(passphrase: str) -> Seal:
    """A key for a passphrase, with a salt of its own."""
    return derived(passphrase, _MARK + os.urandom(_SALT - len(_MARK)))


def derived(passphrase: str, salt: bytes) -> Seal:
    """The key that a passphrase gives with a salt."""
    return Seal(salt, pbkdf2_hmac("sha512", passphrase.encode(), salt, _ROUNDS, 32))


def seal_of(shown: Path, file: Path) -> Seal | None:
    """What opens the store at ``file``; ``None`` where it needs nothing.

    Raises ``LockedStore`` where this process was given no key: neither by ``unlock`` nor by the
    file that ``HPM_PASSPHRASE_FILE`` names.
    """
    salt = salt_of(file)
    if salt is None:
        return keyring.planned(file) if not file.stat().st_size else None
    seal = keyring.get(salt)
    if seal is None and (passphrase := _passphrase_of_file()):
        seal = derived(passphrase, salt)
        keyring.add(seal)
    if seal is None:
        raise LockedStore(
            f"{shown}: this store is under a passphrase. Open it in the window, or run the command "
            f"in a terminal, where it is asked for. A program that cannot be asked reads it from "
            f"the file that {PASSPHRASE_FILE} names."
        )
    return seal


def sealed(data: bytes, seal: Seal | None) -> bytes:
    """What a cache may keep of a store: encrypted (AES-256-GCM) where the store is."""
    if seal is None:
        return data
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM  # 40 ms

    nonce = os.urandom(_NONCE)
    return nonce + AESGCM(_cache_key(seal)).encrypt(nonce, data, None)


def unsealed(data: bytes, seal: Seal | None) -> bytes:
    """The inverse of ``sealed``. Raises ``ValueError`` for what another key encrypted."""
    if seal is None:
        return data
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(_cache_key(seal)).decrypt(data[:_NONCE], data[_NONCE:], None)
    except InvalidTag as error:
        raise ValueError("encrypted with another key") from error


def _cache_key(seal: Seal) -> bytes:
    return blake2b(key=seal.key, person=b"hpm cache", digest_size=32).digest()


def has_passphrase_file() -> bool:
    """Whether a file is named that passphrases are read from."""
    return bool(os.environ.get(PASSPHRASE_FILE))


def _passphrase_of_file() -> str:
    """The first line of the file that is named for programs that cannot be asked; or nothing."""
    name = os.environ.get(PASSPHRASE_FILE)
    if not name:
        return ""
    path = Path(name)
    try:
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise OSError("no plain file")
        if os.name == "posix" and status.st_mode & 0o077:
            raise LockedStore(
                f"{path}: others may read this file with a passphrase. Make it yours alone "
                "(chmod 600)."
            )
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise LockedStore(
            f"{path}: the passphrase of a store was to be read from there ({PASSPHRASE_FILE}), "
            f"and cannot be ({reason})."
        ) from error
    return lines[0] if lines else ""
