"""Members of a tar: their companions, their bytes, and the reasons why some are refused."""

from __future__ import annotations

import tarfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from typing import BinaryIO, Self, cast

from hpm_engine.errors import LimitExceeded
from hpm_engine.ingest.sources.beside import LARGEST, is_companion
from hpm_engine.ingest.sources.member_names import refusal
from hpm_engine.ingest.sources.unpacking import DAMAGE, Counted, Open, UnpackingBudget, unpacked

_READ_AT_ONCE = 1024 * 1024  # bytes
_LONGEST_HEADER = 1024 * 1024  # bytes of a member's extended header
_EXTENDED = (
    tarfile.XHDTYPE,
    tarfile.XGLTYPE,
    tarfile.SOLARIS_XHDTYPE,
    tarfile.GNUTYPE_LONGNAME,
    tarfile.GNUTYPE_LONGLINK,
)


def tar_companions(open_: Open, kind: str, budget: UnpackingBudget) -> Iterator[tuple[str, bytes]]:
    """The names of all members, with the bytes of those that are companions, else b""."""
    try:
        with closing(unpacked(open_, kind, budget)) as stream, stream_tar(stream) as tar:
            for info in tar:
                budget.member()
                vars(tar)["members"].clear()
                if info.isreg() and not tar_refusal(info):
                    wanted = is_companion(info.name, info.size)
                    member = tar.extractfile(info) if wanted else None
                    yield info.name, member.read(LARGEST) if member else b""
    except (LimitExceeded, *DAMAGE):
        return  # the archive's own pass says so


def stream_tar(stream: BinaryIO) -> tarfile.TarFile:
    """A tar that is read once, from its beginning to its end."""
    return tarfile.open(fileobj=stream, mode="r|", bufsize=_READ_AT_ONCE, tarinfo=_Header)


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


def tar_refusal(info: tarfile.TarInfo) -> str:
    """Why a member is not read; empty for one that is."""
    if info.issym() or info.islnk():
        return "it is a link; links in archives are not followed"
    if not info.isreg():
        return "it is a device or a pipe, not a file"
    if info.issparse():
        return "it is a sparse file, whose size cannot be trusted"
    return refusal(info.name)


def tar_member(open_: Open, kind: str, number: int) -> BinaryIO:
    """The member at position ``number`` of a tar, opened anew."""
    member = _first(open_, kind, lambda index, _: index == number)
    if member is None:
        raise OSError("the archive changed while it was read")
    return member


def tar_sibling(open_: Open, kind: str, name: str, budget: UnpackingBudget) -> BinaryIO | None:
    """The member of that name, opened anew; None without one."""
    try:
        return _first(
            open_, kind, lambda _, info: info.name == name and not tar_refusal(info), budget
        )
    except (LimitExceeded, *DAMAGE):
        return None  # the archive's own pass says so


def _first(
    open_: Open,
    kind: str,
    wanted: Callable[[int, tarfile.TarInfo], bool],
    budget: UnpackingBudget | None = None,
) -> BinaryIO | None:
    opened = ExitStack()
    stream = opened.enter_context(closing(unpacked(open_, kind, budget)))
    tar = opened.enter_context(stream_tar(stream))
    for index, info in enumerate(tar):
        vars(tar)["members"].clear()
        if wanted(index, info) and (member := tar.extractfile(info)) is not None:
            return cast("BinaryIO", Counted(cast("BinaryIO", member), None, opened))
    opened.close()
    return None
