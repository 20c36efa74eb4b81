"""The checksum of a zip member, compared after its last byte: zipfile withholds damaged bytes."""

from __future__ import annotations

import copy
import zipfile
import zlib
from typing import BinaryIO


def unchecked(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    """The member without its checksum, so that ``ZipFile.open`` compares none."""
    bare = copy.copy(info)
    del bare.CRC
    return bare


class CheckedMember:
    """A member's bytes, all of them; damage that their checksum shows is raised after the last."""

    def __init__(self, stream: BinaryIO, info: zipfile.ZipInfo) -> None:
        self._stream = stream
        self._stated = info.CRC
        self._sum = 0

    def read1(self, size: int) -> bytes:
        """The next bytes, ``size`` at most. Raises ``BadZipFile`` after damaged ones."""
        piece: bytes = self._stream.read1(size)  # type: ignore[attr-defined]
        self._sum = zlib.crc32(piece, self._sum)
        if not piece and size and self._sum != self._stated:
            raise zipfile.BadZipFile("its checksum is another")
        return piece
