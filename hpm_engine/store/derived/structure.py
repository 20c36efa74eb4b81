"""Tables, indexes and triggers that a store should have, and rows that cannot be what they are."""

from __future__ import annotations

import re

from hpm_engine.job import Job
from hpm_engine.store.derived.workbench import fresh_schema
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.doctor import interruptible
from hpm_engine.store.search.search_index import TABLES

_SHADOW = ("_data", "_idx", "_docsize", "_config", "_content")
_OF_INDEX = re.compile(r"(?:missing from|entries in|non-unique entry in) index ")
_INDEX = re.compile(r"(CREATE (?:UNIQUE )?INDEX )")
_OF_WORDS = re.compile(r"FTS5 table|fts5: |malformed inverted index")
_ODD_VECTORS = (
    "SELECT v.id FROM vectors v LEFT JOIN encoders e ON e.id = v.encoder_id"
    " WHERE e.id IS NULL OR v.episode_id NOT IN (SELECT id FROM main.episodes)"
    " OR length(v.positions) % 4 OR length(v.data) <> length(v.positions) / 4 * 2 * e.dimension"
)


def missing(database: Database) -> list[str]:
    """The names of what lacks."""
    there = {name for (name,) in database.rows("SELECT name FROM main.sqlite_master")}
    return [name for name in fresh_schema(database) if name not in there and not _shadow(name)]


def make_missing(database: Database) -> list[str]:
    """Make what lacks, empty; inside the caller's transaction. Gives the names."""
    schema, names = fresh_schema(database), missing(database)
    for kind in ("table", "index", "trigger"):
        for name in names:
            if schema[name][0] == kind:
                # Not by the name alone: a view that hides episodes has that of a table.
                sql = _INDEX.sub(r"\1main.", schema[name][1], count=1)
                database.execute(sql)
    return names


def bad_indexes(database: Database, job: Job) -> bool:
    """Whether SQLite's check finds an index that is not that of its table."""
    return any(_OF_INDEX.search(text) for text in _checked(database, job))


def page_fault(database: Database, job: Job) -> str:
    """What SQLite's check says of the pages themselves, not of what follows from them."""
    try:
        texts = _checked(database, job)
    except database.driver.DatabaseError as error:
        if str(error) == "interrupted":
            raise
        return str(error)
    made = (text for text in texts if not _OF_INDEX.search(text) and not _OF_WORDS.search(text))
    return next(made, "")


def _checked(database: Database, job: Job) -> list[str]:
    with interruptible(database, job, "checking every page"):
        try:
            rows = database.rows("PRAGMA integrity_check")
        except (database.driver.DatabaseError, MemoryError) as error:
            if "fts5" not in str(error) and not isinstance(error, MemoryError):
                raise
            rows = _checked_by_table(database)  # full text is no reason to know nothing of the rest
    return [text for (text,) in rows if text != "ok"]


def _checked_by_table(database: Database) -> list[tuple[str]]:
    sql = "SELECT name FROM main.sqlite_master WHERE type = 'table' AND rootpage"
    names = [name for (name,) in database.rows(sql) if name.isidentifier()]
    return [row for name in names for row in database.rows(f"PRAGMA integrity_check({name})")]


def make_indexes(database: Database) -> None:
    """Write every index anew; inside the caller's transaction."""
    database.execute("REINDEX")


def odd_vectors(database: Database) -> int:
    """How many rows of vectors cannot be what they say."""
    return len(database.rows(_ODD_VECTORS))


def drop_odd_vectors(database: Database) -> None:
    """Forget them; inside the caller's transaction: encoding makes them again."""
    database.execute(f"DELETE FROM vectors WHERE id IN ({_ODD_VECTORS})")
    database.execute("DELETE FROM index_generations")


def indexed_earlier(database: Database) -> bool:
    """Whether an earlier version indexed some of the steps, so that the index is another."""
    anew = (
        "SELECT count(*) FROM step_fts_docsize WHERE"
        " id > (SELECT value FROM totals WHERE name = 'index_anew_after')"
        " AND id <= (SELECT value FROM totals WHERE name = 'index_anew_last')"
    )
    earlier = f"SELECT count(*) FROM {TABLES[1]}_docsize"
    return bool(database.value(earlier) or database.value(anew))


def index_is_of_today(database: Database) -> None:
    """Note that no step waits to be indexed again; inside the caller's transaction."""
    sql = "UPDATE totals SET value = (SELECT coalesce(max(id), 0) FROM steps)"
    database.execute(f"{sql} WHERE name = 'index_anew_after'")


def evicted(database: Database, episode_id: int) -> bool:
    """Whether an episode's whole text went."""
    sql = "SELECT 1 FROM compressed WHERE episode_id = ? AND evicted_at IS NOT NULL"
    return bool(database.value(sql, (episode_id,)))


def prepared(database: Database) -> list[tuple[int, bytes, str]]:
    """The episodes that recall's tables speak for as they are now: number, digest, folder."""
    return database.rows(
        "SELECT e.id, e.digest, e.cwd FROM main.episodes e JOIN main.recall_episodes r"
        " ON r.episode_id = e.id AND r.digest = e.digest ORDER BY e.id"
    )


def prepared_words(database: Database) -> list[tuple[int, bytes, str]]:
    """The episodes whose words are kept as they are now: number, digest, folder."""
    return database.rows(
        "SELECT e.id, e.digest, e.cwd FROM main.episodes e JOIN main.episode_words w"
        " ON w.episode_id = e.id AND w.digest = e.digest ORDER BY e.id"
    )


def all_states(database: Database) -> list[tuple[int, bytes, str]]:
    """Every episode as it is now: number, digest, folder."""
    return database.rows("SELECT id, digest, cwd FROM main.episodes ORDER BY id")


def outdated(database: Database, table: str) -> bool:
    """Whether a table still speaks of earlier states, which the next preparing takes out."""
    sql = (
        f"SELECT 1 FROM main.{table} t LEFT JOIN main.episodes e ON e.id = t.episode_id"
        " WHERE t.digest IS NOT e.digest LIMIT 1"
    )
    return bool(database.value(sql))


def _shadow(name: str) -> bool:
    return name.endswith(_SHADOW)
