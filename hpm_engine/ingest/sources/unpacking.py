"""Unpacked streams whose limits are counted as the bytes come, whatever the headers say."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO, cast

import zstandard

from hpm_engine.errors import LimitExceeded
from hpm_engine.ingest.sources.limits import MIB, Limits
from hpm_engine.ingest.sources.zstd_frames import is_zstd, open_zstd

Open = Callable[[], BinaryIO]
IN_MEMORY = 64 * MIB  # bytes of a member that is read at once
_PIECE = MIB  # bytes that are read at a time
RATIO_FROM = 16 * MIB  # bytes of an archive; a ratio says nothing about fewer
_RATIO_WITHIN = 64 * MIB  # bytes of one stream; from there on its own ratio counts

# The errors that the readers of archives raise for damaged or hostile ones.
DAMAGE = (
    EOFError,
    OSError,
    lzma.LZMAError,
    zlib.error,
    zstandard.ZstdError,
    tarfile.TarError,
    zipfile.BadZipFile,
    struct.error,
    ValueError,
    RuntimeError,  # encrypted members; NotImplementedError for unknown compression
    IndexError,
    OverflowError,
)


def damage(error: BaseException) -> str:
    """One of ``DAMAGE`` in words for the person whose file it is."""
    if isinstance(error, PermissionError):
        return "You may not read it. Change its permissions, then import it again."
    if isinstance(error, FileNotFoundError):
        return "It is gone."
    what = str(error) or type(error).__name__
    return f"It is damaged or cut ({what}). Get a complete copy, then import it again."


_UNPACKERS: dict[str, Callable[[BinaryIO], AbstractContextManager[object]]] = {
    "gz": lambda stream: gzip.GzipFile(fileobj=stream),
    "xz": lzma.LZMAFile,
    "bz2": bz2.BZ2File,
    "zst": open_zstd,
}


class UnpackingBudget:
    """The bytes and members that one archive, with its nested ones, may still unpack."""

    def __init__(self, name: str, size: int, limits: Limits) -> None:
        self.name = name
        self.size = max(size, 1)
        self.limits = limits
        self.members = 0
        self.unpacked = 0

    def member(self) -> None:
        """Count one member. Raises ``LimitExceeded``."""
        self.members += 1
        if self.members > self.limits.archive_members:
            raise LimitExceeded(
                f"It holds more than {self.limits.archive_members:,} members, the limit for one "
                "archive. Split it."
            )

    def spend(self, size: int) -> None:
        """Count unpacked bytes. Raises ``LimitExceeded``."""
        self.unpacked += size
        if self.unpacked > self.limits.archive_total:
            raise LimitExceeded(
                f"It unpacks to more than {self.limits.archive_total:,} bytes, the limit for one "
                "archive. Split it."
            )
        if self.unpacked > max(RATIO_FROM, self.size * self.limits.archive_ratio):
            raise self._bomb()

    def compare(self, unpacked: int, packed: int) -> None:
        """Check the bytes out of a stream against those into it. Raises ``LimitExceeded``."""
        if self.is_bomb(unpacked, packed):
            raise self._bomb()

    def is_bomb(self, unpacked: int, packed: int) -> bool:
        """Whether ``packed`` bytes that become ``unpacked`` ones were made to fill a disk."""
        return unpacked > max(_RATIO_WITHIN, packed * self.limits.archive_ratio)

    def _bomb(self) -> LimitExceeded:
        return LimitExceeded(
            f"It unpacks to more than {self.limits.archive_ratio:,} times its size, as only an "
            "archive made to fill a disk does."
        )


class Counted(io.RawIOBase):
    """A stream whose bytes are charged to a budget; it closes what it was opened from."""

    def __init__(
        self,
        stream: BinaryIO,
        budget: UnpackingBudget | None,
        opened: ExitStack,
        packed: BinaryIO | None = None,  # what ``stream`` unpacks
    ) -> None:
        self._stream = stream
        self._packed = packed
        self._taken = 0
        self._budget = budget
        self._opened = opened
        self._damage: Exception | None = None

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next bytes, ``size`` at most; those before damage come first, then it is raised."""
        pieces: list[bytes] = []
        left = size
        while left and (piece := self._next(_PIECE if left < 0 else left, bool(pieces))):
            pieces.append(piece)
            left -= len(piece) if left > 0 else 0
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _next(self, size: int, defer: bool) -> bytes:
        """The next bytes; damage is raised now, or with ``defer`` at the next call."""
        if self._damage is not None:
            raise self._damage
        try:
            piece: bytes = self._stream.read1(size)  # type: ignore[attr-defined]
        except DAMAGE as error:
            self._damage = error
            if defer:
                return b""
            raise
        self._taken += len(piece)
        if self._budget is not None:
            self._budget.spend(len(piece))
            if self._packed is not None and self._taken > _RATIO_WITHIN:
                self._budget.compare(self._taken, self._packed.tell())
        return piece

    @property
    def fault(self) -> str:
        """Why the stream ended early, for a person; empty where all of it could be read."""
        return "" if self._damage is None else damage(self._damage)

    def tell(self) -> int:
        """The number of bytes that were read."""
        return self._taken

    def read1(self, size: int = -1) -> bytes:
        """As ``read``."""
        return self.read(size)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as the stream goes; returns how far."""
        data = self.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the stream and all that was opened for it."""
        if not self.closed:
            self._opened.close()
        super().close()


def unpacked(open_: Open, kind: str, budget: UnpackingBudget | None = None) -> BinaryIO:
    """The unpacked stream of a "gz", "xz" or "bz2" source, or the source itself ("tar")."""
    opened = ExitStack()
    stream = opened.enter_context(open_())
    packed = None
    if kind in _UNPACKERS:
        packed = stream
        stream = cast("BinaryIO", opened.enter_context(_UNPACKERS[kind](stream)))
    return cast("BinaryIO", Counted(stream, budget, opened, packed))


def packing(head: bytes) -> str:
    """The packing that magic bytes tell: zip, gz, xz, bz2, zst or tar; "" for none."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"\x1f\x8b\x08"):
        return "gz"
    if is_zstd(head):
        return "zst"
    if head.startswith(b"\xfd7zXZ\x00"):
        return "xz"
    if head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90"):
        return "bz2"
    return "tar" if is_tar(head) else ""


def is_tar(head: bytes) -> bool:
    """Whether ``head`` begins a tar archive: the checksum of its first header is right."""
    block = head[:512]
    if len(block) < 512:
        return False
    stated = block[148:156].strip(b"\0 ")
    if not stated.isdigit():
        return False
    try:
        return int(stated, 8) == sum(block) - sum(block[148:156]) + 8 * 32
    except ValueError:
        return False
