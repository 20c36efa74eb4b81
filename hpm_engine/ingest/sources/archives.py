"""Archives read in place: their members as sources, in archive order, never unpacked to disk."""

from __future__ import annotations

import io
import posixpath
import zipfile
from contextlib import ExitStack, closing
from functools import partial
from typing import BinaryIO, cast

import msgspec

from hpm_engine.errors import LimitExceeded
from hpm_engine.ingest.databases.sessions import database_of, is_database, sessions_of
from hpm_engine.ingest.sources.beside import (
    Beside,
    MemberIndex,
    Sibling,
    no_sibling,
    nothing_beside,
)
from hpm_engine.ingest.sources.known_rows import NOTHING_KNOWN, KnownRows
from hpm_engine.ingest.sources.limits import Limits
from hpm_engine.ingest.sources.member_names import base_name, is_clutter, readable
from hpm_engine.ingest.sources.secret_places import REASON as SECRETS
from hpm_engine.ingest.sources.secret_places import is_secret_place
from hpm_engine.ingest.sources.source import SourceFile, Sources, Unreadable
from hpm_engine.ingest.sources.tar_members import (
    stream_tar,
    tar_companions,
    tar_member,
    tar_refusal,
    tar_sibling,
)
from hpm_engine.ingest.sources.unpacking import (
    DAMAGE,
    IN_MEMORY,
    Counted,
    Open,
    UnpackingBudget,
    damage,
    is_tar,
    packing,
    unpacked,
)
from hpm_engine.ingest.sources.zip_checks import CheckedMember, unchecked
from hpm_engine.ingest.sources.zip_members import (
    companions,
    zip_member,
    zip_refusal,
    zip_sibling,
)

_PEEK = 1024  # bytes that tell how a file is packed
_COUNTING = 1024 * 1024  # bytes that are read at a time to count them


class _Archive(msgspec.Struct, frozen=True):
    """An archive, or a plain file that may turn out to be one."""

    name: str
    open: Open
    size: int
    limits: Limits
    budget: UnpackingBudget
    nesting: int = 0
    in_memory: bool = False
    modified_at: int | None = None
    beside: Beside = nothing_beside
    sibling: Sibling = no_sibling
    known: KnownRows = NOTHING_KNOWN
    fault: str = ""  # why its bytes end where they do, if not all could be unpacked


def open_source(
    name: str,
    open_: Open,
    size: int,
    limits: Limits,
    modified_at: int | None = None,
    beside: Beside = nothing_beside,
    sibling: Sibling = no_sibling,
    known: KnownRows = NOTHING_KNOWN,
) -> Sources:
    """A file as a source, the members of an archive, or the sessions of a database.

    Sessions whose rows are ``known`` are not told again.
    What cannot be read is yielded as ``Unreadable``.
    """
    budget = UnpackingBudget(name, size, limits)
    archive = _Archive(
        name,
        open_,
        size,
        limits,
        budget,
        modified_at=modified_at,
        beside=beside,
        sibling=sibling,
        known=known,
    )
    yield from _look(archive)


def _look(archive: _Archive) -> Sources:
    try:
        with archive.open() as stream:
            head = stream.read(_PEEK)
        kind = packing(head)
        if not kind:
            yield from _file(archive, head)
        elif archive.nesting >= archive.limits.archive_nesting and archive.nesting > 0:
            raise LimitExceeded(
                f"It is an archive in {archive.nesting} others, the limit. Unpack the outer one."
            )
        elif kind == "zip":
            yield from _zip_members(archive)
        else:
            yield from _stream_members(archive, kind)
    except LimitExceeded as error:
        yield Unreadable(archive.name, str(error))
    except DAMAGE as error:
        yield Unreadable(archive.name, damage(error))


def _file(archive: _Archive, head: bytes) -> Sources:
    """A file that is no archive; ``head`` are its first bytes."""
    source = SourceFile(
        archive.name,
        archive.size,
        archive.open,
        modified_at=archive.modified_at,
        limits=archive.limits,
        beside=archive.beside,
        fault=archive.fault,
    )
    name = base_name(archive.name)

    def part(ending: str) -> BinaryIO | None:
        whole = archive.sibling(name + ending)
        return archive.open() if whole is None and not ending else whole

    if is_database(head, name, part):
        yield from sessions_of(source, part, archive.known)
    elif (database := database_of(name)) and (stream := archive.sibling(database)) is not None:
        stream.close()
        reason = f"A part of the database {database}, with which it is read."
        yield Unreadable(archive.name, reason, aside=True)
    else:
        yield source


def _stream_members(archive: _Archive, kind: str) -> Sources:
    """A tar's members, or the one file that a gz, xz, bz2 or zst holds."""
    if kind == "tar":
        yield from _tar_members(archive, kind)
        return
    with unpacked(archive.open, kind) as stream:
        inside_is_tar = is_tar(stream.read(_PEEK))
    if inside_is_tar:
        yield from _tar_members(archive, kind)
        return
    name = _inner_name(archive.name)
    archive.budget.member()
    with unpacked(archive.open, kind, archive.budget) as stream:
        reopen = partial(unpacked, archive.open, kind)
        # What stands beside the packed file stands beside the one in it.
        yield from _member(archive, name, stream, reopen, None, beside=archive.beside)


