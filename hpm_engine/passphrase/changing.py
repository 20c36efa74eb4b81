"""Putting a store under a passphrase, under another, or out of it: its file is written anew."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import suppress
from pathlib import Path

from hpm_engine.errors import BadPassphrase, CannotWrite, DamagedStore
from hpm_engine.index.cache import cache_files
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.store.backups.rows import BackupRows
from hpm_engine.store.file.copying import first_fault
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.failures import explained
from hpm_engine.store.file.file_place import SIDE_FILES, beside
from hpm_engine.store.file.holding import alone
from hpm_engine.store.file.seal import Seal, keyring, new_seal
from hpm_engine.store.file.writing_anew import keep_locked, row_counts, write_anew
from hpm_engine.system.log.work import work
from hpm_engine.system.output_file import sync_folder
from hpm_engine.system.unfinished import unfinished
from hpm_engine.values.safety.passphrases import PassphraseChange

_LOG = logging.getLogger(__name__)
SHORTEST = 8  # characters
_LONGEST = 1_000  # characters
_SPARE = 16 * 1024 * 1024  # bytes that a disk must have left beside it
_BLOCK = 1024 * 1024  # bytes that are overwritten at a time


def change_passphrase(
    path: str | os.PathLike[str],
    passphrase: str | None,
    job: Job | None = None,
    *,
    actor: str = "person",
) -> PassphraseChange:
    """Put a store under a passphrase, under another one, or, with ``None``, under none.

    A store that is under one must be unlocked. All of it is written to a file beside it, checked,
    and put in its place; nobody else may have it open. Its caches go: a store under a passphrase
    has none. What was in the file before is overwritten where it was not encrypted.

    Raises:
        BadPassphrase: too short, too long, or of more than a line.
        StoreBusy: another program has the store open.
        CannotWrite: no room, or the disk fails; the store is as it was.
        Cancelled: asked to stop; the store is as it was.
    """
    job = job or Job()
    seal = None if passphrase is None else _seal(passphrase)
    with work(_LOG, "changing a passphrase") as counts:
        change = _changed(Path(path), seal, job, actor)
        counts["bytes"] = change.size
    return change


def _seal(passphrase: str) -> Seal:
    if not SHORTEST <= len(passphrase) <= _LONGEST or len(passphrase.splitlines()) != 1:
        raise BadPassphrase(
            f"A passphrase is a line of {SHORTEST} to {_LONGEST:,} characters. Several words are "
            "easier to keep in mind than a few signs, and harder to guess."
        )
    return new_seal(passphrase)


def _changed(path: Path, seal: Seal | None, job: Job, actor: str) -> PassphraseChange:
    with open_memory(path, actor=actor) as memory:  # of today's schema
        was = memory.internals.database.seal
        earlier = tuple(
            backup.path
            for backup in BackupRows(memory.internals.database, memory.internals.log).all()
            if backup.exists
        )
        caches = cache_files(memory.internals.database)
    database = Database(path, read_only=False, create=False)
    file = database.file
    part = unfinished(file)
    try:
        _need_room(file)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        if seal is not None:
            keyring.add(seal)
        keep_locked(database)
        with explained(path, database.driver), alone(database):
            write_anew(database, part, seal, job)
            counts = row_counts(database)
            _check(part, counts, job, actor, was=was is not None, sealed=seal is not None)
            scrubbed = _exchange(part, file, scrub=was is None and seal is not None)
    except BaseException as error:
        if seal is not None:
            keyring.drop(seal.salt)
        if isinstance(error, OSError):
            raise CannotWrite(
                f"{path}: cannot be written anew ({error.strerror or error}). It is as it was."
            ) from error
        raise
    finally:
        database.close()
        for left in (part, *(beside(part, ending) for ending in (*SIDE_FILES, "-journal"))):
            with suppress(OSError):
                left.unlink(missing_ok=True)
    if was is not None:
        keyring.drop(was.salt)
    if seal is not None:
        for cache in caches:
            with suppress(OSError):
                shutil.rmtree(cache) if cache.is_dir() else cache.unlink(missing_ok=True)
    return PassphraseChange(
        was is not None, seal is not None, file.stat().st_size, earlier, scrubbed
    )


def _need_room(file: Path) -> None:
    """Raise before a byte is written where all of them cannot be."""
    wanted = file.stat().st_size + _SPARE
    free = shutil.disk_usage(file.parent).free
    if free < wanted:
        raise CannotWrite(
            f"{file}: is written anew beside itself, which takes {wanted:,} bytes, and {free:,} "
            "are free on that disk. It is as it was; free some space and try again."
        )


def _check(
    part: Path, counts: dict[str, int], job: Job, actor: str, *, was: bool, sealed: bool
) -> None:
    """Open what was written as any store is opened, and hold it against what there was."""
    with open_memory(part, actor=actor) as memory:
        own = memory.internals
        fault = first_fault(own.database, job) or memory.audit.verify(job=job).reason
        if not fault and (written := row_counts(own.database)) != counts:
            differing = [name for name in counts if counts[name] != written.get(name)]
            fault = f"rows are missing: {', '.join(differing)}"
        if fault:
            raise DamagedStore(
                f"{part}: what was written is not what was read ({fault}). The store is as it was;"
                " run `hpm doctor --check` on it."
            )
        detail = {"was": was, "sealed": sealed}
        with own.database.writing():
            own.log.append("passphrase", "store", detail=detail)
    for ending in SIDE_FILES:
        if beside(part, ending).exists():
            raise CannotWrite(f"{part}: is open elsewhere. The store is as it was.")


def _exchange(part: Path, file: Path, *, scrub: bool) -> bool:
    """Put what was written in the store's place; whether the bytes before were overwritten."""
    flags = getattr(os, "O_BINARY", 0)
    with part.open("rb+") as stream:
        os.fsync(stream.fileno())
    # Opened before its name goes. Only a file without a second name is ours to overwrite.
    handle = os.open(file, os.O_RDWR | flags) if scrub and file.stat().st_nlink == 1 else None
    try:
        part.replace(file)
        sync_folder(file.parent)
        if handle is None:
            return False
        with suppress(OSError):
            return _overwrite(handle)
        return False
    finally:
        if handle is not None:
            os.close(handle)


def _overwrite(handle: int) -> bool:
    left = os.fstat(handle).st_size
    zeros = bytes(_BLOCK)
    while left > 0:
        left -= os.write(handle, zeros[: min(left, _BLOCK)])
    os.fsync(handle)
    return True
