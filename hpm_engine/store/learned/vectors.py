"""Encoders and their vectors: one row for each episode and encoder, all its vectors in one blob.

A row for each step takes twice as long to write, seven times to delete, and 1.4 times to read
(200,000 vectors of 256 floats, 40 to an episode: 1.21 s, 60 ms and 0.29 s against 0.58 s, 9 ms
and 0.21 s), and 12 % more space.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.errors import MixedEncoders
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, ReadBy, insertion
from hpm_engine.values.vectors import (
    EpisodeVectors,
    StoredEncoder,
    Unencoded,
    VectorKind,
    VectorState,
)

_ENCODER = Columns(
    StoredEncoder,
    {
        "id": "id",
        "kind": ReadBy("kind", VectorKind),
        "name": "name",
        "sha256": "sha256",
        "dimension": "dimension",
        "current": ReadBy("current", bool),
    },
)
_STATE = Columns(
    VectorState,
    {
        "encoder_id": "e.id",
        "changes": "t.value",
        "generation": "coalesce(g.name, '')",
        "sha256": "coalesce(g.sha256, '')",
    },
)
_UNENCODED = Columns(
    Unencoded,
    {
        "episode_id": "e.id",
        "start": "coalesce(v.steps, 0)",
        "stop": "e.steps",
        "digest": "e.digest",
    },
)
_VECTORS = Columns(
    EpisodeVectors,
    {
        "id": "id",
        "episode_id": "episode_id",
        "steps": "steps",
        "positions": "positions",
        "data": "data",
    },
)
_FLOAT, _POSITION = 2, 4  # bytes


class VectorRows:
    """The vectors of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def encoders(self) -> list[StoredEncoder]:
        """Every encoder that the store has or had vectors of."""
        rows = self._db.rows(f"SELECT {_ENCODER.sql} FROM encoders ORDER BY id")
        with self._db.decoding("encoders"):
            return _ENCODER.values(rows)

    def current(self, kind: VectorKind) -> StoredEncoder | None:
        """The encoder whose vectors are in use, if the store has any of this kind."""
        return next(
            (encoder for encoder in self.encoders() if encoder.kind is kind and encoder.current),
            None,
        )

    def state(self, kind: VectorKind) -> VectorState:
        """What an index compares before each search: cheap, and another after any change."""
        sql = (
            f"SELECT {_STATE.sql} FROM totals t"
            " LEFT JOIN encoders e ON e.kind = ? AND e.current = 1"
            " LEFT JOIN index_generations g ON g.encoder_id = e.id"
            " WHERE t.name = 'vectors_changed'"
        )
        return _STATE.value(self._db.rows(sql, (kind.value,))[0])

    def publish(self, encoder: StoredEncoder, name: str, sha256: str) -> None:
        """Make an index's generation the current one of an encoder."""
        sql = insertion("index_generations", ("encoder_id", "name", "sha256"), "INSERT OR REPLACE")
        self._db.execute(sql, (encoder.id, name, sha256))

    def generations(self) -> set[str]:
        """The names of all current generations."""
        return {name for (name,) in self._db.rows("SELECT name FROM index_generations")}

    def register(
        self, kind: VectorKind, encoder: EncoderIdentity, made_with: bytes = b""
    ) -> StoredEncoder:
        """The store's own entry of an encoder, made where it is new.

        ``made_with`` is what it takes to make the encoder again, beyond what is shipped.
        """
        identity = kind.value, encoder.name, encoder.sha256, encoder.dimension
        self._db.execute(
            "INSERT OR IGNORE INTO encoders (kind, name, sha256, dimension, made_with)"
            " VALUES (?, ?, ?, ?, ?)",
            (*identity, made_with),
        )
        key = self._db.value(
            "SELECT id FROM encoders WHERE (kind, name, sha256, dimension) = (?, ?, ?, ?)",
            identity,
        )
        return next(encoder for encoder in self.encoders() if encoder.id == key)

    def made_with(self, encoder: StoredEncoder) -> bytes:
        """What ``register`` was told about it."""
        data: bytes = self._db.value("SELECT made_with FROM encoders WHERE id = ?", (encoder.id,))
        return data

    def runs(self, encoder: StoredEncoder, size: int) -> int:
        """How many runs of ``size`` texts the store has, about: unencoded episodes are guessed."""
        runs: int = self._db.value(
            "SELECT coalesce(sum((coalesce(length(v.positions) / ?, e.agent_steps) + ? - 1) / ?),"
            " 0) FROM episodes e LEFT JOIN vectors v"
            " ON v.episode_id = e.id AND v.encoder_id = ? WHERE e.steps > 0",
            (_POSITION, size, size, encoder.id),
        )
        return runs

    def use(self, encoder: StoredEncoder) -> None:
        """Take an encoder's vectors into use, and remove those of the one before it."""
        others = "SELECT id FROM encoders WHERE kind = ? AND id <> ?"
        values = encoder.kind.value, encoder.id
        self._db.execute(f"DELETE FROM vectors WHERE encoder_id IN ({others})", values)
        self._db.execute("DELETE FROM encoders WHERE kind = ? AND id <> ?", values)
        self._db.execute("UPDATE encoders SET current = 1 WHERE id = ?", (encoder.id,))

    def missing(self, encoder: StoredEncoder, after: int, limit: int) -> list[Unencoded]:
        """Up to ``limit`` episodes with an id above ``after`` that lack vectors, by id."""
        rows = self._db.rows(
            f"SELECT {_UNENCODED.sql} FROM episodes e"
            " LEFT JOIN vectors v ON v.episode_id = e.id AND v.encoder_id = ?"
            " WHERE e.id > ? AND v.steps IS NOT e.steps ORDER BY e.id LIMIT ?",
            (encoder.id, after, limit),
        )
        return _UNENCODED.values(rows)

    def count_missing(self, encoder: StoredEncoder) -> int:
        """How many steps have not been encoded."""
        missing: int = self._db.value(
            "SELECT coalesce(sum(e.steps - coalesce(v.steps, 0)), 0) FROM episodes e"
            " LEFT JOIN vectors v ON v.episode_id = e.id AND v.encoder_id = ?",
            (encoder.id,),
        )
        return missing

    def put(
        self, encoder: StoredEncoder, episode_id: int, steps: int, positions: bytes, data: bytes
    ) -> None:
        """Store an episode's vectors in place of those it has by this encoder.

        Raises ``MixedEncoders`` where the vectors are not as long as the encoder's are.
        """
        if len(data) * _POSITION != len(positions) * encoder.dimension * _FLOAT:
            count = len(positions) // _POSITION
            raise MixedEncoders(
                f"episode {episode_id}: {len(data)} bytes are not {count} vectors of "
                f"{encoder.name}, which has {encoder.dimension} floats in each. Nothing was "
                "stored; encode the episode again with one encoder."
            )
        self._db.execute(
            "INSERT OR REPLACE INTO vectors (encoder_id, episode_id, steps, positions, data)"
            " VALUES (?, ?, ?, ?, ?)",
            (encoder.id, episode_id, steps, positions, data),
        )

    def unchanged(self, encoder: StoredEncoder, episode: Unencoded) -> bool:
        """Whether an episode is still what it was when ``missing`` found it."""
        rows = self._db.rows(
            "SELECT e.digest, coalesce(v.steps, 0) FROM episodes e"
            " LEFT JOIN vectors v ON v.episode_id = e.id AND v.encoder_id = ? WHERE e.id = ?",
            (encoder.id, episode.episode_id),
        )
        return rows == [(episode.digest, episode.start)]

    def get(self, encoder: StoredEncoder, episode_ids: Sequence[int]) -> Iterator[EpisodeVectors]:
        """The vectors of these episodes, one by one; episodes without any are left out."""
        sql = f"SELECT {_VECTORS.sql} FROM vectors WHERE episode_id = ? AND encoder_id = ?"
        for episode_id in episode_ids:
            for row in self._db.rows(sql, (episode_id, encoder.id)):
                yield self._checked(encoder, _VECTORS.value(row))

    def since(self, encoder: StoredEncoder, last_id: int = 0) -> Iterator[EpisodeVectors]:
        """All vectors written after the row ``last_id``, in that order."""
        sql = f"SELECT {_VECTORS.sql} FROM vectors WHERE id > ? AND +encoder_id = ? ORDER BY id"
        for row in self._db.execute(sql, (last_id, encoder.id)):
            yield self._checked(encoder, _VECTORS.value(row))

    def ids(self, encoder: StoredEncoder) -> list[int]:
        """The ids of the rows that an encoder has, in no order; reads no vector."""
        sql = "SELECT id FROM vectors INDEXED BY vectors_episode WHERE +encoder_id = ?"
        return [key for (key,) in self._db.rows(sql, (encoder.id,))]

    def count(self, encoder: StoredEncoder) -> int:
        """How many vectors an encoder has."""
        size: int = self._db.value(
            "SELECT coalesce(sum(length(positions)), 0) FROM vectors WHERE encoder_id = ?",
            (encoder.id,),
        )
        return size // _POSITION

    def counts(self, encoder: StoredEncoder) -> list[tuple[int, int]]:
        """Each episode with the number of its vectors, by id; reads no vector."""
        sql = (
            f"SELECT episode_id, length(positions) / {_POSITION} FROM vectors"
            " WHERE encoder_id = ? ORDER BY episode_id"
        )
        return [(key, count) for key, count in self._db.rows(sql, (encoder.id,))]

    def grown(self, encoder: StoredEncoder) -> set[int]:
        """The episodes that have steps which their vectors were made without."""
        sql = (
            "SELECT v.episode_id FROM vectors v JOIN episodes e ON e.id = v.episode_id"
            " WHERE v.encoder_id = ? AND v.steps < e.steps"
        )
        return {key for (key,) in self._db.rows(sql, (encoder.id,))}

    def remove_from(self, episode_id: int, seq: int) -> None:
        """Forget an episode's vectors that speak for a step at ``seq`` or later."""
        self._db.execute(
            "DELETE FROM vectors WHERE episode_id = ? AND steps > ?", (episode_id, seq)
        )

    def _checked(self, encoder: StoredEncoder, row: EpisodeVectors) -> EpisodeVectors:
        with self._db.decoding("vectors"):
            if len(row.data) != row.count * encoder.dimension * _FLOAT:
                raise ValueError(f"vectors of episode {row.episode_id} of another length")
        return row
