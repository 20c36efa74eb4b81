from __future__ import annotations

import json
from pathlib import Path

import pytest

from hpm_engine import errors
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.file.driver import load_driver
from hpm_engine.store.rows.steps import MOST_STEPS
from hpm_engine.store.schema.migrations import SCHEMA
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import EpisodeQuery, Part, PartKind, StepFlag, StepSource
from tests.support.store_statements import WITHOUT_NOTES
from tests.support.written_episodes import write


def call(tool: str, flags: StepFlag = StepFlag.NONE, text: str = "{}") -> StepDraft:
    return StepDraft(StepSource.AGENT, (Part(PartKind.CALL, text, tool, "c"),), 1, flags)


# What the first version indexed of each step: the source of calls, with its escapes.
OLD = ((0, "bash {}"), (1, r'edit {"text": "top\nneedle 会议室"}'), (2, "bash {}"))

RECALL_TABLES = (
    *("recall_episodes", "recall_words", "recall_patch", "recall_changed", "recall_touched"),
    *("recall_steps", "changed_files", "recall_hits", "recalls", "episode_use"),
)
PROTOTYPE_TABLES = (
    *("prototype_space", "prototypes", "prototype_members", "cycles"),
    "prototype_marks",
    "refused_cycles",
    "tuned_weights",
)


