"""Which episodes a reader may see, by the store's rules."""

from __future__ import annotations

import json
from collections.abc import Sequence

from hpm_engine.store.erasure.quarantine import set_apart
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.projects import NAMED, named
from hpm_engine.values.visibility import VISIBILITY, Field, Named, Reader, Visibility

Condition = tuple[str, list[str]]  # SQL on ``e``, an episode or what stands for a note


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
        return hidden(rules, reader) + allowed(rules, reader)

    def count(self, reader: Reader) -> int:
        """How many episodes a reader sees."""
        with self._db.reading():
            conditions = self.conditions(reader)
            where = "".join(f" AND {condition}" for condition, _ in conditions)
            values = [value for _, each in conditions for value in each]
            sql = f"SELECT count(*) FROM episodes e WHERE 1{where}"
            seen: int = self._db.value(sql, tuple(values))
        return seen

    def seen(self, reader: Reader, ids: Sequence[int]) -> list[int]:
        """Those of some episodes that a reader sees, in their order."""
        with self._db.reading():
            conditions = self.conditions(reader)
            apart = set_apart(self._db, ids)
            if not conditions:
                return [key for key in ids if key not in apart]
            where = " AND ".join(condition for condition, _ in conditions)
            values = [value for _, each in conditions for value in each]
            sql = (
                f"SELECT e.id FROM episodes e WHERE {where}"
                " AND e.id IN (SELECT value FROM json_each(?))"
            )
            rows = self._db.rows(sql, (*values, json.dumps(list(ids))))
        visible = {key for (key,) in rows} - apart
        return [key for key in ids if key in visible]

    def unmatched(self) -> list[Named]:
        """The names in rules that no episode has, in the order of their texts."""
        named = {name for rule in self.rules().rules for name in (rule.who, *(rule.sees or ()))}
        absent = []
        with self._db.reading():
            for name in named:
                condition, values = any_of((name,))
                sql = f"SELECT EXISTS (SELECT 1 FROM episodes e WHERE {condition})"
                if not self._db.value(sql, tuple(values)):
                    absent.append(name)
        return sorted(absent, key=Named.text)

    def private(self) -> set[int]:
        """The episodes that somebody must not see, and that do not settle into prototypes."""
        names = self.rules().private
        if not names:
            return set()
        condition, values = any_of(names)
        with self._db.reading():
            rows = self._db.rows(f"SELECT e.id FROM episodes e WHERE {condition}", tuple(values))
        return {key for (key,) in rows}


def hidden(rules: Visibility, reader: Reader) -> list[Condition]:
    """What must hold so that nothing private is told: ``e`` is none of it, or the reader's own."""
    return [_but(names, own) for names, own in rules.hidden_from(reader)]


def allowed(rules: Visibility, reader: Reader) -> list[Condition]:
    """What must hold where rules say that the reader sees some and nothing else."""
    return [any_of(names) for names in rules.allowed_to(reader)]


def any_of(names: tuple[Named, ...]) -> Condition:
    """``e`` is of one of some agents and projects."""
    each = [_is(name) for name in names]
    condition = " OR ".join(sql for sql, _ in each)
    return f"({condition})", [value for _, values in each for value in values]


def _is(name: Named) -> Condition:
    if name.field is Field.PROJECT:
        return NAMED, named(name.name)
    return f"e.{name.field.value} = ?", [name.name]


def _but(private: Named, own: Named | None) -> Condition:
    """Not what is private, but for what is the reader's own of it."""
    sql, values = _is(private)
    if own is None:
        return f"NOT {sql}", values
    mine, more = _is(own)
    return f"(NOT {sql} OR {mine})", values + more