def _tar_members(archive: _Archive, kind: str) -> Sources:
    index = MemberIndex(lambda: tar_companions(archive.open, kind, _new_budget(archive)))
    with (
        closing(unpacked(archive.open, kind, archive.budget)) as stream,
        stream_tar(stream) as tar,
    ):
        for number, info in enumerate(tar):
            archive.budget.member()
            vars(tar)["members"].clear()  # a stream is never searched again
            name = f"{archive.name}!/{readable(info.name)}"
            if info.isdir() or is_clutter(info.name):
                continue
            if is_secret_place(info.name):
                yield Unreadable(name, SECRETS, aside=True, size=info.size)
                continue
            if reason := tar_refusal(info):
                yield Unreadable(name, f"Refused: {reason}.")
                continue
            member = tar.extractfile(info)
            if member is None:
                continue
            modified = int(info.mtime * 1_000_000) if info.mtime > 0 else None
            yield from _member(
                archive,
                info.name,
                cast("BinaryIO", member),
                lambda number=number: tar_member(archive.open, kind, number),  # type: ignore[misc]
                modified,
                info.size,
                index.beside(info.name),
                lambda name: tar_sibling(archive.open, kind, name, _new_budget(archive)),
            )


def _zip_members(archive: _Archive) -> Sources:
    if archive.nesting and not archive.in_memory:
        raise LimitExceeded(
            f"It is a zip of more than {IN_MEMORY:,} bytes inside another archive. Unpack it first."
        )
    index = MemberIndex(lambda: companions(archive.open, archive.budget))
    with archive.open() as packed_all, zipfile.ZipFile(packed_all) as zip_file:
        for info in zip_file.infolist():
            archive.budget.member()
            name = f"{archive.name}!/{readable(info.filename)}"
            if info.is_dir() or is_clutter(info.filename):
                continue
            if is_secret_place(info.filename):
                yield Unreadable(name, SECRETS, aside=True, size=info.file_size)
                continue
            if reason := zip_refusal(info, archive.budget):
                yield Unreadable(name, f"Refused: {reason}.")
                continue
            try:
                with zip_file.open(unchecked(info)) as packed:
                    stream = CheckedMember(cast("BinaryIO", packed), info)
                    counted = Counted(cast("BinaryIO", stream), archive.budget, ExitStack())
                    yield from _member(
                        archive,
                        info.filename,
                        cast("BinaryIO", counted),
                        lambda info=info: zip_member(archive.open, info),  # type: ignore[misc]
                        None,
                        beside=index.beside(info.filename),
                        sibling=lambda name: zip_sibling(archive.open, name, archive.budget),
                    )
            except LimitExceeded:
                raise
            except DAMAGE as error:
                yield Unreadable(name, damage(error))


def _member(
    outer: _Archive,
    name: str,
    stream: BinaryIO,
    reopen: Open,
    modified_at: int | None,
    size: int | None = None,
    beside: Beside = nothing_beside,
    sibling: Sibling = no_sibling,
) -> Sources:
    """One member: a small one is read at once, the bytes of a large one are counted.

    A damaged member ends before the damage.
    """
    full_name = f"{outer.name}!/{readable(name)}"
    data = stream.read(IN_MEMORY + 1)
    in_memory = len(data) <= IN_MEMORY
    if in_memory:
        size = len(data)
        reopen = _reopen(data)
    elif size is None:
        size = _counted(stream, len(data), outer.limits.file_size)
    fault = stream.fault if isinstance(stream, Counted) else ""
    if size > outer.limits.file_size:
        yield Unreadable(
            full_name, f"It is larger than {outer.limits.file_size:,} bytes, the limit."
        )
        return
    yield from _look(
        _Archive(
            full_name,
            reopen,
            size,
            outer.limits,
            outer.budget,
            outer.nesting + 1,
            in_memory,
            modified_at,
            beside,
            lambda base: sibling(posixpath.join(posixpath.dirname(name), base)),
            outer.known,
            fault,
        )
    )


def _new_budget(archive: _Archive) -> UnpackingBudget:
    """A budget for one more pass over an archive, which its own pass counts."""
    return UnpackingBudget(archive.name, archive.size, archive.limits)


def _counted(stream: BinaryIO, size: int, most: int) -> int:
    """The size of a stream, or the first above ``most``; ``size`` bytes of it were read before."""
    while size <= most and not (isinstance(stream, Counted) and stream.fault):
        if not (more := stream.read(_COUNTING)):
            break
        size += len(more)
    return size


def _reopen(data: bytes) -> Open:
    return lambda: io.BytesIO(data)


def _inner_name(name: str) -> str:
    last = base_name(name)
    stem, dot, ending = last.rpartition(".")
    return stem if dot and stem and ending.lower() in ("gz", "xz", "bz2", "zst") else last
