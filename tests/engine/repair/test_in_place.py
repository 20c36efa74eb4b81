"""Every table that follows from others is made again as a fresh one, whatever became of it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine import AuditFilter, Cancelled, Job, open_memory, plan_repair, repair_store
from hpm_engine.cli.root import hpm
from hpm_engine.store.derived.workbench import fresh_schema
from hpm_engine.store.schema.table_purposes import TABLE_PURPOSES
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource
from tests.support.written_episodes import write

WORDS = {
    "step_fts": "said, did, saw, apart",
    "memory_note_words": "name, words",
    "checkpoint_words": "words",
    "recall_words": "words",
    "recall_patch": "patch",
    "recall_changed": "paths",
    "recall_touched": "paths",
    "recall_steps": "words",
}
ROWS = ("episode_tools", "changed_files", "recall_episodes", "episode_words", "totals")
# What stands in a store for itself: nothing else holds it.
TRUE = TABLE_PURPOSES.keys() - WORDS.keys() - set(ROWS) - {"step_fts_earlier"}


def said(source: StepSource, text: str, *, flags: StepFlag = StepFlag.NONE) -> StepDraft:
    return StepDraft(source, (Part(PartKind.MESSAGE, text),), 1, flags)


def edited(path: str) -> StepDraft:
    text = json.dumps({"file_path": path, "old_string": "a = 1", "new_string": "needle_b = 2"})
    return StepDraft(StepSource.AGENT, (Part(PartKind.CALL, text, "Edit", "c"),), 1)


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sound")
    path, note = folder / "s.hpm", folder / "CLAUDE.md"
    note.write_text("Always run the shipwright tests first.\n")
    with open_memory(path, create=True) as memory:
        rules = said(StepSource.SYSTEM, "You are a careful agent.")
        for number in range(6):
            steps = [
                rules,  # repeated: found where it stood first
                said(StepSource.USER, f"please repair harbour number {number}"),
                edited(f"/srv/harbour/dock_{number}.py"),
                said(StepSource.AGENT, "done", flags=StepFlag.ERROR),
            ]
            write(memory, steps, key=f"k{number}", task=f"harbour {number}")
        copied = [said(StepSource.USER, "please repair harbour number 1", flags=StepFlag.COPIED)]
        own = [said(StepSource.USER, "and the lighthouse")]
        write(memory, [rules, *copied, *own], key="copy", continues_key="k1")
        memory.import_paths([note])
        memory.checkpoints.save("thread", b"{}", label="l", text="quay of the harbour")
        memory.recall.prepare()
        memory.compression.compress([1, 2])
    return path


@pytest.fixture
def store(sound: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sound, tmp_path / "s.hpm"))


def contents(path: Path) -> dict[str, object]:
    """Of each derived table its rows; of full text every word with its place."""
    with open_memory(path, read_only=True) as memory:
        database = memory.internals.database
        database.execute("PRAGMA query_only = OFF")
        found: dict[str, object] = {}
        for table in WORDS:
            name = f"temp.{table}_v"
            database.execute(
                f"CREATE VIRTUAL TABLE {name} USING fts5vocab(main, {table}, instance)"
            )
            rows = database.rows(f"SELECT * FROM {name} ORDER BY term, doc, col, offset")
            sizes = database.rows(f"SELECT * FROM {table}_docsize ORDER BY id")
            found[table] = rows, [size[:2] for size in sizes]
        for table in ROWS:
            where = " WHERE name LIKE 'text%'" if table == "totals" else ""
            found[table] = database.rows(f"SELECT * FROM {table}{where} ORDER BY 1, 2")
        found["figures"] = database.rows(
            "SELECT id, steps, agent_steps, errors, hex(digest) FROM episodes ORDER BY id"
        )
        return found


def damage(path: Path, *statements: str) -> None:
    with open_memory(path) as memory:
        database = memory.internals.database
        with database.writing():
            for statement in statements:
                database.execute(statement)


def each(statement: str) -> tuple[str, ...]:
    """The statement for every full-text table."""
    return tuple(
        statement.format(table=table, column=columns.split(", ")[-1])
        for table, columns in WORDS.items()
    )


DAMAGES = {
    "words emptied": each("INSERT INTO {table} ({table}) VALUES ('delete-all')"),
    "words without data": each("DELETE FROM {table}_data"),
    "words of noise": each("UPDATE {table}_data SET block = randomblob(length(block))"),
    "a row less": each("DELETE FROM {table} WHERE rowid = (SELECT min(id) FROM {table}_docsize)"),
    "a row more": each("INSERT INTO {table} (rowid, {column}) VALUES (77, 'planted')"),
    "words gone": each("DROP TABLE {table}"),
    "tables gone": tuple(f"DROP TABLE {table}" for table in ROWS[:3]),
    "tables emptied": tuple(f"DELETE FROM {table}" for table in (*ROWS[:2], "totals")),
    "nothing is prepared": ("DELETE FROM recall_episodes",),
    "forged": (
        "INSERT INTO episode_tools VALUES (1, 'Forged')",
        "UPDATE changed_files SET path = '/elsewhere.py'",
        "UPDATE episode_words SET data = randomblob(60)",
    ),
    "wrong sums": (
        "UPDATE totals SET value = value + 5 WHERE name LIKE 'text%'",
        "UPDATE main.episodes SET errors = errors + 3, steps = 9, agent_steps = 0",
    ),
    "rules gone": ("DROP TRIGGER audit_is_append_only_update", "DROP INDEX episodes_started"),
}


def test_a_sound_store_has_nothing_to_repair(store: Path) -> None:
    before = store.read_bytes()
    with open_memory(store, read_only=True) as memory:
        assert not plan_repair(memory).needed
    with open_memory(store) as memory:
        assert repair_store(memory).items == ()
        assert not memory.audit.page(AuditFilter(action="repair"))
    assert [path.name for path in store.parent.iterdir()] == ["s.hpm"]
    assert len(store.read_bytes()) == len(before)


@pytest.mark.parametrize("name", DAMAGES)
def test_what_was_damaged_is_as_a_fresh_one_again(store: Path, sound: Path, name: str) -> None:
    damage(store, *DAMAGES[name])
    with open_memory(store, read_only=True) as memory:
        plan = plan_repair(memory)
        assert plan.items
        assert not plan.damaged
    with open_memory(store) as memory:
        report = repair_store(memory, plan=plan)
        assert not plan_repair(memory).needed
        assert not memory.figures.health(check=True).problems
        assert memory.audit.count(AuditFilter(action="repair"))
        schema = fresh_schema(memory.internals.database)
        sql = "SELECT name FROM main.sqlite_master WHERE sql <> ''"
        names = {name for (name,) in memory.internals.database.rows(sql)}
        assert schema.keys() <= names
    assert contents(store) == contents(sound)
    assert Path(report.backup).stat().st_mode & 0o777 == 0o600


def test_every_table_is_known_to_be_derived_or_not(sound: Path) -> None:
    with open_memory(sound, read_only=True) as memory:
        rows = memory.internals.database.rows(
            "SELECT name FROM main.sqlite_master WHERE type = 'table'"
        )
    assert set(TABLE_PURPOSES) <= {name for (name,) in rows}
    assert {"episodes", "steps", "parts", "texts", "audit", "settings", "vectors"} <= TRUE


def test_cancelled_or_killed_the_next_one_goes_on(store: Path, sound: Path) -> None:
    damage(store, *(f"INSERT INTO {table} ({table}) VALUES ('delete-all')" for table in WORDS))
    with open_memory(store) as memory:
        job = Job()
        job.cancel()
        with pytest.raises(Cancelled):
            repair_store(memory, job)
    code = (
        "import os, signal, sys; from pathlib import Path; import hpm_engine.derived.service as s\n"
        "from hpm_engine import open_memory, repair_store\n"
        "make, count = s.make_again, int(sys.argv[2])\n"
        "def die(*given):\n"
        "    global count; count -= 1; make(*given)\n"
        "    if not count: os.kill(os.getpid(), signal.SIGKILL)\n"
        "s.make_again = die\n"
        "with open_memory(Path(sys.argv[1])) as memory: repair_store(memory)"
    )
    for count in ("1", "2"):
        subprocess.run([sys.executable, "-c", code, str(store), count])
        with open_memory(store, read_only=True) as memory:
            assert not memory.figures.health(check=True).problems
            assert plan_repair(memory).needed
    with open_memory(store) as memory:
        assert repair_store(memory).items
    after, fresh = contents(store), contents(sound)
    assert after["step_fts"] == fresh["step_fts"]
    assert after["recall_steps"] == fresh["recall_steps"]


def test_doctor_says_what_it_would_do_and_does_it(store: Path) -> None:
    damage(store, "DELETE FROM episode_tools")
    told = CliRunner().invoke(hpm, ["doctor", str(store), "--check"])
    assert told.exit_code == 1
    assert "TO REPAIR: the tools of episodes" in told.output
    done = CliRunner().invoke(hpm, ["doctor", str(store), "--repair"])
    assert done.exit_code == 0, done.output
    assert "Made again: the tools of episodes" in done.output
    again = CliRunner().invoke(hpm, ["doctor", str(store), "--check"])
    assert again.exit_code == 0, again.output


def test_what_is_in_the_trash_is_not_made_findable_again(store: Path) -> None:
    with open_memory(store) as memory:
        memory.trash.put([3, 4])
        assert not plan_repair(memory).items
        memory.internals.database.execute("DELETE FROM step_fts")
        repair_store(memory)
        rows = memory.internals.database.rows("SELECT rowid >> 24 FROM step_fts('harbour')")
        assert {key for (key,) in rows} == {1, 2, 5, 6}
        assert not plan_repair(memory).items
