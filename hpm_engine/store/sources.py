"""Sources: the original bytes of what was imported, given back as they were."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator

import msgspec
import zstandard

from hpm_engine.errors import DamagedStore, Evicted, NotFound
from hpm_engine.ingest.sources.known_rows import KnownBytes
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.store.texts import pack, unpack
from hpm_engine.values.reports import FileReport, FileStatus, SourceAccount, SourceState

PackedChunk = tuple[int, bytes]  # its size uncompressed, and its bytes compressed
CHUNK = 8 * 1024 * 1024
# Prompts repeat over megabytes, so the window spans a chunk (measured: 52 times smaller).
_PARAMETERS = zstandard.ZstdCompressionParameters.from_level(3, window_log=23)


class StoredSource(msgspec.Struct, frozen=True):
    """A source as stored: its name, its digest (SHA-256, hex) and its size in bytes."""

    id: int
    path: str
    format: str
    sha256: str
    size: int
    state: SourceState
    read_sha256: str = ""  # of the file, where its bytes were masked: "" where they were not
    read_size: int = 0


_SOURCE = Columns(
    StoredSource,
    {
        "id": "id",
        "path": "path",
        "format": "format",
        "sha256": "lower(hex(sha256))",
        "size": "size",
        "state": ReadBy("state", SourceState),
        "read_sha256": "coalesce(lower(hex(read_sha256)), '')",
        "read_size": "coalesce(read_size, 0)",
    },
)
_INSERT_CHUNK = insertion("raw_chunks", ("source_id", "start", "size", "data"))


class NewSource(msgspec.Struct, frozen=True):
    """A source about to be stored; ``modified_at`` in Unix microseconds."""

    path: str
    format: str
    sha256: str
    size: int
    state: SourceState
    reason: str = ""
    modified_at: int | None = None
    rows_digest: bytes = b""  # of the rows of a database that it tells; b"" for none
    read_sha256: str = ""  # of the file as it was read, where secrets in it were masked
    read_size: int | None = None
    masked: int | None = None  # how many secrets were; None: nobody looked


class Sources:
    """The sources of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._decompressor = zstandard.ZstdDecompressor(max_window_size=1 << 27)

    def known(self, sha256: str) -> StoredSource | None:
        """The source with these bytes, as they are kept or as they were read, if there is one."""
        digest = bytes.fromhex(sha256)
        return self._one("sha256 = ?", digest) or self._one("read_sha256 = ?", digest)

    def digests(self) -> frozenset[str]:
        """The digests of the sources whose episodes are in view.

        Not those of superseded ones: what they say may have been left out of view.
        """
        rows = self._db.rows("SELECT sha256, read_sha256 FROM sources WHERE state = 'imported'")
        return frozenset(digest.hex() for both in rows for digest in both if digest)

    def told_rows(self) -> dict[bytes, KnownBytes]:
        """The sources that tell a database's rows and whose episodes are in view, by the rows."""
        sql = (
            "SELECT rows_sha256, sha256, size FROM sources"
            " WHERE rows_sha256 IS NOT NULL AND state = 'imported'"
        )
        return {rows: KnownBytes(sha.hex(), size) for rows, sha, size in self._db.rows(sql)}

    def keep_rows_digest(self, source_id: int, digest: bytes) -> None:
        """Remember the digest of the rows that a stored source tells; b"" changes nothing."""
        if digest:
            sql = "UPDATE sources SET rows_sha256 = ? WHERE id = ? AND rows_sha256 IS NOT ?"
            self._db.execute(sql, (digest, source_id, digest))

    def get(self, source_id: int) -> StoredSource:
        """The source; raises ``NotFound``."""
        source = self._one("id = ?", source_id)
        if source is None:
            raise NotFound(f"{self._db.path}: no source {source_id}.")
        return source

    def _one(self, where: str, value: object) -> StoredSource | None:
        rows = self._db.rows(f"SELECT {_SOURCE.sql} FROM sources WHERE {where}", (value,))
        return _SOURCE.value(rows[0]) if rows else None

    def add(self, new: NewSource, chunks: Iterable[PackedChunk]) -> int:
        """Store a source with its bytes; its id. One set aside with the same bytes gives way."""
        self._forget_aside(new.sha256, new.path)
        source_id: int = self._db.execute(
            "INSERT INTO sources (path, format, sha256, size, stored, state, reason, modified_at,"
            " imported_at, rows_sha256, read_sha256, read_size, masked)"
            " VALUES (?, ?, ?, ?, 0, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                new.path,
                new.format,
                bytes.fromhex(new.sha256),
                new.size,
                new.state,
                new.reason,
                new.modified_at,
                time.time_ns() // 1000,
                new.rows_digest or None,
                *_as_read(new),
            ),
        ).lastrowid
        self._append(source_id, 0, chunks)
        return source_id

    def tell(self, source_id: int, account: SourceAccount) -> None:
        """Keep what became of a source's records."""
        text = msgspec.json.encode(account).decode()
        self._db.execute("UPDATE sources SET account = ? WHERE id = ?", (text, source_id))

    def account(self, source_id: int) -> SourceAccount | None:
        """What became of a source's records; None where it was imported without an account."""
        sql = "SELECT account FROM sources WHERE id = ?"
        text: str = self._db.value(sql, (source_id,)) or ""
        with self._db.decoding("the account of a source"):
            return msgspec.json.decode(text, type=SourceAccount) if text else None

    def grow(self, old: StoredSource, new: NewSource, tail: Iterable[PackedChunk]) -> None:
        """Let ``old`` become ``new``, whose bytes begin with it: only the tail is added."""
        self._forget_aside(new.sha256, new.path)
        self._db.execute(
            "UPDATE sources SET path = ?, sha256 = ?, size = ?, modified_at = ?, imported_at = ?,"
            " rows_sha256 = ?, read_sha256 = ?, read_size = ?, masked = ? WHERE id = ?",
            (
                new.path,
                bytes.fromhex(new.sha256),
                new.size,
                new.modified_at,
                time.time_ns() // 1000,
                new.rows_digest or None,
                *_as_read(new),
                old.id,
            ),
        )
        self._append(old.id, old.size, tail)

    def _forget_aside(self, sha256: str, path: str) -> None:
        sql = "DELETE FROM sources WHERE sha256 = ? AND state = 'aside'"
        self._db.execute(sql, (bytes.fromhex(sha256),))
        self._db.execute("DELETE FROM aside WHERE path = ?", (path,))

    def supersede(self, source_id: int) -> None:
        """Mark that a later version of the same session took this one's place."""
        self._db.execute("UPDATE sources SET state = 'superseded' WHERE id = ?", (source_id,))

    def revive(self, source: StoredSource, chunks: Iterable[PackedChunk]) -> None:
        """Let episodes have their bytes in a superseded source again, evicted ones included."""
        self._db.execute("DELETE FROM raw_chunks WHERE source_id = ?", (source.id,))
        self._db.execute(
            "UPDATE sources SET state = 'imported', stored = 0 WHERE id = ?", (source.id,)
        )
        self._append(source.id, 0, chunks)

    def append(self, source_id: int, chunks: Iterable[PackedChunk]) -> None:
        """Store all bytes of a source that has none."""
        self._append(source_id, 0, chunks)

    def _append(self, source_id: int, start: int, chunks: Iterable[PackedChunk]) -> None:
        stored = 0
        for size, data in chunks:
            self._db.execute(_INSERT_CHUNK, (source_id, start, size, data))
            start += size
            stored += len(data)
        self._db.execute("UPDATE sources SET stored = stored + ? WHERE id = ?", (stored, source_id))

    def raw(self, source_id: int, start: int = 0, size: int | None = None) -> Iterator[bytes]:
        """The bytes from ``start``, as they were; chunk by chunk."""
        with self._db.reading():
            stop = self.get(source_id).size if size is None else start + size
        offset = start
        while offset < stop:
            with self._db.reading():
                rows = self._db.rows(
                    "SELECT start, size, data FROM raw_chunks WHERE source_id = ? AND start <= ?"
                    " ORDER BY start DESC LIMIT 1",
                    (source_id, offset),
                )
            if not rows or rows[0][0] + rows[0][1] <= offset:
                raise DamagedStore(
                    f"{self._db.path}: the bytes of source {source_id} from {offset:,} on are"
                    " missing. Restore a backup, or import the file again."
                )
            chunk_start, chunk_size, data = rows[0]
            if not data and chunk_size:
                raise Evicted(
                    f"{self._db.path}: the original bytes of source {source_id} from"
                    f" {chunk_start:,} to {chunk_start + chunk_size:,} were deleted. What"
                    " compression kept of them is in the episode's steps; the file itself, if you"
                    " still have it, can be imported into another store."
                )
            chunk = self._unpacked(source_id, chunk_start, chunk_size, data)
            piece = chunk[offset - chunk_start : stop - chunk_start]
            yield piece
            offset += len(piece)

    def _unpacked(self, source_id: int, start: int, size: int, data: bytes) -> bytes:
        with self._db.decoding(f"the bytes of source {source_id} from {start} on"):
            if size > CHUNK:
                raise ValueError(f"a piece of {size:,} bytes; imports store {CHUNK:,} at most")
            return unpack(data, size, self._decompressor)

    def is_whole(self, source_id: int) -> bool:
        """Whether every byte of a source is still there."""
        sql = "SELECT count(*) FROM raw_chunks WHERE source_id = ? AND size > 0 AND data = x''"
        return not self._db.value(sql, (source_id,))

    def evict(self, source_id: int, start: int = 0, stop: int | None = None) -> int:
        """Forget the bytes from ``start`` to ``stop``; a chunk without data says that they went.

        The bytes before and behind stay as they were. How many bytes went.
        """
        end = self.get(source_id).size if stop is None else stop
        rows = self._db.rows(
            "SELECT start, size, data FROM raw_chunks WHERE source_id = ? AND start < ?"
            " AND start + size > ? AND NOT (size > 0 AND data = x'') ORDER BY start",
            (source_id, end, start),
        )
        compressor = zstandard.ZstdCompressor(compression_params=_PARAMETERS)
        gone = 0
        for offset, size, data in rows:
            low, high = max(offset, start), min(offset + size, end)
            pieces = [(low, high - low, b"")]
            if (low, high) != (offset, offset + size):
                chunk = self._unpacked(source_id, offset, size, data)
                for a, b in ((offset, low), (high, offset + size)):
                    if a < b:
                        pieces.append((a, b - a, pack(chunk[a - offset : b - offset], compressor)))
            sql = "DELETE FROM raw_chunks WHERE source_id = ? AND start = ?"
            self._db.execute(sql, (source_id, offset))
            self._db.connection.executemany(
                _INSERT_CHUNK, [(source_id, *piece) for piece in pieces]
            )
            gone += high - low
        self._db.execute(
            "UPDATE sources SET stored = (SELECT coalesce(sum(length(data)), 0) FROM raw_chunks"
            " WHERE source_id = id) WHERE id = ?",
            (source_id,),
        )
        return gone

    def damaged(self) -> tuple[FileReport, ...]:
        """The traces that could not be read, whose bytes are kept; the reason of each."""
        rows = self._db.rows(
            "SELECT path, format, size, reason FROM sources WHERE state = 'aside' ORDER BY path"
        )
        return tuple(
            FileReport(path, FileStatus.FAILED, format=format_, size=size, reason=reason)
            for path, format_, size, reason in rows
        )


def _as_read(new: NewSource) -> tuple[bytes | None, int | None, int | None]:
    return bytes.fromhex(new.read_sha256) or None, new.read_size, new.masked


def pack_chunks(blocks: Iterable[bytes]) -> Iterator[PackedChunk]:
    """The bytes in chunks, compressed; needs no store, so it may run on another thread."""
    compressor = zstandard.ZstdCompressor(compression_params=_PARAMETERS)
    for chunk in _chunks(blocks):
        yield len(chunk), pack(chunk, compressor)


def _chunks(blocks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes in pieces of ``CHUNK``."""
    pending, size = [], 0
    for block in blocks:
        while size + len(block) >= CHUNK:
            pending.append(block[: CHUNK - size])
            block = block[CHUNK - size :]
            yield b"".join(pending)
            pending, size = [], 0
        pending.append(block)
        size += len(block)
    if size:
        yield b"".join(pending)
