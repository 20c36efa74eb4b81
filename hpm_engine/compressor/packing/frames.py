"""Compresses bytes to zstd frames without a header, and back."""

from __future__ import annotations

import zstandard

from hpm_engine.compressor.packing.names import parameters_of, shared_names

LARGEST = 1 << 28  # bytes that a frame may unpack to; a stranger's store could say anything
_LEVELS = (
    (1 << 14, 19),
    (1 << 16, 17),
    (1 << 20, 12),
)  # zstd's level for texts up to so many bytes
_LEVEL_BEYOND = 6  # where level 19 would take seconds
_QUICK = 9  # a fifth of the time for two per cent more bytes


def deflated(data: bytes, *, named: bool = False, quick: bool = False) -> bytes:
    """A zstd frame without magic number, size, checksum and dictionary: ten bytes less.

    ``named`` uses the shared names. ``quick`` is for trials: it is seldom shorter.
    """
    level = _level(len(data))
    if quick:
        level = min(level, _QUICK)
    if named:
        # One dictionary serves all sizes up to a power of two: it takes longer to make than to use.
        size = 1 << max(14, min(20, (len(data) - 1).bit_length()))
        names, parameters = shared_names(level, size)
        packer = zstandard.ZstdCompressor(compression_params=parameters, dict_data=names)
    else:
        packer = zstandard.ZstdCompressor(compression_params=parameters_of(level, len(data)))
    return packer.compress(data)


def is_quick(size: int) -> bool:
    """Whether so many bytes are compressed no better than quickly."""
    return _level(size) <= _QUICK


def _level(size: int) -> int:
    return next((level for most, level in _LEVELS if size <= most), _LEVEL_BEYOND)


def inflated(data: bytes, *, named: bool = False) -> bytes:
    """What ``deflated`` was given; raises ``ValueError`` or ``ZstdError`` for other bytes."""
    if not data:
        return b""
    names = shared_names(_QUICK, 1 << 14)[0] if named else None
    unpacker = zstandard.ZstdDecompressor(dict_data=names, format=zstandard.FORMAT_ZSTD1_MAGICLESS)
    with unpacker.stream_reader(data) as stream:
        unpacked = stream.read(LARGEST + 1)
    if len(unpacked) > LARGEST:
        raise ValueError("a compressed memory that unpacks to more than any episode")
    return unpacked


def shorter(data: bytes) -> bytes:
    """The bytes as they are behind a 0, or compressed behind a 1 where that is shorter."""
    packed = deflated(data)
    return b"\1" + packed if len(packed) < len(data) else b"\0" + data


def longer(data: bytes) -> bytes:
    """What ``shorter`` was given."""
    return inflated(data[1:]) if data[:1] == b"\1" else data[1:]
