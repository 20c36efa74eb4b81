"""Rows are read by the names of their columns: what is added in the middle shifts nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.branches import Branches
from hpm_engine.store.evictions import EvictionRows
from hpm_engine.store.figures import stats
from hpm_engine.store.file.database import Database
from hpm_engine.store.file.doctor import examine
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.lesson_rows import lesson_rows
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.store.marks import MarkRows
from hpm_engine.store.recall_log import RecallLog
from hpm_engine.store.rows.compressed import CompressedRows
from hpm_engine.store.rows.declaration import GIVEN, Columns, ReadBy, insertion
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.sources import SourceRows
from hpm_engine.store.schema.migrations import VIRTUAL_TABLES
from hpm_engine.store.schema.table_purposes import TABLE_PURPOSES
from hpm_engine.store.search.recall_scope import ScopeRows
from hpm_engine.store.settings import Settings
from hpm_engine.values.compression import CompressedOrder
from hpm_engine.values.recall import ContextBlock, Hit, Recall, RecallFilter, RecallScope
from hpm_engine.values.vectors import VectorKind
from tests.support.files.traces import trajectory
from tests.support.learned_store import learned_store


class Shelf(msgspec.Struct, frozen=True):
    label: str
    books: int
    is_full: bool
    readers: tuple[str, ...]


SHELF = {"books": "b.count", "label": "b.name", "readers": GIVEN, "is_full": ReadBy("b.full", bool)}


def test_fields_get_their_own_columns_in_whatever_order_these_are_declared() -> None:
    shelves = Columns(Shelf, SHELF)
    assert shelves.sql == "b.name, b.count, b.full, NULL"
    assert shelves.values([("a", 1, 0, None), ("b", 2, 1, None)], readers=[(), ("x",)]) == [
        Shelf("a", 1, False, ()),
        Shelf("b", 2, True, ("x",)),
    ]
    assert shelves.values([], readers=[]) == []


def test_a_field_in_the_middle_of_a_value_takes_one_entry_anywhere() -> None:
    fields = [(field.name, field.type) for field in msgspec.structs.fields(Shelf)]
    longer: Any = msgspec.defstruct("Shelf", [fields[0], ("height", int), *fields[1:]])
    shelves = Columns(longer, {**SHELF, "height": "b.height"})
    assert shelves.sql == "b.name, b.height, b.count, b.full, NULL"
    shelf = shelves.value(("a", 30, 1, 0, None), readers=())
    assert (shelf.label, shelf.height, shelf.books, shelf.is_full) == ("a", 30, 1, False)
    with pytest.raises(ValueError, match="height"):
        Columns(longer, SHELF)
    with pytest.raises(ValueError, match="height"):
        Columns(Shelf, {**SHELF, "height": "b.height"})


def test_a_row_of_other_columns_is_no_value() -> None:
    shelves = Columns(Shelf, SHELF)
    for row in (("a", 1, 0), ("a", 30, 1, 0, None)):
        with pytest.raises(ValueError, match="columns"):
            shelves.value(row, readers=())
    with pytest.raises(ValueError, match="given"):
        shelves.value(("a", 1, 0, None))


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with something in every table that values are read from."""
    path = learned_store(tmp_path_factory.mktemp("columns"), episodes=6)
    with open_memory(path) as memory:
        memory.consolidation.run(400)
        memory.compression.compress([1, 2])
        memory.searches.save("failures", "has:error")
        with memory.internals.database.writing():
            MarkRows(memory.internals.database, memory.internals.log).add_tag([1, 3], "kept")
            RecallLog(memory.internals.database, memory.internals.log).add(
                recalled(memory.internals.database), "a session"
            )
    return path


def recalled(database: Database) -> Recall:
    episode = EpisodeRows(database).get([2])[0]
    hit = Hit(episode, 0.5, episode.tier, (), (), ())
    context = ContextBlock("quoted", 3, 100, (2,))
    return Recall(None, "a cue", RecallScope(), 6, (hit,), (), (), context, ())


