"""The store in figures: totals and sizes."""

from __future__ import annotations

from typing import Any

from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.settled import KEPT, LEARNED
from hpm_engine.store.rows.declaration import Columns
from hpm_engine.values.episodes import Kept
from hpm_engine.values.reports import EpisodeFigures, Stats, TableSize

_FIGURES = Columns(
    EpisodeFigures,
    {
        "episodes": "count(*)",
        "steps": "coalesce(sum(e.steps), 0)",
        "text_size": "coalesce(sum(e.text_size), 0)",
    },
)


def stats(database: Database) -> Stats:
    """Counts and bytes of everything; reads no text."""
    episodes, subagents, errors, pinned, steps, first, last = database.rows(
        "SELECT count(*), coalesce(sum(parent_key <> ''), 0), coalesce(sum(errors), 0),"
        " coalesce(sum(pinned), 0), coalesce(sum(steps), 0), min(started_at), max(ended_at)"
        " FROM episodes"
    )[0]
    sources, aside, raw_size, raw_stored = database.rows(
        "SELECT count(*), coalesce(sum(state = 'aside'), 0), coalesce(sum(size), 0),"
        " coalesce(sum(stored), 0) FROM sources"
    )[0]
    totals = dict(database.rows("SELECT name, value FROM totals"))
    return Stats(
        episodes=episodes,
        subagents=subagents,
        steps=steps,
        errors=errors,
        pinned=pinned,
        sources=sources,
        set_aside=aside + database.value("SELECT count(*) FROM aside"),
        raw_size=raw_size,
        raw_stored=raw_stored,
        text_size=totals.get("text_size", 0),
        text_stored=totals.get("text_stored", 0),
        file_size=file_size(database),
        first_at=first,
        last_at=last,
        kept=_kept(database),
        learned=_learned(database),
        formats=_pairs(database, "format"),
        outcomes=_pairs(database, "outcome"),
    )


def _kept(database: Database) -> dict[Kept, EpisodeFigures]:
    rows = database.rows(f"SELECT {KEPT}, {_FIGURES.sql} FROM episodes e GROUP BY 1")
    figures = dict(
        zip((kept for kept, *_ in rows), _FIGURES.values(row[1:] for row in rows), strict=True)
    )
    return {kept: figures.get(kept, EpisodeFigures(0, 0, 0)) for kept in Kept}


def _learned(database: Database) -> EpisodeFigures:
    sql = f"SELECT {_FIGURES.sql} FROM episodes e WHERE {LEARNED}"
    return _FIGURES.value(database.rows(sql)[0])


def _pairs(database: Database, column: str) -> tuple[tuple[str, int], ...]:
    sql = f"SELECT {column}, count(*) FROM episodes GROUP BY 1 ORDER BY 2 DESC, 1"
    return tuple((name, count) for name, count in database.rows(sql))


def file_size(database: Database) -> int:
    """Bytes of the store file and its WAL."""
    names = (database.file.name, database.file.name + "-wal")
    paths = [database.file.with_name(name) for name in names]
    return sum(path.stat().st_size for path in paths if path.exists())


def table_sizes(database: Database) -> tuple[TableSize, ...]:
    """Where the bytes are. This SQLite cannot count pages by table, so the rest is a remainder."""
    content = {
        "raw bytes (zstd)": database.rows("SELECT count(*), coalesce(sum(stored), 0) FROM sources"),
        "texts (zstd)": database.rows(
            "SELECT (SELECT count(*) FROM texts), coalesce(sum(value), 0) FROM totals"
            " WHERE name = 'text_stored'"
        ),
        "search index": database.rows(
            "SELECT (SELECT count(*) FROM step_fts_docsize)"
            " + (SELECT count(*) FROM step_fts_earlier_docsize), coalesce(sum(length(block)), 0)"
            " FROM (SELECT block FROM step_fts_data"
            " UNION ALL SELECT block FROM step_fts_earlier_data)"
        ),
        "checkpoints (zstd)": database.rows(
            "SELECT count(*), coalesce(sum(length(data)), 0) FROM state_pieces"
        ),
        "audit log": database.rows(
            "SELECT count(*), coalesce(sum(length(detail) + length(subject) + 330), 0) FROM audit"
        ),
    }
    sizes = [TableSize(name, rows=count, size=size) for name, [(count, size)] in content.items()]
    used = database.pragma("page_size") * (
        database.pragma("page_count") - database.pragma("freelist_count")
    )
    rows = database.value("SELECT coalesce(sum(steps), 0) FROM episodes")
    rest = max(0, used - sum(size.size for size in sizes))
    return (*sizes, TableSize("episodes, steps, parts and indexes", rows, rest))


def file_contents(database: Database) -> list[tuple[Any, ...]]:
    """What there is of each file: its path, its digest, and its episode's key, digest and steps.

    Last how many rows of the search index its steps have.
    """
    return database.rows(
        "SELECT s.path, hex(s.sha256), e.key, hex(e.digest), e.steps, (SELECT count(*) FROM"
        " step_fts_docsize d WHERE d.id BETWEEN e.id << 24 AND (e.id << 24) + 16777215)"
        " FROM sources s JOIN episodes e ON e.source_id = s.id"
    )


def analyze(database: Database) -> None:
    """Let SQLite's planner count what the tables hold, as it never does by itself."""
    database.execute("ANALYZE")


def has_vectors(database: Database) -> bool:
    """Whether there are any vectors, by whichever encoder; loads nothing of what makes them."""
    return bool(database.value("SELECT EXISTS (SELECT 1 FROM vectors)"))
