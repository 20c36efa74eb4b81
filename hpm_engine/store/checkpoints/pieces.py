"""Pieces of states: each stored once by its SHA-256, packed by zstd, gone with its last state.

What changed a little since the state before is packed on the piece that it was: so a message more
costs the message. Such a base has no base itself, and some checkpoint has it: what was forgotten
is in no other piece's base.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any

from hpm_engine.config import STATE_BYTES
from hpm_engine.store.checkpoints.cutting import pieces
from hpm_engine.store.checkpoints.packing import MOST_PACKED, PiecePacker
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import insertion

_AMONG = "IN (SELECT value FROM json_each(?))"
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

    def _add(self, digest: bytes, piece: bytes, base_id: int | None) -> int:
        base = None if base_id is None else self._plain(base_id)
        packed = self._packer.pack(piece, base)
        values = (digest, len(piece), base_id if packed.on_base else None, packed.data)
        columns = ("sha256", "size", "base_id", "data")
        self._db.execute(insertion("state_pieces", columns), values)
        piece_id: int = self._db.value("SELECT last_insert_rowid()")
        return piece_id

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
        return freed - grown

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
        old, new, new_id, grown = self._plain(base_id), None, None, 0
        for piece_id, size, data in rows:
            with self._db.decoding(f"piece {piece_id} of a state"):
                piece = self._packer.unpack(data, size, old)
            packed = self._packer.pack(piece, new)
            self._db.execute(
                "UPDATE state_pieces SET data = ?, base_id = ? WHERE id = ?",
                (packed.data, new_id if packed.on_base else None, piece_id),
            )
            grown += len(packed.data) - len(data)
            if new is None:
                new, new_id = piece, piece_id
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
