"""Archives read in place: their members as sources, in archive order, never unpacked to disk."""

from __future__ import annotations

import io
import tarfile
import zipfile
from collections.abc import Iterator
from contextlib import ExitStack, closing
from functools import partial
from typing import BinaryIO, Self, cast

import msgspec

from hpm_engine.errors import LimitExceeded
from hpm_engine.ingest.sources.beside import (
    LARGEST,
    Beside,
    MemberIndex,
    is_companion,
    nothing_beside,
)
from hpm_engine.ingest.sources.limits import Limits
from hpm_engine.ingest.sources.member_names import is_clutter, readable, refusal
from hpm_engine.ingest.sources.secret_places import REASON as SECRETS
from hpm_engine.ingest.sources.secret_places import is_secret_place
from hpm_engine.ingest.sources.source import SourceFile
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
from hpm_engine.ingest.sources.zip_members import companions, zip_member, zip_refusal

_PEEK = 1024  # bytes that tell how a file is packed
_COUNTING = 1024 * 1024  # bytes that are read at a time to count them
_LONGEST_HEADER = 1024 * 1024  # bytes of a tar member's extended header
_EXTENDED = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


class Unreadable(msgspec.Struct, frozen=True):
    """A file, folder or archive member that was not read, and the reason for a person."""

    name: str
    reason: str
    aside: bool = False  # no failure: something that is no file to read, or a place for secrets
    size: int = 0


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
    fault: str = ""  # why its bytes end where they do, if not all could be unpacked


Sources = Iterator[SourceFile | Unreadable]  # in the order of a folder or an archive


def open_source(
    name: str,
    open_: Open,
    size: int,
    limits: Limits,
    modified_at: int | None = None,
    beside: Beside = nothing_beside,
) -> Sources:
    """A file as a source, or the members of an archive; what cannot be read as ``Unreadable``."""
    budget = UnpackingBudget(name, size, limits)
    archive = _Archive(name, open_, size, limits, budget, modified_at=modified_at, beside=beside)
    yield from _look(archive)


def _look(archive: _Archive) -> Sources:
    try:
        with archive.open() as stream:
            kind = packing(stream.read(_PEEK))
        if not kind:
            yield SourceFile(
                archive.name,
                archive.size,
                archive.open,
                modified_at=archive.modified_at,
                limits=archive.limits,
                beside=archive.beside,
                fault=archive.fault,
            )
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
    index = MemberIndex(lambda: _tar_companions(archive, kind))
    with (
        closing(unpacked(archive.open, kind, archive.budget)) as stream,
        _stream_tar(stream) as tar,
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
            if reason := _tar_refusal(info):
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
                lambda number=number: _tar_member(archive.open, kind, number),  # type: ignore[misc]
                modified,
                info.size,
                index.beside(info.name),
            )


def _tar_companions(archive: _Archive, kind: str) -> Iterator[tuple[str, bytes]]:
    budget = UnpackingBudget(archive.name, archive.size, archive.limits)
    try:
        with closing(unpacked(archive.open, kind, budget)) as stream, _stream_tar(stream) as tar:
            for info in tar:
                budget.member()
                vars(tar)["members"].clear()
                if info.isreg() and not _tar_refusal(info):
                    wanted = is_companion(info.name, info.size)
                    member = tar.extractfile(info) if wanted else None
                    yield info.name, member.read(LARGEST) if member else b""
    except (LimitExceeded, *DAMAGE):
        return  # the archive's own pass says so


def _stream_tar(stream: BinaryIO) -> tarfile.TarFile:
    return tarfile.open(fileobj=stream, mode="r|", bufsize=_COUNTING, tarinfo=_Header)


class _Header(tarfile.TarInfo):
    """A member's header, bounded where tarfile would read all of it into memory."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Self:
        """The header in ``buf``. Raises ``LimitExceeded`` for an overlong extended header."""
        header = super().frombuf(buf, encoding, errors)
        if header.size < 0:
            raise tarfile.ReadError(f"a member of {header.size:,} bytes")
        if header.type in _EXTENDED and header.size > _LONGEST_HEADER:
            raise LimitExceeded(
                f"It holds a member whose names and properties take {header.size:,} bytes; "
                f"{_LONGEST_HEADER:,} is the limit."
            )
        return header


def _tar_refusal(info: tarfile.TarInfo) -> str:
    if info.issym() or info.islnk():
        return "it is a link; links in archives are not followed"
    if not info.isreg():
        return "it is a device or a pipe, not a file"
    if info.issparse():
        return "it is a sparse file, whose size cannot be trusted"
    return refusal(info.name)


def _tar_member(open_: Open, kind: str, number: int) -> BinaryIO:
    """The member at position ``number`` of a tar, opened anew."""
    opened = ExitStack()
    stream = opened.enter_context(closing(unpacked(open_, kind)))
    tar = opened.enter_context(_stream_tar(stream))
    for index, info in enumerate(tar):
        if index == number and (member := tar.extractfile(info)) is not None:
            return cast("BinaryIO", Counted(cast("BinaryIO", member), None, opened))
    opened.close()
    raise OSError("the archive changed while it was read")


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
            fault,
        )
    )


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
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    stem, dot, ending = last.rpartition(".")
    return stem if dot and stem and ending.lower() in ("gz", "xz", "bz2", "zst") else last
