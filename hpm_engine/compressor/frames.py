"""Bytes compressed by zstd without what a frame says of itself, and back."""

from __future__ import annotations

import zstandard

LARGEST = 1 << 28  # bytes that a frame may unpack to; a stranger's store could say anything
_LEVELS = ((1 << 16, 19), (1 << 20, 12))  # zstd's level for texts up to so many bytes
_LEVEL_BEYOND = 6  # where level 19 would take seconds


def deflated(data: bytes, names: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """A zstd frame without magic number, size, checksum and dictionary: ten bytes less."""
    level = next((level for most, level in _LEVELS if len(data) <= most), _LEVEL_BEYOND)
    parameters = zstandard.ZstdCompressionParameters.from_level(
        level,
        source_size=len(data),
        format=zstandard.FORMAT_ZSTD1_MAGICLESS,
        write_content_size=False,
        write_dict_id=False,
    )
    packer = zstandard.ZstdCompressor(compression_params=parameters, dict_data=names)
    return packer.compress(data)


def inflated(data: bytes, names: zstandard.ZstdCompressionDict | None = None) -> bytes:
    """What ``deflated`` was given; raises ``ValueError`` or ``ZstdError`` for other bytes."""
    if not data:
        return b""
    unpacker = zstandard.ZstdDecompressor(dict_data=names, format=zstandard.FORMAT_ZSTD1_MAGICLESS)
    with unpacker.stream_reader(data) as stream:
        found = stream.read(LARGEST + 1)
    if len(found) > LARGEST:
        raise ValueError("a compressed memory that unpacks to more than any episode")
    return found


def shorter(data: bytes) -> bytes:
    """The bytes as they are behind a 0, or compressed behind a 1 where that is shorter."""
    packed = deflated(data)
    return b"\1" + packed if len(packed) < len(data) else b"\0" + data


def longer(data: bytes) -> bytes:
    """What ``shorter`` was given."""
    return inflated(data[1:]) if data[:1] == b"\1" else data[1:]
