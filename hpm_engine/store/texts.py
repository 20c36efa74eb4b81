"""Texts, each kept once: addressed by SHA-256, compressed by zstd."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Mapping
from concurrent.futures import Executor, Future
from hashlib import sha256

import zstandard

from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion

_LEVEL = 1  # on short texts level 3 is no smaller (2.5 times both), and takes half as long again
LARGEST = 256 * 1024 * 1024  # bytes of a text: no import reads more of a file at once
_TRUSTED = 64 * 1024 * 1024  # bytes that unpack at any ratio
_MOST_PACKED = 1_000  # times: beyond what traces of more than 64 MiB reach, a 30th of zstd's
_TOGETHER = 128 * 1024 * 1024  # bytes of texts that are read at once at any ratio
_MOST_PACKED_TOGETHER = 100
_SHORT = 64  # bytes that zstd would only make longer
_ASKED = 5_000
_KNOWN = 200_000  # digests remembered: about 30 MB, and most repeats are near each other


def storable(text: str) -> str:
    """The text with lone surrogates, which UTF-8 cannot hold, as U+FFFD."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def pack(data: bytes, compressor: zstandard.ZstdCompressor) -> bytes:
    """The bytes compressed, or as they are where that is not shorter."""
    packed = compressor.compress(data) if len(data) > _SHORT else data
    return packed if len(packed) < len(data) else data


def pack_all(texts: list[bytes], compressor: zstandard.ZstdCompressor) -> list[bytes]:
    """``pack`` for many texts at once."""
    long = [index for index, text in enumerate(texts) if len(text) > _SHORT]
    packed = list(texts)
    if not long:
        return packed
    segments = compressor.multi_compress_to_buffer([texts[index] for index in long], threads=1)
    for number, index in enumerate(long):
        if len(segments[number]) < len(texts[index]):
            packed[index] = segments[number].tobytes()
    return packed


def unpack(data: bytes, size: int, decompressor: zstandard.ZstdDecompressor) -> bytes:
    """What ``pack`` was given: equal lengths mean that it was kept as it is.

    Raises ``ValueError`` or ``ZstdError`` for what ``pack`` did not make, before unpacking it.
    """
    if data is None or size > LARGEST:
        raise ValueError(f"{size:,} bytes are more than an import ever stores in one piece")
    if len(data) == size:
        return data
    if zstandard.frame_content_size(data) != size:
        raise ValueError("not as long as it says")
    if size > _TRUSTED and size > _MOST_PACKED * len(data):
        raise ValueError(f"{len(data):,} bytes that unpack to {size:,} were made to fill memory")
    return decompressor.decompress(data)


class Texts:
    """The texts of a store. Writing must happen inside the caller's transaction.

    ``packer`` compresses a batch while the caller goes on: it is written with the next, or by
    ``flush``.
    """

    def __init__(self, database: Database, packer: Executor | None = None) -> None:
        self._db = database
        self._packer = packer
        self._compressor = zstandard.ZstdCompressor(level=_LEVEL)
        self._decompressor = zstandard.ZstdDecompressor()
        self._known: OrderedDict[bytes, int] = OrderedDict()
        self._waiting: list[tuple[int, bytes, bytes]] = []  # id, digest, text
        self._packed: Future[list[bytes]] | None = None

    def begin(self) -> None:
        """Start a transaction: what an undone one had promised is forgotten."""
        self._known.clear()
        self._waiting = []
        self._packed = None

    def put(self, texts: Mapping[bytes, bytes]) -> tuple[dict[bytes, int], set[bytes]]:
        """Store texts by digest: the id of each, and the digests that are new to the store."""
        ids = {digest: self._known[digest] for digest in texts if digest in self._known}
        self.flush()
        ids |= self._stored([digest for digest in texts if digest not in ids])
        new = [digest for digest in texts if digest not in ids]
        if new:
            first = (self._db.value("SELECT max(id) FROM texts") or 0) + 1
            ids |= {digest: first + index for index, digest in enumerate(new)}
            self._pack([(ids[digest], digest, texts[digest]) for digest in new])
        self._known |= ids
        while len(self._known) > _KNOWN:
            self._known.popitem(last=False)
        return ids, set(new)

    def _pack(self, rows: list[tuple[int, bytes, bytes]]) -> None:
        self._waiting = rows
        if self._packer is not None:
            texts = [text for _, _, text in rows]
            self._packed = self._packer.submit(pack_all, texts, self._compressor)

    def flush(self) -> None:
        """Write what was put."""
        rows, waiting = self._waiting, self._packed
        self._waiting, self._packed = [], None
        if not rows:
            return
        if waiting is None:
            packed = pack_all([text for _, _, text in rows], self._compressor)
        else:
            packed = waiting.result()
        self._insert(rows, packed)

    def _stored(self, digests: list[bytes]) -> dict[bytes, int]:
        ids: dict[bytes, int] = {}
        for start in range(0, len(digests), _ASKED):
            part = digests[start : start + _ASKED]
            marks = ",".join("?" * len(part))
            sql = f"SELECT sha256, id FROM texts WHERE sha256 IN ({marks})"
            ids.update(self._db.rows(sql, part))
        return ids

    def _insert(self, rows: list[tuple[int, bytes, bytes]], packed: list[bytes]) -> None:
        self._db.connection.executemany(
            insertion("texts", ("id", "sha256", "size", "data")),
            [
                (text_id, digest, len(text), data)
                for (text_id, digest, text), data in zip(rows, packed, strict=True)
            ],
        )
        self._db.connection.executemany(
            "UPDATE totals SET value = value + ? WHERE name = ?",
            [
                (sum(len(text) for _, _, text in rows), "text_size"),
                (sum(map(len, packed)), "text_stored"),
            ],
        )

    def get(self, ids: Iterable[int]) -> dict[int, str]:
        """The texts of ``ids``."""
        wanted = sorted(set(ids))
        texts: dict[int, str] = {}
        declared = stored = 0
        for start in range(0, len(wanted), 500):
            part = wanted[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = (
                f"SELECT id, size, CASE WHEN length(data) <= {LARGEST} THEN data END FROM texts"
                f" WHERE id IN ({marks})"
            )
            for text_id, size, data in self._db.execute(sql, part):
                with self._db.decoding(f"text {text_id}"):
                    declared, stored = declared + size, stored + len(data or b"")
                    if declared > max(_TOGETHER, _MOST_PACKED_TOGETHER * stored):
                        raise ValueError(f"it and those around it unpack to {declared:,} bytes")
                    texts[text_id] = unpack(data, size, self._decompressor).decode()
        return texts


def digest_of(data: bytes) -> bytes:
    """The address of a text: its SHA-256."""
    return sha256(data).digest()
