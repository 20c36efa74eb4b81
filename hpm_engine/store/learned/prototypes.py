"""Prototypes, their members and the space they lie in: rows that change as one, and back again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256

import msgspec

from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import settle, unsettle
from hpm_engine.store.rows.declaration import Columns, insertion
from hpm_engine.values.consolidation import Member

Key = tuple[int, int, int]  # of a member: episode, number there, prototype


class PrototypeRow(msgspec.Struct, frozen=True, array_like=True):
    """A prototype as stored: vectors as little-endian 32-bit floats, its words as JSON."""

    id: int
    born: int
    reinforced: int
    count: float
    resultant: float
    mean: bytes
    fisher: bytes
    words: str


class Space(msgspec.Struct, frozen=True, array_like=True):
    """Where prototypes lie: in the space of one encoder (``sha256``), seen from ``origin``."""

    sha256: str
    origin: bytes


class PrototypeChange(msgspec.Struct, frozen=True, array_like=True):
    """Rows to write and rows to remove, in one go; the space as it is to be.

    ``settled`` are episodes of which prototypes then hold every memory, ``unsettled`` those of
    which they no longer do. Applied, it gives the change that puts every byte back.
    """

    prototypes: list[PrototypeRow]
    gone: list[int]
    members: list[Member]
    members_gone: list[Key]
    space: Space | None
    settled: list[int] = []
    unsettled: list[int] = []

    def before(self, other: PrototypeChange) -> PrototypeChange:
        """The one change that comes to the same as this one and then ``other``."""
        rows: dict[int, PrototypeRow | None] = {}
        links: dict[Key, Member | None] = {}
        tiers: dict[int, bool] = {}
        for change in (self, other):
            rows |= dict.fromkeys(change.gone) | {row.id: row for row in change.prototypes}
            links |= dict.fromkeys(change.members_gone)
            links |= {
                (link.episode_id, link.number, link.prototype_id): link for link in change.members
            }
            tiers |= dict.fromkeys(change.settled, True) | dict.fromkeys(change.unsettled, False)
        return PrototypeChange(
            [row for row in rows.values() if row is not None],
            [key for key, row in rows.items() if row is None],
            [link for link in links.values() if link is not None],
            [key for key, link in links.items() if link is None],
            other.space,
            [key for key, settled in tiers.items() if settled],
            [key for key, settled in tiers.items() if not settled],
        )

    def digest(self) -> str:
        """SHA-256 of all it holds, for the audit log."""
        return sha256(msgspec.msgpack.encode(self)).hexdigest()


_PROTOTYPE = Columns(
    PrototypeRow,
    {
        "id": "id",
        "born": "born",
        "reinforced": "reinforced",
        "count": "count",
        "resultant": "resultant",
        "mean": "mean",
        "fisher": "fisher",
        "words": "words",
    },
)
_MEMBER = Columns(
    Member,
    {
        "prototype_id": "prototype_id",
        "episode_id": "episode_id",
        "number": "number",
        "start": "start",
        "stop": "stop",
        "weight": "weight",
        "cycle_id": "cycle_id",
    },
)
_SPACE = Columns(Space, {"sha256": "encoder_sha256", "origin": "origin"})


class PrototypeRows:
    """The prototypes of a store. Applying must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def space(self) -> Space | None:
        """The space of the prototypes there are; ``None`` before the first."""
        rows = self._db.rows(f"SELECT {_SPACE.sql} FROM prototype_space")
        return _SPACE.value(rows[0]) if rows else None

    def all(self) -> list[PrototypeRow]:
        """Every prototype, by id."""
        return self._prototypes(f"SELECT {_PROTOTYPE.sql} FROM prototypes ORDER BY id", ())

    def members(self, prototype_ids: Iterable[int] | None = None) -> list[Member]:
        """The members of these prototypes (of all, if ``None``), heaviest first."""
        order = "ORDER BY weight DESC, episode_id, number, prototype_id"
        if prototype_ids is None:
            return self._members(f"SELECT {_MEMBER.sql} FROM prototype_members {order}", ())
        sql = f"SELECT {_MEMBER.sql} FROM prototype_members WHERE prototype_id = ? {order}"
        return [member for key in prototype_ids for member in self._members(sql, (key,))]

    def of_episode(self, episode_id: int) -> list[Member]:
        """Which prototypes hold memories of an episode."""
        sql = f"SELECT {_MEMBER.sql} FROM prototype_members WHERE episode_id = ? ORDER BY number"
        return self._members(sql, (episode_id,))

    def holding(self, episode_ids: Iterable[int]) -> list[int]:
        """The prototypes that hold memories of any of these episodes, by id."""
        sql = "SELECT DISTINCT prototype_id FROM prototype_members WHERE episode_id = ?"
        prototypes = {
            key for episode_id in episode_ids for (key,) in self._db.rows(sql, (episode_id,))
        }
        return sorted(prototypes)

    def places(self) -> list[tuple[int, int]]:
        """The memories that some prototype holds, as (episode, number), in order."""
        sql = "SELECT DISTINCT episode_id, number FROM prototype_members ORDER BY 1, 2"
        return [(episode_id, number) for episode_id, number in self._db.rows(sql)]

    def projects(self, episode_ids: Iterable[int]) -> dict[int, str]:
        """The project of each episode."""
        sql = "SELECT project FROM episodes WHERE id = ?"
        return {key: str(self._db.value(sql, (key,)) or "") for key in episode_ids}

    def backgrounds(self) -> dict[int, tuple[str, str, str, int | None]]:
        """Project, agent, outcome, start of each episode that a prototype holds memories of."""
        sql = (
            "SELECT id, project, agent, outcome, started_at FROM episodes"
            " WHERE id IN (SELECT episode_id FROM prototype_members) ORDER BY id"
        )
        return {
            key: (str(project or ""), str(agent or ""), str(outcome or ""), started_at)
            for key, project, agent, outcome, started_at in self._db.rows(sql)
        }

    def apply(self, change: PrototypeChange) -> PrototypeChange:
        """Write a change; the change that undoes it exactly."""
        undo = self._opposite(change)
        self._remove(change.members_gone, change.gone)
        for row in change.prototypes:
            columns = msgspec.structs.asdict(row)
            sql = insertion("prototypes", columns, "INSERT OR REPLACE")
            self._db.execute(sql, tuple(columns.values()))
        for member in change.members:
            # The episode may have gone since the change that this one undoes.
            if self._db.value("SELECT 1 FROM episodes WHERE id = ?", (member.episode_id,)):
                columns = msgspec.structs.asdict(member)
                sql = insertion("main.prototype_members", columns, "INSERT OR REPLACE")
                self._db.execute(sql, tuple(columns.values()))
        self._db.execute("DELETE FROM prototype_space")
        if change.space is not None:
            self._db.execute(
                "INSERT INTO prototype_space (encoder_sha256, origin) VALUES (?, ?)",
                (change.space.sha256, change.space.origin),
            )
        unsettled = settle(self._db, change.settled)
        settled = unsettle(self._db, change.unsettled)
        return msgspec.structs.replace(undo, settled=settled, unsettled=unsettled)

    def _opposite(self, change: PrototypeChange) -> PrototypeChange:
        ids = [row.id for row in change.prototypes] + change.gone
        keys = [
            (member.episode_id, member.number, member.prototype_id) for member in change.members
        ]
        keys += change.members_gone
        sql = f"SELECT {_PROTOTYPE.sql} FROM prototypes WHERE id = ?"
        prototypes = [row for key in ids for row in self._prototypes(sql, (key,))]
        sql = (
            f"SELECT {_MEMBER.sql} FROM prototype_members"
            " WHERE episode_id = ? AND number = ? AND prototype_id = ?"
        )
        members = [row for key in keys for row in self._members(sql, key)]
        here = {row.id for row in prototypes}
        linked = {(member.episode_id, member.number, member.prototype_id) for member in members}
        return PrototypeChange(
            prototypes,
            [key for key in ids if key not in here],
            members,
            [key for key in keys if key not in linked],
            self.space(),
        )

    def _remove(self, members: Sequence[Key], prototypes: Sequence[int]) -> None:
        for key in members:
            self._db.execute(
                "DELETE FROM main.prototype_members"
                " WHERE episode_id = ? AND number = ? AND prototype_id = ?",
                key,
            )
        for prototype_id in prototypes:
            self._db.execute("DELETE FROM prototypes WHERE id = ?", (prototype_id,))

    def _prototypes(self, sql: str, values: tuple[int, ...]) -> list[PrototypeRow]:
        rows = self._db.rows(sql, values)
        with self._db.decoding("prototypes"):
            return [msgspec.convert(row, PrototypeRow) for row in rows]

    def _members(self, sql: str, values: tuple[int, ...]) -> list[Member]:
        return _MEMBER.values(self._db.rows(sql, values))
