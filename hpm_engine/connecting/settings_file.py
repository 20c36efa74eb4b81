"""A settings file of another program on disk: read whole, replaced at once, put back if need be."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex

import msgspec

from hpm_engine.errors import CannotWrite
from hpm_engine.system.output_file import FLAGS, sync_folder
from hpm_engine.system.private_files import private_folder

_LARGEST = 16 * 1024 * 1024  # bytes
_BOM = b"\xef\xbb\xbf"


class NotText(ValueError):
    """The file is no UTF-8."""


class SettingsFile(msgspec.Struct, frozen=True):
    """What a file holds; ``content`` is ``None`` where there is none yet."""

    path: Path  # as the agent looks for it
    target: Path  # behind links
    content: bytes | None

    @property
    def text(self) -> str:
        """Its text, without a byte order mark. Raises ``NotText``."""
        try:
            return (self.content or b"").removeprefix(_BOM).decode()
        except UnicodeDecodeError as error:
            raise NotText(f"it is no UTF-8 at byte {error.start}") from error

    def as_bytes(self, text: str) -> bytes:
        """A text as bytes of this file: with its byte order mark, if it has one."""
        mark = _BOM if (self.content or b"").startswith(_BOM) else b""
        return mark + text.encode()


def read_settings(path: Path) -> SettingsFile:
    """The file at a path, through links. Raises ``CannotWrite`` where it is none to change."""
    try:
        target = path.resolve()
        if not target.exists():
            return SettingsFile(path, target, None)
        status = target.stat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > _LARGEST:
            raise CannotWrite(f"{path}: is no plain file of settings. Nothing was changed.")
        content = target.read_bytes()
    except (OSError, RuntimeError) as error:
        raise CannotWrite(f"{path}: cannot be read ({error}). Nothing was changed.") from error
    return SettingsFile(path, target, content)


def must_be_writable(file: SettingsFile) -> None:
    """Raise ``CannotWrite`` for a file that somebody protects, before anything is changed."""
    if file.content is not None and not os.access(file.target, os.W_OK):
        raise CannotWrite(
            f"{file.path}: is read-only. Nothing was changed; allow writing to it, or put in by "
            "hand what would change."
        )


def replace_settings(file: SettingsFile, content: bytes) -> Path | None:
    """Put other bytes in the file's place; the backup that lies beside it, for one that existed.

    Its mode stays. Raises ``CannotWrite`` with the file as it was, also where another program
    changed it meanwhile.
    """
    must_be_writable(file)
    backup = None
    try:
        private_folder(file.target.parent)
        mode = 0o600
        if file.content is not None:
            mode = stat.S_IMODE(file.target.stat().st_mode)
            backup = _backup(file, mode)
        if read_settings(file.path).content != file.content:
            raise CannotWrite(f"{file.path}: was changed by another program. Do it again.")
        _write(file.target, content, mode)
        if file.target.read_bytes() != content:
            raise OSError("what was written is not what is there")
    except CannotWrite:
        _drop(backup)
        raise
    except OSError as error:
        _put_back(file)
        _drop(backup)
        reason = error.strerror or str(error)
        raise CannotWrite(f"{file.path}: cannot be written ({reason}). It is as it was.") from error
    return backup


def remove_settings(file: SettingsFile) -> None:
    """Remove a file that a connection made. Raises ``CannotWrite``."""
    try:
        file.target.unlink(missing_ok=True)
    except OSError as error:
        raise CannotWrite(f"{file.path}: cannot be removed ({error.strerror}).") from error


def sha256_of(content: bytes) -> str:
    """The digest of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def _backup(file: SettingsFile, mode: int) -> Path:
    moment = time.strftime("%Y-%m-%dT%H-%M-%S")
    backup = file.target.with_name(f"{file.target.name}.hpm-{moment}")
    while backup.exists():
        backup = backup.with_name(f"{backup.name}-{token_hex(2)}")
    _write(backup, file.content or b"", mode)
    return backup


def _write(path: Path, content: bytes, mode: int) -> None:
    unfinished = path.with_name(f"{path.name[:40]}.unfinished-{token_hex(8)}")
    try:
        with os.fdopen(os.open(unfinished, FLAGS, 0o600), "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.chmod(mode)
        unfinished.replace(path)
        sync_folder(path.parent)
    finally:
        unfinished.unlink(missing_ok=True)


def _put_back(file: SettingsFile) -> None:
    with suppress(OSError):
        if file.content is None:
            file.target.unlink(missing_ok=True)
        elif file.target.read_bytes() != file.content:
            file.target.write_bytes(file.content)


def _drop(backup: Path | None) -> None:
    if backup is not None:
        with suppress(OSError):
            backup.unlink()