def shift(path: Path) -> None:
    """Give every table a column behind its first, as no migration could: all others move."""
    connection = load_driver().connect(str(path), isolation_level=None)
    connection.execute("PRAGMA foreign_keys = OFF")
    connection.execute("PRAGMA legacy_alter_table = ON")
    for table in sorted(TABLE_PURPOSES.keys() - VIRTUAL_TABLES):
        sql = "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql <> '' ORDER BY type = ?"
        [*others, (create,)] = connection.execute(sql, (table, "table")).fetchall()
        names = ", ".join(row[1] for row in connection.execute(f"PRAGMA table_info({table})"))
        head, _, rest = re.sub(r"--[^\n]*", "", create).partition(",")
        connection.execute(f"ALTER TABLE {table} RENAME TO earlier")
        connection.execute(f"{head}, shifted TEXT NOT NULL DEFAULT 'shifted',{rest}")
        connection.execute(f"INSERT INTO {table} ({names}) SELECT {names} FROM earlier")
        connection.execute("DROP TABLE earlier")
        for (statement,) in others:
            connection.execute(statement)
    connection.close()


def values(memory: Memory) -> Iterator[tuple[str, Any]]:
    """What each kind of row is read as, by what it is called."""
    database, log = memory.internals.database, AuditLog(memory.internals.database, "")
    episodes, vectors, cycles = EpisodeRows(database), VectorRows(database), CycleRows(database)
    ids = [key for key, _ in episodes.step_counts()]
    encoder = vectors.current(VectorKind.STEP)
    assert encoder is not None
    yield "episodes", episodes.get(ids)
    yield "details", [episodes.detail(key) for key in ids]
    yield "facets", episodes.facets()
    yield "sessions", [episodes.sessions_of(source.id) for source in SourceRows(database).all()]
    yield "steps", [memory.internals.steps.steps(key, 0, None) for key in ids]
    yield "outlines", [memory.internals.steps.outline(key) for key in ids]
    yield "sources", SourceRows(database).all()
    yield "audit", list(log.walk())
    yield "recalls", RecallLog(database, log).page(0, 10, RecallFilter())
    compressed = CompressedRows(database, log)
    yield "compressed", [compressed.get(key) for key in ids]
    yield "compressed list", compressed.listed(CompressedOrder.LARGEST, 10)
    yield "evictable", EvictionRows(database, log).compressed()
    yield "ranges", EvictionRows(database, log).places([1, 2])
    prototypes = PrototypeRows(database)
    yield "prototypes", (prototypes.all(), prototypes.members(), prototypes.space())
    yield "cycles", (cycles.reports(), cycles.undoable(), cycles.report(1))
    yield "encoders", (vectors.encoders(), vectors.state(VectorKind.STEP))
    yield "vectors", (list(vectors.get(encoder, ids)), list(vectors.since(encoder)))
    yield "standings", ScopeRows(database).standings()
    first = episodes.get(ids)[0]
    yield "branches", Branches(database, memory.internals.steps).of(first.format, first.key)
    yield "searches", memory.searches.all()
    yield "settings", Settings(database, log).all()
    yield "lessons", lesson_rows(database, longest=1000, largest=10**9)
    yield "figures", (stats(database).kept, memory.figures.activity())


def test_columns_in_the_middle_of_every_table_shift_no_value(store: Path) -> None:
    with open_memory(store, read_only=True) as memory:
        before = dict(values(memory))
    assert all(before.values())
    shift(store)
    with open_memory(store, read_only=True) as memory:
        for name, value in values(memory):
            assert value == before[name], name
    more = store.parent / "demo__repo0-0.traj"
    more.write_text(trajectory("another", 5), "utf-8")
    plain = store.parent / "notes.xyz"
    plain.write_text("no trace", "utf-8")
    with open_memory(store) as memory:
        assert memory.import_paths([more, plain]).episodes_added == 1
        memory.encode()
        memory.compression.compress([3])
        memory.consolidation.run(400)
        memory.searches.save("more", "another")
        with memory.internals.database.writing():
            MarkRows(memory.internals.database, memory.internals.log).add_tag([7], "later")
        [episode] = EpisodeRows(memory.internals.database).get([7])
        assert episode.tags == ("later",)
        assert (episode.steps, episode.format) == (before["episodes"][0].steps - 5, "swe-agent")
        assert not examine(memory.internals.database, check=True, job=Job()).problems


def test_a_written_row_names_its_columns() -> None:
    assert insertion("tags", ("episode_id", "name")) == (
        "INSERT INTO tags (episode_id, name) VALUES (?, ?)"
    )
