"""Pieces of states: each stored once by its SHA-256, packed by zstd, gone with its last state.

What changed a little since the state before is packed on the piece that it was; what grew is stored
by itself, and the piece that it was is packed on it. So a message more costs the message. Such a
base has no base itself, and some checkpoint has it: what was forgotten is in no other piece's base.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from contextlib import suppress
from hashlib import sha256
from typing import Any

from zstandard import ZstdError

from hpm_engine.config import STATE_BYTES
from hpm_engine.errors import DamagedStore
from hpm_engine.store.checkpoints.cutting import pieces
from hpm_engine.store.checkpoints.packing import MOST_PACKED, PackingBase, PiecePacker
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion

_AMONG = "IN (SELECT value FROM json_each(?))"
_WORTH_TURNING = 256  # bytes of a piece on its base
_WORTH_EACH = 4  # bytes, likewise, for each piece that is packed anew
_FRESH = 8  # times smaller than alone, on a base that has as many pieces as are turned
_MOST_TURNED = 128  # pieces
# As bytes, whatever somebody made of it.
_DATA = f"CASE WHEN length({{0}}.data) <= {MOST_PACKED} THEN CAST({{0}}.data AS BLOB) END"


class StatePieces:
    """The pieces of a store's states. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._packer = PiecePacker()

    def put(self, checkpoint_id: int, state: bytes, before: int | None) -> None:
        """Store the state of a checkpoint: only pieces that no other state has are new.

        ``before`` is a checkpoint whose state is much the same.
        """
        cut = pieces(state)
        digests = [sha256(piece).digest() for piece in cut]
        ids = self._ids(digests)
        alike = _Alike(self._linked(before) if before and len(ids) < len(set(digests)) else [])
        for index, (digest, piece) in enumerate(zip(digests, cut, strict=True)):
            if digest not in ids:
                ids[digest] = self._add(digest, piece, alike.base(index, digests))
        self._db.connection.executemany(
            insertion("checkpoint_pieces", ("checkpoint_id", "position", "piece_id")),
            [(checkpoint_id, position, ids[each]) for position, each in enumerate(digests)],
        )

    def _add(self, digest: bytes, piece: bytes, alike_id: int | None) -> int:
        base_id = None if alike_id is None else self._base(alike_id)
        base = None if base_id is None else self._whole_base(base_id)
        packed = alone = self._packer.pack(piece)
        turned: list[tuple[bytes, int]] = []
        if base_id is not None and base is not None:
            packed = self._packer.pack(piece, PackingBase(base))
            cost = len(packed.data)
            on_it = self._on(base_id) if cost >= _WORTH_TURNING else []
            if len(on_it) > _MOST_TURNED:
                packed = alone if cost * _FRESH > len(alone.data) else packed
            elif on_it and cost >= _WORTH_EACH * len(on_it):
                turned = self._turned(on_it, base, piece, cost - len(alone.data))
                packed = alone if turned else packed
        values = (digest, len(piece), base_id if packed.on_base else None, packed.data)
        columns = ("sha256", "size", "base_id", "data")
        self._db.execute(insertion("state_pieces", columns), values)
        piece_id: int = self._db.value("SELECT last_insert_rowid()")
        self._db.connection.executemany(
            "UPDATE state_pieces SET data = ?, base_id = ? WHERE id = ?",
            [(data, piece_id, key) for data, key in turned],
        )
        return piece_id

    def _on(self, base_id: int) -> list[tuple[Any, ...]]:
        """A base and what is packed on it, up to one more than are turned; the base first."""
        return self._db.rows(
            f"SELECT p.id, p.sha256, p.size, {_DATA.format('p')}, p.base_id FROM state_pieces p"
            " WHERE p.id = ?1 OR p.base_id = ?1 ORDER BY p.id <> ?1 LIMIT ?2",
            (base_id, _MOST_TURNED + 1),
        )

    def _turned(
        self, rows: Sequence[tuple[Any, ...]], base: bytes, piece: bytes, saved: int
    ) -> list[tuple[bytes, int]]:
        """A base and what is packed on it, packed on a new piece instead: data and ids.

        What has grown holds all that it was, which takes next to nothing when packed on it.
        Nothing is turned where no bytes are saved, beside those that the new piece saves.
        """
        old, new = PackingBase(base), PackingBase(piece)
        turned = []
        for piece_id, digest, size, data, on in rows:
            try:
                earlier = self._packer.unpack(data, size, None if on is None else old)
            except (TypeError, ValueError, ZstdError):
                return []
            packed = self._packer.pack(earlier, new)
            if not packed.on_base or sha256(earlier).digest() != digest:
                return []  # what is damaged stays as it is, for doctor to find
            saved += len(data) - len(packed.data)
            turned.append((packed.data, piece_id))
        return turned if saved > 0 else []

    def _whole_base(self, piece_id: int) -> bytes | None:
        """A piece as others can be packed on it; nothing if it is damaged: then they are not."""
        with suppress(DamagedStore):
            piece = self._plain(piece_id)
            digest = self._db.value("SELECT sha256 FROM state_pieces WHERE id = ?", (piece_id,))
            return piece if sha256(piece).digest() == digest else None
        return None

    def _base(self, piece_id: int) -> int:
        """The piece that others can be packed on in place of this one: its base, or itself."""
        sql = "SELECT coalesce(base_id, id) FROM state_pieces WHERE id = ?"
        base_id: int = self._db.value(sql, (piece_id,))
        return base_id

    def _linked(self, checkpoint_id: int) -> list[tuple[bytes, int]]:
        """The pieces of a state in order: digest, and the piece that others can be packed on."""
        return self._db.rows(
            "SELECT p.sha256, coalesce(p.base_id, p.id) FROM checkpoint_pieces l"
            " JOIN state_pieces p ON p.id = l.piece_id WHERE l.checkpoint_id = ?"
            " ORDER BY l.position",
            (checkpoint_id,),
        )

    def _plain(self, piece_id: int) -> bytes:
        sql = f"SELECT p.size, {_DATA.format('p')}, p.base_id FROM state_pieces p WHERE p.id = ?"
        ((size, data, base_id),) = self._db.rows(sql, (piece_id,))
        with self._db.decoding(f"piece {piece_id} of a state"):
            if base_id is not None:
                raise ValueError("a base with a base")
            return self._packer.unpack(data, size)

    def copy(self, source: int, target: int) -> None:
        """Give a checkpoint the state of another."""
        self._db.execute(
            "INSERT INTO checkpoint_pieces (checkpoint_id, position, piece_id)"
            " SELECT ?, position, piece_id FROM checkpoint_pieces WHERE checkpoint_id = ?",
            (target, source),
        )

    def states(self, checkpoint_ids: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        """The bytes of states, by the id of their checkpoint; raises ``DamagedStore``."""
        rows = self._db.execute(
            f"SELECT c.id, c.size, c.sha256, p.size, {_DATA.format('p')}, p.base_id,"
            f" b.size, {_DATA.format('b')}, b.base_id FROM checkpoints c"
            " LEFT JOIN checkpoint_pieces l ON l.checkpoint_id = c.id"
            " LEFT JOIN state_pieces p ON p.id = l.piece_id"
            " LEFT JOIN state_pieces b ON b.id = p.base_id"
            f" WHERE c.id {_AMONG} ORDER BY c.id, l.position",
            (json.dumps(list(checkpoint_ids)),),
        )
        current: tuple[int, int, bytes] | None = None
        parts: list[bytes] = []
        left = 0
        for checkpoint_id, size, digest, *piece in rows:
            if current is None or current[0] != checkpoint_id:
                if current is not None:
                    yield current[0], self._whole(current, parts)
                current, parts, left = (checkpoint_id, size, digest), [], size
            with self._db.decoding(f"checkpoint {checkpoint_id}"):
                parts.append(b"" if piece[0] is None else self._packer.whole(*piece))
                left -= len(parts[-1])
                if left < 0 or size > STATE_BYTES.value:
                    raise ValueError(f"it is larger than it says, or than {size:,} bytes may be")
        if current is not None:
            yield current[0], self._whole(current, parts)

    def _whole(self, checkpoint: tuple[int, int, bytes], parts: list[bytes]) -> bytes:
        state = b"".join(parts)
        with self._db.decoding(f"checkpoint {checkpoint[0]}"):
            if len(state) != checkpoint[1] or sha256(state).digest() != checkpoint[2]:
                raise ValueError("not the bytes that were saved")
        return state

    def shared(self, first: int, second: int) -> int:
        """The bytes of the second checkpoint's state in pieces that the first one's has too."""
        size: int = self._db.value(
            "SELECT coalesce(sum(p.size), 0) FROM checkpoint_pieces l"
            " JOIN state_pieces p ON p.id = l.piece_id WHERE l.checkpoint_id = ? AND l.piece_id IN"
            " (SELECT piece_id FROM checkpoint_pieces WHERE checkpoint_id = ?)",
            (second, first),
        )
        return size

    def drop(self, checkpoint_ids: Sequence[int]) -> int:
        """Let go of the states of checkpoints; the stored bytes of pieces that went with them."""
        ids = (json.dumps(list(checkpoint_ids)),)
        rows = self._db.rows(
            f"SELECT DISTINCT piece_id FROM checkpoint_pieces WHERE checkpoint_id {_AMONG}", ids
        )
        self._db.execute(f"DELETE FROM checkpoint_pieces WHERE checkpoint_id {_AMONG}", ids)
        unused = [
            piece_id
            for (piece_id,) in self._db.rows(
                f"SELECT id FROM state_pieces WHERE id {_AMONG} AND NOT EXISTS"
                " (SELECT 1 FROM checkpoint_pieces l WHERE l.piece_id = state_pieces.id)",
                (json.dumps([piece_id for (piece_id,) in rows]),),
            )
        ]
        gone = (json.dumps(unused),)
        among = f"FROM state_pieces WHERE id {_AMONG}"
        freed: int = self._db.value(f"SELECT coalesce(sum(length(data)), 0) {among}", gone)
        self._db.execute(f"DELETE {among} AND base_id IS NOT NULL", gone)
        grown = sum(self._pack_anew(piece_id) for piece_id in unused)
        self._db.execute(f"DELETE {among}", gone)
        return max(0, freed - grown)

    def _pack_anew(self, base_id: int) -> int:
        """Pack what is packed on a piece that goes on the first of them, which then has no base.

        Gives the bytes by which that is more.
        """
        rows = self._db.rows(
            f"SELECT p.id, p.size, {_DATA.format('p')} FROM state_pieces p WHERE p.base_id = ?"
            " ORDER BY p.id",
            (base_id,),
        )
        if not rows:
            return 0
        base, grown = self._whole_base(base_id), 0
        old = None if base is None else PackingBase(base)
        new: PackingBase | None = None
        new_id: int | None = None
        for piece_id, size, data in rows:
            try:
                piece = b"" if old is None else self._packer.unpack(data, size, old)
            except (TypeError, ValueError, ZstdError):
                piece = b""  # it was lost with its base, or before: doctor goes on saying so
            packed = self._packer.pack(piece, new)
            self._db.execute(
                "UPDATE state_pieces SET data = ?, base_id = ? WHERE id = ?",
                (packed.data, new_id if packed.on_base else None, piece_id),
            )
            grown += len(packed.data) - len(data)
            if new is None:
                new, new_id = PackingBase(piece), piece_id
        return grown

    def _ids(self, digests: Sequence[bytes]) -> dict[bytes, Any]:
        ids: dict[bytes, Any] = {}
        for start in range(0, len(digests), 500):
            part = digests[start : start + 500]
            marks = ",".join("?" * len(part))
            sql = f"SELECT sha256, id FROM state_pieces WHERE sha256 IN ({marks})"
            ids.update(self._db.rows(sql, part))
        return ids


class _Alike:
    """The pieces of the state before, each by the place that it has among those that stayed."""

    def __init__(self, linked: Sequence[tuple[bytes, int]]) -> None:
        self._bases = [base_id for _, base_id in linked]
        self._index = {digest: index for index, (digest, _) in enumerate(linked)}

    def base(self, index: int, digests: Sequence[bytes]) -> int | None:
        """The piece that the one at ``index`` of the new state most likely was."""
        last = len(self._bases) - 1
        if last < 0:
            return None
        if index and (before := self._index.get(digests[index - 1])) is not None:
            return self._bases[min(before + 1, last)]
        if index + 1 < len(digests):
            after = self._index.get(digests[index + 1])
            return self._bases[min(index, last) if after is None else max(after - 1, 0)]
        return self._bases[last]
