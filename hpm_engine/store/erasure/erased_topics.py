"""Topics that rest on what is erased go, and so does what could bring them back."""

from __future__ import annotations

import json
from collections.abc import Collection

from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import unsettle
from hpm_engine.values.leaving.erasure import HeldPlace

_AMONG = "IN (SELECT value FROM json_each(?))"


class ErasedTopics:
    """The prototypes of a store. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def resting_on(self, episodes: Collection[int]) -> list[int]:
        """The prototypes that hold memories of any of these episodes."""
        sql = f"SELECT DISTINCT prototype_id FROM main.prototype_members WHERE episode_id {_AMONG}"
        return sorted(key for (key,) in self._db.rows(sql, (_listed(episodes),)))

    def pinned(self, prototypes: Collection[int]) -> list[int]:
        """Those that a pin keeps."""
        sql = f"SELECT prototype_id FROM prototype_marks WHERE pinned AND prototype_id {_AMONG}"
        return sorted(key for (key,) in self._db.rows(sql, (_listed(prototypes),)))

    def places(self, prototypes: Collection[int]) -> list[HeldPlace]:
        """What goes of topics; other topics' memories are learned again."""
        undo = self._db.value("SELECT count(*) FROM cycles WHERE undo IS NOT NULL")
        said = "with their Fisher information; learned again without it"
        found = [HeldPlace("topics that rest on it", len(prototypes), said)] if prototypes else []
        if undo:
            said = "no earlier cycle can be undone afterwards"
            found.append(HeldPlace("undo records of cycles", int(undo), said))
        return found

    def remove(self, prototypes: Collection[int]) -> None:
        """Take topics away; memories that no other one holds wait for a cycle again."""
        listed = _listed(prototypes)
        members = (
            f"SELECT DISTINCT episode_id FROM main.prototype_members WHERE prototype_id {_AMONG}"
        )
        lost = [key for (key,) in self._db.rows(members, (listed,))]
        for table, column in (
            ("main.prototype_members", "prototype_id"),
            ("prototypes", "id"),
            ("prototype_marks", "prototype_id"),
        ):
            self._db.execute(f"DELETE FROM {table} WHERE {column} {_AMONG}", (listed,))
        unsettle(self._db, lost)
        self.forget_undo()

    def forget_undo(self) -> None:
        """Forget what would bring earlier topics back: it holds them."""
        self._db.execute("UPDATE cycles SET undo = NULL WHERE undo IS NOT NULL")


def _listed(ids: Collection[int]) -> str:
    return json.dumps(sorted(ids))