@pytest.fixture
def old(tmp_path: Path) -> Path:
    """A store as schema 1 left it, with one episode."""
    path = tmp_path / "old.hpm"
    with open_memory(path, create=True) as memory:
        edit = call("edit", text=r'{"text": "top\nneedle 会议室"}')
        write(memory, [call("bash"), edit, call("bash"), call("copied", StepFlag.COPIED)])
    connection = load_driver().connect(str(path))
    for statement in (
        "DROP TABLE saved_searches",
        "DROP TABLE episode_tools",
        *WITHOUT_NOTES,
        "DROP TABLE compressed",
        "DROP TABLE episode_words",
        "DROP INDEX episodes_project",
        "DROP INDEX episodes_continues",
        "DROP TABLE vectors",
        "DROP TABLE index_generations",
        "DROP TABLE encoders",
        "DELETE FROM totals WHERE name = 'vectors_changed'",
        "DROP TABLE aside",
        "DROP TABLE aside_reasons",
        "DROP TABLE unfinished",
        "ALTER TABLE episodes DROP COLUMN title",
        "ALTER TABLE episodes DROP COLUMN agent_title",
        "DROP INDEX episodes_session",
        "DROP INDEX episodes_project_path",
        "ALTER TABLE episodes DROP COLUMN project_path",
        "ALTER TABLE episodes DROP COLUMN session_key",
        "ALTER TABLE sources DROP COLUMN account",
        "DROP TABLE step_fts",
        "ALTER TABLE step_fts_earlier RENAME TO step_fts",
        *(
            f"INSERT INTO step_fts (rowid, did) VALUES ({1 << 24 | seq}, '{text}')"
            for seq, text in OLD
        ),
        *(f"DROP TABLE {name}" for name in RECALL_TABLES + PROTOTYPE_TABLES),
        "DELETE FROM _sqlite_migrations WHERE name <> 'm001_first_schema'",
        "PRAGMA user_version = 1",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


def tools(memory: Memory) -> list[str]:
    return [
        tool
        for (tool,) in memory.internals.database.rows(
            "SELECT tool FROM episode_tools ORDER BY tool"
        )
    ]


@pytest.mark.parametrize("read_only", [True, False])
def test_an_older_store_is_brought_up_to_date_once_and_the_log_says_so(
    old: Path, read_only: bool
) -> None:
    with open_memory(old, read_only=read_only) as memory:
        assert memory.internals.database.pragma("user_version") == SCHEMA
        assert tools(memory) == ["bash", "edit"]
        assert memory.searches.all() == ()
        [row] = [row for row in memory.audit.page() if row.action == "upgrade"]
        assert json.loads(row.detail)["from"] == 1
        assert memory.audit.verify().broken_at is None
    with open_memory(old, read_only=read_only) as again:
        assert [row.action for row in again.audit.page()].count("upgrade") == 1


def test_an_upgrade_that_fails_leaves_the_store_as_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from hpm_engine.store.schema import migrations, upgrade

    def breaks_off(connection: object) -> None:
        migrations.migrate(connection)
        raise load_driver().OperationalError("database or disk is full")

    monkeypatch.setattr(upgrade, "migrate", breaks_off)
    with pytest.raises(errors.CannotWrite, match="no space left"):
        open_memory(old)
    monkeypatch.undo()
    connection = load_driver().connect(str(old))
    assert connection.execute("PRAGMA user_version").fetchone() == (1,)
    connection.close()
    with open_memory(old) as memory:
        assert tools(memory) == ["bash", "edit"]


def test_an_older_store_that_cannot_be_written_says_what_to_do(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path) -> bool:
        return False

    monkeypatch.setattr("hpm_engine.store.file.file_place.folder_is_writable", refuse)
    with pytest.raises(errors.CannotOpen, match=r"earlier version.*Copy the store elsewhere"):
        open_memory(old, read_only=True)


def test_tools_follow_an_episode_that_changes(memory: Memory) -> None:
    write(memory, [call("bash"), call("edit")])
    assert tools(memory) == ["bash", "edit"]
    write(memory, [call("bash"), call("grep"), call("grep")], grown=True)
    assert tools(memory) == ["bash", "grep"]


def count_with(memory: Memory, text: str) -> int:
    return memory.episodes.find(EpisodeQuery(text=text)).hits


def test_what_an_earlier_version_indexed_is_found_before_and_after_it_is_indexed_again(
    old: Path,
) -> None:
    with open_memory(old, read_only=True) as memory:
        assert memory.figures.health().search_waiting == 3
        assert (
            count_with(memory, "bash"),
            count_with(memory, "top"),
            count_with(memory, "bash or top"),
        ) == (
            2,
            1,
            3,
        )
        assert (count_with(memory, "needle"), count_with(memory, "会议")) == (0, 0)
        assert count_with(memory, "re:needle") == 1
    with open_memory(old) as memory:
        assert memory.reindexing.run().steps == 3
        assert memory.figures.health().search_waiting == 0
        assert (
            count_with(memory, "bash"),
            count_with(memory, "top"),
            count_with(memory, "bash or top"),
        ) == (
            2,
            1,
            3,
        )
        assert (
            count_with(memory, "needle"),
            count_with(memory, "会议"),
            count_with(memory, "copied"),
        ) == (
            1,
            1,
            0,
        )
        assert memory.reindexing.run().steps == 0
        assert not memory.figures.health(check=True).problems


def test_indexing_again_that_is_stopped_goes_on_where_it_was(
    old: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.store.schema.reindexing._BATCH", 1)
    with open_memory(old) as memory:
        with pytest.raises(errors.Cancelled):
            memory.reindexing.run(_CancelledAt(2))
        assert 0 < memory.figures.health().search_waiting < 3
        assert (
            count_with(memory, "bash"),
            count_with(memory, "top"),
            count_with(memory, "bash -top"),
        ) == (
            2,
            1,
            2,
        )
        memory.reindexing.run()
        assert memory.figures.health().search_waiting == 0
        assert (
            count_with(memory, "bash"),
            count_with(memory, "needle"),
            count_with(memory, "bash top"),
        ) == (
            2,
            1,
            0,
        )


@pytest.fixture
def unprepared(tmp_path: Path) -> Path:
    """A store of before ß was indexed as ss, hidden characters and Greek accents not at all."""
    path = tmp_path / "earlier.hpm"
    said = ["plain", "Straße", "pass\u200cword", "Ende", "Λόγος"]
    with open_memory(path, create=True) as memory:
        write(memory, [call("bash", text=text) for text in said])
        memory.recall.prepare()
    connection = load_driver().connect(str(path))
    key = 1 << 24
    for statement in (
        "UPDATE episodes SET title = 'Große Straße'",
        f"DELETE FROM step_fts WHERE rowid IN ({key | 1}, {key | 2}, {key | 4})",
        f"INSERT INTO step_fts (rowid, did) VALUES ({key | 4}, 'Λόγος')",
        f"INSERT INTO step_fts (rowid, did) VALUES ({key | 1}, 'Straße')",
        f"INSERT INTO step_fts (rowid, did) VALUES ({key | 2}, 'pass\u200cword')",
        f"INSERT INTO step_fts (rowid, said) VALUES ({key | MOST_STEPS}, 'Große Straße')",
        "DELETE FROM totals WHERE name LIKE 'index_anew_%'",
        *WITHOUT_NOTES,
        "DELETE FROM _sqlite_migrations WHERE name >= 'm019'",
        "PRAGMA user_version = 18",
    ):
        connection.execute(statement)
    connection.commit()
    connection.close()
    return path


@pytest.mark.parametrize("batch", [1, 2, 100])
def test_letters_that_are_prepared_otherwise_since_are_indexed_again(
    unprepared: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.store.schema.reindexing._BATCH", batch)
    with open_memory(unprepared) as memory:
        assert memory.figures.health().search_waiting == 6
        assert memory.recall.unprepared() == 1
        words = ("strasse", "password", "λογος", "plain")
        assert [count_with(memory, word) for word in words] == [0, 0, 0, 1]
        memory.recall.prepare()
        assert memory.figures.health().search_waiting == 0
        words = ("strasse", "STRASSE", "Straße", "STRAẞE", "password", "pass\u200dword")
        words += ("λογος", "Λόγος", "ΛΟΓΟΣ")
        assert [count_with(memory, word) for word in words] == [1] * 9
        assert count_with(memory, "grosse") == 0  # a title is no step
        assert len(memory.episodes.find(EpisodeQuery(text="grosse"))) == 1
        assert [count_with(memory, word) for word in ("plain", "ende", "pass")] == [1, 1, 0]
        assert memory.recall.unprepared() == memory.reindexing.run().steps == 0
        assert not memory.figures.health(check=True).problems


def test_an_episode_rewritten_before_it_is_indexed_again_is_found_once(old: Path) -> None:
    with open_memory(old) as memory:
        steps = [call("bash"), call("grep"), call("edit"), call("bash"), call("new")]
        write(memory, steps, grown=True)
        assert (
            count_with(memory, "top"),
            count_with(memory, "grep"),
            count_with(memory, "bash"),
        ) == (0, 1, 2)
        memory.reindexing.run()
        assert (
            count_with(memory, "top"),
            count_with(memory, "grep"),
            count_with(memory, "bash"),
        ) == (0, 1, 2)


class _CancelledAt(Job):
    """A job that is cancelled when it comes to step ``done``."""

    def __init__(self, done: int) -> None:
        super().__init__()
        self._done = done

    def step(self, done: int, total: int | None = None, note: str = "", unit: str = "") -> None:
        if done >= self._done:
            raise errors.Cancelled
