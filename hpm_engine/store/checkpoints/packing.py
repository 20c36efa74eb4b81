"""How a piece of a state is packed: by zstd, alone or on a piece that is much the same."""

from __future__ import annotations

from functools import cached_property
from typing import NamedTuple

import zstandard

from hpm_engine.store.checkpoints.cutting import MOST
from hpm_engine.store.texts import pack, unpack

_LEVEL = 3
_WORTH_IT = 2  # times smaller than alone
_SHORT = 256  # bytes that are packed alone
MOST_PACKED = MOST  # bytes: what packing would make longer is kept as it is


class PackedPiece(NamedTuple):
    """A piece as it is stored, and whether its base is needed to unpack it."""

    data: bytes
    on_base: bool


class PackingBase:
    """A piece as what others are packed on; what that takes is made once."""

    def __init__(self, piece: bytes) -> None:
        self._dictionary = zstandard.ZstdCompressionDict(
            piece, dict_type=zstandard.DICT_TYPE_RAWCONTENT
        )

    @cached_property
    def compressor(self) -> zstandard.ZstdCompressor:
        """Packs on it."""
        return zstandard.ZstdCompressor(level=_LEVEL, dict_data=self._dictionary)

    @cached_property
    def decompressor(self) -> zstandard.ZstdDecompressor:
        """Unpacks what was packed on it."""
        return zstandard.ZstdDecompressor(dict_data=self._dictionary)


class PiecePacker:
    """Packs and unpacks; raises ``ValueError`` or ``ZstdError`` for what it did not pack."""

    def __init__(self) -> None:
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._decompressor = zstandard.ZstdDecompressor()

    def pack(self, piece: bytes, base: PackingBase | None = None) -> PackedPiece:
        """Pack a piece on its base, where that is worth it."""
        alone = pack(piece, self._compressor)
        if base is None or len(alone) < _SHORT:
            return PackedPiece(alone, False)
        packed = base.compressor.compress(piece)
        if len(packed) * _WORTH_IT > len(alone):
            return PackedPiece(alone, False)
        return PackedPiece(packed, True)

    def unpack(self, data: bytes | None, size: int, base: PackingBase | None = None) -> bytes:
        """The piece that was packed."""
        if data is None or not 0 <= size <= MOST:
            raise ValueError(f"a piece of {size:,} bytes")
        return unpack(data, size, self._decompressor if base is None else base.decompressor)

    def whole(
        self,
        size: int,
        data: bytes | None,
        base_id: int | None,
        base_size: int | None,
        base_data: bytes | None,
        base_of_base: int | None,
    ) -> bytes:
        """The piece of a row that has its base beside it."""
        if base_id is None:
            return self.unpack(data, size)
        if base_size is None or base_of_base is not None:
            raise ValueError("its base is gone, or has a base")
        return self.unpack(data, size, PackingBase(self.unpack(base_data, base_size)))
