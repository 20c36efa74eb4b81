"""Texts, each kept once: addressed by SHA-256, compressed by zstd."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from hashlib import sha256

import zstandard

from hpm_engine.store.database import Database

_LEVEL = 3
_KNOWN = 200_000  # digests remembered: about 30 MB, and most repeats are near each other


def encode_text(text: str) -> bytes:
    """The text's UTF-8; a lone surrogate, which UTF-8 cannot hold, becomes U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()


def pack(data: bytes, compressor: zstandard.ZstdCompressor) -> bytes:
    """The bytes compressed, or as they are where that is not shorter."""
    packed = compressor.compress(data) if len(data) > 64 else data
    return packed if len(packed) < len(data) else data


def unpack(data: bytes, size: int, decompressor: zstandard.ZstdDecompressor) -> bytes:
    """What ``pack`` was given: equal lengths mean that it was kept as it is."""
    return data if len(data) == size else decompressor.decompress(data, max_output_size=size)


class Texts:
    """The texts of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._decompressor = zstandard.ZstdDecompressor()
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self._new: list[tuple[int, bytes, int, bytes]] = []
        self._size = self._stored = 0
        self._next = 0

    def begin(self) -> None:
        """Start a transaction: what an undone one had promised is forgotten."""
        self._known.clear()
        self._new.clear()
        self._size = self._stored = 0
        self._next = (self._db.value("SELECT max(id) FROM texts") or 0) + 1

    def put(self, data: bytes, digest: bytes) -> tuple[int, bool]:
        """The text's id, and whether it is new to the store."""
        known = self._known.get(digest)
        if known is not None:
            return known, False
        row = self._db.value("SELECT id FROM texts WHERE sha256 = ?", (digest,))
        if row is not None:
            self._remember(digest, row)
            return row, False
        text_id = self._next
        self._next += 1
        packed = pack(data, self._compressor)
        self._new.append((text_id, digest, len(data), packed))
        self._size += len(data)
        self._stored += len(packed)
        self._remember(digest, text_id)
        return text_id, True

    def _remember(self, digest: bytes, text_id: int) -> None:
        self._known[digest] = text_id
        # What is not yet written can only be found here, so the bound waits for flush().
        if len(self._known) > _KNOWN and not self._new:
            self._known.popitem(last=False)

    def flush(self) -> None:
        """Write what is new."""
        if not self._new:
            return
        self._db.connection.executemany("INSERT INTO texts VALUES (?, ?, ?, ?)", self._new)
        self._db.connection.executemany(
            "UPDATE totals SET value = value + ? WHERE name = ?",
            [(self._size, "text_size"), (self._stored, "text_stored")],
        )
        self._new.clear()
        self._size = self._stored = 0

    def get(self, ids: Iterable[int]) -> dict[int, str]:
        """The texts of ``ids``."""
        wanted = sorted(set(ids))
        found: dict[int, str] = {}
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT id, size, data FROM texts WHERE id IN ({marks})"
            for text_id, size, data in self._db.rows(sql, part):
                found[text_id] = unpack(data, size, self._decompressor).decode()
        return found


def digest_of(data: bytes) -> bytes:
    """The address of a text: its SHA-256."""
    return sha256(data).digest()
