"""The sources of a store as a list: state, size, episodes and account of each, and the sums."""

from __future__ import annotations

import msgspec

from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.aside import sums as aside_sums
from hpm_engine.store.rows.declaration import Columns, ReadBy
from hpm_engine.values.reports import SourceAccount, SourceRow, SourceState, SourceSums

_PLACES = 3


def _account(text: str) -> SourceAccount | None:
    return msgspec.json.decode(text, type=SourceAccount) if text else None


_SOURCE = Columns(
    SourceRow,
    {
        "id": "s.id",
        "path": "s.path",
        "format": "s.format",
        "state": ReadBy("s.state", SourceState),
        "size": "s.size",
        "stored": "s.stored",
        "sha256": "lower(hex(s.sha256))",
        "reason": "s.reason",
        "modified_at": "s.modified_at",
        "imported_at": "s.imported_at",
        "episodes": "(SELECT count(*) FROM episodes e WHERE e.source_id = s.id)",
        "first_episode": "(SELECT min(e.id) FROM episodes e WHERE e.source_id = s.id)",
        "account": ReadBy("s.account", _account),
    },
)


class SourceRows:
    """Lists sources. Writing must happen inside the caller's transaction."""

    def __init__(self, database: Database) -> None:
        self._db = database

    def all(self) -> tuple[SourceRow, ...]:
        """Every source, by path; those set aside are damaged traces."""
        rows = self._db.rows(f"SELECT {_SOURCE.sql} FROM sources s ORDER BY s.path, s.id")
        with self._db.decoding("the list of sources"):
            return tuple(_SOURCE.values(rows))

    def sums(self) -> SourceSums:
        """How many files were read whole, with damaged records, or set aside."""
        whole = damaged = untold = lost = mended = unknown = 0
        places: list[tuple[str, str]] = []
        sql = "SELECT path, account FROM sources WHERE state <> 'aside' ORDER BY id"
        for path, text in self._db.execute(sql):
            with self._db.decoding("the account of a source"):
                account = _account(text)
            if account is None:
                untold += 1
            elif not account.damaged:
                unknown += bool(account.unknown)
                whole += not account.unknown
                mended += account.mended > 0 and not account.unknown
            else:
                damaged += 1
                lost += account.damaged
                first = next((damage for damage in account.places if not damage.mended), None)
                if first and len(places) < _PLACES:
                    places.append((path, f"{first.place}: {first.reason}"))
        aside, size = aside_sums(self._db)
        unreadable = self._db.value("SELECT count(*) FROM sources WHERE state = 'aside'")
        return SourceSums(
            whole=whole,
            mended=mended,
            damaged=damaged,
            damaged_places=lost,
            untold=untold,
            set_aside=aside,
            set_aside_size=size,
            unreadable=unreadable,
            unknown=unknown,
            places=tuple(places),
        )

    def forget_damaged(self, path: str | None) -> int:
        """Remove damaged traces that could not be read: of a path, below it, or all."""
        where, values = "state = 'aside'", []
        if path is not None:
            below = path.rstrip("/") + "/"
            where += " AND (path = ? OR substr(path, 1, ?) = ?)"
            values = [path, len(below), below]
        gone: int = self._db.execute(f"DELETE FROM sources WHERE {where}", values).rowcount
        return gone
