"""Which episodes a reader may see, by the store's rules."""

from __future__ import annotations

from hpm_engine.store.database import Database
from hpm_engine.visibility import VISIBILITY, Named, Reader, Visibility

Condition = tuple[str, list[str]]  # SQL on ``episodes e``, and its values


class VisibleRows:
    """The rules of a store, applied to its episodes."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def rules(self) -> Visibility:
        """The rules as they are now. Raises ``BadQuery`` where the setting says none."""
        with self._db.reading():
            text = self._db.value("SELECT value FROM settings WHERE name = ?", (VISIBILITY,))
        return Visibility.parse(text or "")

    def conditions(self, reader: Reader) -> list[Condition]:
        """What must hold of an episode for ``reader`` to see it."""
        rules = self.rules()
        hidden = [(f"e.{one.field.value} <> ?", [one.name]) for one in rules.hidden_from(reader)]
        return hidden + [_any(allowed) for allowed in rules.allowed_to(reader)]

    def count(self, reader: Reader) -> int:
        """How many episodes a reader sees."""
        with self._db.reading():
            found = self.conditions(reader)
            where = "".join(f" AND {condition}" for condition, _ in found)
            values = [value for _, each in found for value in each]
            sql = f"SELECT count(*) FROM episodes e WHERE 1{where}"
            seen: int = self._db.value(sql, tuple(values))
        return seen

    def unmatched(self) -> list[str]:
        """The names in rules ("project:NAME") that no episode has: mistyped, or not here yet."""
        named = {name for rule in self.rules().rules for name in (rule.who, *(rule.sees or ()))}
        absent = []
        with self._db.reading():
            for name in named:
                condition, values = _any((name,))
                sql = f"SELECT EXISTS (SELECT 1 FROM episodes e WHERE {condition})"
                if not self._db.value(sql, tuple(values)):
                    absent.append(name.text())
        return sorted(absent)

    def private(self) -> set[int]:
        """The episodes that somebody must not see, and that do not settle into prototypes."""
        names = self.rules().private
        if not names:
            return set()
        condition, values = _any(names)
        with self._db.reading():
            rows = self._db.rows(f"SELECT e.id FROM episodes e WHERE {condition}", tuple(values))
        return {key for (key,) in rows}


def _any(names: tuple[Named, ...]) -> Condition:
    each = " OR ".join(f"e.{one.field.value} = ?" for one in names)
    return f"({each})", [one.name for one in names]
