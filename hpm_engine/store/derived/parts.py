"""The derived tables of a store, and how each is made from what it follows from."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.job import Job
from hpm_engine.store.derived.workbench import DerivedPart, fresh_totals
from hpm_engine.store.encoded_step import KIND_CODE, encode_step
from hpm_engine.store.file.database import Database
from hpm_engine.store.leaving import draft_of
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.copied_words import CopiedWords
from hpm_engine.store.search.search_index import TABLES, SearchIndex, searchable
from hpm_engine.store.texts import Texts
from hpm_engine.values.episodes import PartKind, StepFlag
from hpm_engine.words.calls import plain_words
from hpm_engine.words.scripts import segmented

_COPIED = int(StepFlag.COPIED)
_ERROR = int(StepFlag.ERROR)
_SHORT = 12  # bytes of a digest: enough to tell texts apart


def searched_episodes(database: Database) -> list[tuple[int, int]]:
    """Every episode with its number of steps, but for those in the trash, which none finds."""
    return database.rows(
        "SELECT id, steps FROM main.episodes"
        " WHERE id NOT IN (SELECT episode_id FROM main.trash) ORDER BY id"
    )


def titles_of(database: Database, episode_id: int) -> str:
    """The names that an episode was given, one a line."""
    sql = "SELECT title, agent_title FROM main.episodes WHERE id = ?"
    return "\n".join(filter(None, database.rows(sql, (episode_id,))[0]))


def _index_steps(database: Database, job: Job) -> None:
    """As an import does, in the order of the episodes' numbers."""
    index = SearchIndex(database)
    steps = StepRows(database, Texts(database), index)
    seen: set[bytes] = set()
    episodes = searched_episodes(database)
    for done, (episode_id, count) in enumerate(episodes):
        job.step(done, len(episodes), "making the full text of steps again", "episodes")
        for step in steps.each(episode_id, count):
            encoded = encode_step(draft_of(step))
            new = {digest for digest in encoded.digests if digest[:_SHORT] not in seen}
            seen.update(digest[:_SHORT] for digest in encoded.digests)
            row = searchable(step_id(episode_id, step.seq), encoded, new)
            index.add([] if row is None else [row])
        if titles := titles_of(database, episode_id):
            index.name(step_id(episode_id, MOST_STEPS), titles, anew=False)
    index.flush()
    copied = CopiedWords(database, steps)
    for episode_id, _ in episodes:
        first, last = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
        sql = "SELECT 1 FROM steps WHERE id BETWEEN ? AND ? AND flags & ? LIMIT 1"
        if database.value(sql, (first, last, _COPIED)):
            copied.settle(episode_id)


def _note_tools(database: Database, job: Job) -> None:
    job.step(0, note="listing the tools of episodes")
    database.execute(
        "INSERT INTO episode_tools (episode_id, tool)"
        " SELECT DISTINCT p.step_id >> 24, p.name FROM parts p JOIN steps s ON s.id = p.step_id"
        " WHERE p.kind = ? AND p.name <> '' AND NOT s.flags & ?"
        " AND p.step_id >> 24 IN (SELECT id FROM main.episodes)",
        (KIND_CODE[PartKind.CALL], _COPIED),
    )


def _index_notes(database: Database, job: Job) -> None:
    rows = database.execute(
        "SELECT n.id, n.name, n.title, n.type, v.text FROM memory_notes n"
        " JOIN memory_note_versions v ON v.note_id = n.id WHERE v.number ="
        " (SELECT max(number) FROM memory_note_versions WHERE note_id = n.id) ORDER BY n.id"
    )
    for done, (key, name, title, kind, text) in enumerate(list(rows)):
        job.step(done, note="making the words of notes again", unit="notes")
        words = segmented(" ".join((name, title, kind))), segmented(plain_words(text))
        sql = "INSERT INTO memory_note_words (rowid, name, words) VALUES (?, ?, ?)"
        database.execute(sql, (key, *words))


def _index_checkpoints(database: Database, job: Job) -> None:
    rows = database.rows("SELECT id, text FROM checkpoints WHERE text <> '' ORDER BY id")
    for done, (key, text) in enumerate(rows):
        job.step(done, len(rows), "making the words of checkpoints again", "checkpoints")
        sql = "INSERT INTO checkpoint_words (rowid, words) VALUES (?, ?)"
        database.execute(sql, (key, segmented(plain_words(text))))


STEP_WORDS = DerivedPart("the full text of steps", TABLES, _index_steps, {})
TOOLS = DerivedPart("the tools of episodes", ("episode_tools",), _note_tools, {})
# A title that changed alone is found from the note's next wording on: it does not tell.
NOTE_WORDS = DerivedPart(
    "the words of agents' notes",
    ("memory_note_words",),
    _index_notes,
    {"memory_note_words": ("words",)},
)
CHECKPOINT_WORDS = DerivedPart(
    "the words of checkpoints", ("checkpoint_words",), _index_checkpoints, {}
)


# -- sums, which have no table of their own --------------------------------------------------------

_SUMS = {
    "text_size": "SELECT coalesce(sum(size), 0) FROM texts",
    "text_stored": "SELECT coalesce(sum(length(data)), 0) FROM texts",
}
_OF = "s.id BETWEEN e.id << 24 AND (e.id << 24) + 16777214"
_FIGURES = {
    "steps": f"(SELECT count(*) FROM steps s WHERE {_OF})",
    "agent_steps": (
        f"(SELECT count(*) FROM steps s WHERE {_OF} AND s.source = 1 AND NOT s.flags & {_COPIED})"
    ),
    "errors": (
        f"(SELECT count(*) FROM steps s WHERE {_OF} AND s.flags & {_ERROR}"
        f" AND NOT s.flags & {_COPIED})"
    ),
}


def wrong_sums(database: Database) -> Iterator[tuple[str, str]]:
    """Sums that are not those of what they sum up: what, and in words how."""
    totals = dict(database.rows("SELECT name, value FROM totals"))
    for name, sql in _SUMS.items():
        value = database.value(sql)
        if totals.get(name) != value:
            yield "the sums of texts", f"{name} is {totals.get(name)}, and {value} by its rows"
    if lacking := sorted({name for name, _ in fresh_totals(database)} - totals.keys()):
        yield "the sums of texts", f"{', '.join(lacking)} lack"
    wrong = " OR ".join(f"e.{name} <> {sql}" for name, sql in _FIGURES.items())
    count = database.value(f"SELECT count(*) FROM main.episodes e WHERE {wrong}")
    if count:
        yield "the figures of episodes", f"{count:,} episodes have others than their steps say"


def put_sums_right(database: Database) -> None:
    """Write them anew; inside the caller's transaction."""
    sql = "INSERT OR IGNORE INTO totals (name, value) VALUES (?, ?)"
    database.connection.executemany(sql, fresh_totals(database))
    for name, sql in _SUMS.items():
        statement = "INSERT OR REPLACE INTO totals (name, value) VALUES (?, ?)"
        database.execute(statement, (name, database.value(sql)))
    # Whatever an index has seen is another number from now on.
    database.execute(
        "INSERT INTO totals (name, value) VALUES ('vectors_changed', 1)"
        " ON CONFLICT (name) DO UPDATE SET value = value + 1"
    )
    wrong = " OR ".join(f"e.{name} <> {sql}" for name, sql in _FIGURES.items())
    sets = ", ".join(f"{name} = {sql}" for name, sql in _FIGURES.items())
    database.execute(f"UPDATE main.episodes AS e SET {sets} WHERE {wrong}")
