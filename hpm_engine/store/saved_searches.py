"""Searches kept by name, in the store that they search."""

from __future__ import annotations

import time
from hashlib import sha256

from hpm_engine.audit.chain import canonical_json
from hpm_engine.config import NAME_CHARACTERS
from hpm_engine.errors import BadQuery, NotFound
from hpm_engine.query import parse
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.declaration import Columns, insertion
from hpm_engine.values.episodes import SavedSearch
from hpm_engine.values.reports import Changed

_SEARCH = Columns(SavedSearch, {"name": "name", "text": "text", "saved_at": "saved_at"})
_CHANGED = Changed.SEARCHES | Changed.AUDIT


class SavedSearches:
    """The saved searches of one store; every change is a transaction with its audit row."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit

    def all(self) -> tuple[SavedSearch, ...]:
        """Every saved search, by name."""
        with self._db.reading():
            sql = f"SELECT {_SEARCH.sql} FROM saved_searches ORDER BY name COLLATE NOCASE, name"
            return tuple(_SEARCH.values(self._db.rows(sql)))

    def get(self, name: str) -> SavedSearch:
        """The search of that name; raises ``NotFound``, which names those that there are."""
        searches = {search.name: search for search in self.all()}
        if name in searches:
            return searches[name]
        known = ", ".join(f"“{known}”" for known in searches) or "none yet"
        raise NotFound(f"{self._db.path}: no saved search “{name}”. Saved searches: {known}.")

    def save(self, name: str, text: str) -> Changed:
        """Keep a search under a name, in place of one that had it.

        Raises ``BadQuery`` for a search that cannot be understood, and for an empty or overlong
        name.
        """
        name, text = _name(name), text.strip()
        parse(text)
        if not text:
            raise BadQuery("There is no search to save: type one first.", 0)
        with self._db.writing():
            before = self._text(name)
            if before == text:
                return Changed.NOTHING
            now = time.time_ns() // 1000
            columns = ("name", "text", "saved_at")
            sql = insertion("saved_searches", columns, "INSERT OR REPLACE")
            self._db.execute(sql, (name, text, now))
            self._note("save-search", name, before, text, {"text": text})
        return _CHANGED

    def rename(self, name: str, new: str) -> Changed:
        """Give a search another name; raises ``NotFound``, and ``BadQuery`` for a taken one."""
        new = _name(new)
        with self._db.writing():
            text = self._existing(name)
            if name == new:
                return Changed.NOTHING
            if self._text(new) is not None:
                raise BadQuery(f"There is a saved search “{new}” already; choose another name.", 0)
            self._db.execute("UPDATE saved_searches SET name = ? WHERE name = ?", (new, name))
            self._note("rename-search", name, text, text, {"name": new})
        return _CHANGED

    def delete(self, name: str) -> Changed:
        """Forget a search; raises ``NotFound``. Saving it again puts it back."""
        with self._db.writing():
            text = self._existing(name)
            self._db.execute("DELETE FROM saved_searches WHERE name = ?", (name,))
            self._note("delete-search", name, text, None, {"text": text})
        return _CHANGED

    def _existing(self, name: str) -> str:
        text = self._text(name)
        return self.get(name).text if text is None else text

    def _text(self, name: str) -> str | None:
        sql = "SELECT text FROM saved_searches WHERE name = ?"
        text: str | None = self._db.value(sql, (name,))
        return text

    def _note(
        self, action: str, name: str, before: str | None, after: str | None, detail: dict[str, str]
    ) -> None:
        content = {"search": name} | detail
        self._audit.append(
            action, "search", before=_digest(before), after=_digest(after), content=content
        )


def _digest(text: str | None) -> str:
    return "" if text is None else sha256(canonical_json({"search": text}).encode()).hexdigest()


def _name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > NAME_CHARACTERS.value:
        raise BadQuery(f"A search's name has 1 to {NAME_CHARACTERS.value} characters.", 0)
    return name
