from __future__ import annotations

import json
import os
import shutil
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from msgspec import structs

from hpm_engine import BackupPlan, BadQuery, Every, KnownBackup, keep_backups
from hpm_engine.backup.turns import kept, rotate
from hpm_engine.cli.root import hpm
from hpm_engine.memory import Memory, open_memory

_DAY = 86_400_000_000
_HOUR = _DAY // 24


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "s.hpm"
    open_memory(path, create=True).close()
    return path


def plan(memory: Memory, folder: Path, **changes: object) -> None:
    chosen = BackupPlan(Every.HOUR, str(folder), last=2, daily=0, weekly=0)
    memory.backups.set_plan(structs.replace(chosen, **changes))


def later(memory: Memory) -> None:
    """All that was made is an hour and a second older."""
    database = memory.internals.database
    with database.writing():
        for column in ("made_at", "begun_at"):
            database.execute(f"UPDATE backups SET {column} = {column} - ?", (_HOUR + 1_000_000,))
        database.execute("UPDATE backup_plan SET tried_at = tried_at - ?", (_HOUR + 1_000_000,))


def made(memory: Memory) -> str:
    turn = keep_backups(memory)
    assert turn is not None
    assert turn.failure == ""
    path = Path(turn.path)
    aged = path.with_name(f"{time.time_ns()}.hpm")  # so that two fall into one second
    path.rename(aged)
    database = memory.internals.database
    with database.writing():
        database.execute("UPDATE backups SET path = ? WHERE path = ?", (str(aged), turn.path))
    later(memory)
    return str(aged)


def test_a_backup_is_made_when_it_is_due_and_the_oldest_goes(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "backups"
    with open_memory(store) as memory:
        assert keep_backups(memory) is None
        plan(memory, folder)
        first, second, third = (made(memory) for _ in range(3))
        assert folder.stat().st_mode & 0o777 == 0o700
        assert not Path(first).exists()
        assert {backup.path for backup in memory.backups.all()} == {second, third}
        turn = keep_backups(memory)
        assert turn is not None
        assert turn.removed == (second,)
        assert keep_backups(memory) is None
        assert memory.audit.verify().broken_at is None


def test_what_is_pinned_by_hand_or_another_file_stays(store: Path, tmp_path: Path) -> None:
    with open_memory(store) as memory:
        plan(memory, tmp_path, last=1)
        pinned, replaced, unlike, last = (made(memory) for _ in range(4))
        assert not any(Path(path).exists() for path in (pinned, replaced, unlike))
        plan(memory, tmp_path, last=9)
        pinned, replaced, unlike = (made(memory) for _ in range(3))
        by_path = {backup.path: backup.id for backup in memory.backups.all()}
        memory.backups.pin(by_path[pinned])
        Path(replaced).write_bytes(b"somebody's own file")
        shutil.copy(store, unlike)  # the store itself, as somebody copied it
        plan(memory, tmp_path, last=1)
        newest = made(memory)
        assert not Path(last).exists()
        assert all(Path(path).exists() for path in (pinned, replaced, unlike, newest, store))
        memory.backups.pin(by_path[pinned], pinned=False)
        assert rotate(memory) == (pinned,)


def test_what_is_gone_is_known_until_its_folder_is_there(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    with open_memory(store) as memory:
        plan(memory, folder)
        made(memory)
        folder.rename(tmp_path / "away")
        rotate(memory)
        assert len(memory.backups.all()) == 1
        assert not memory.backups.existing()
        folder.mkdir()
        rotate(memory)
        assert not memory.backups.all()


def test_a_failure_is_noted_and_tried_again_within_the_hour(store: Path, tmp_path: Path) -> None:
    away = tmp_path / "away" / "backups"
    with open_memory(store) as memory:
        plan(memory, away)
        turn = keep_backups(memory)
        assert turn is not None
        assert "is not there" in turn.failure
        assert memory.backups.plan().failure == turn.failure
        assert not memory.backups.all()
        assert keep_backups(memory) is None
        away.mkdir(parents=True)
        later(memory)
        made(memory)
        assert memory.backups.plan().failure == ""


def test_two_programs_make_one_backup(store: Path, tmp_path: Path) -> None:
    with open_memory(store) as memory, open_memory(store) as other:
        plan(memory, tmp_path / "backups")
        assert memory.backups.due()
        assert other.backups.due()
        assert keep_backups(memory) is not None
        assert keep_backups(other) is None


def test_a_clock_that_was_put_back_does_not_stop_backups(store: Path, tmp_path: Path) -> None:
    with open_memory(store) as memory:
        plan(memory, tmp_path / "backups")
        assert keep_backups(memory) is not None
        database = memory.internals.database
        with database.writing():
            database.execute("UPDATE backups SET made_at = made_at + ?", (9 * _DAY,))
            database.execute("UPDATE backup_plan SET tried_at = tried_at + ?", (9 * _DAY,))
        assert memory.backups.due()


def test_days_and_weeks_keep_their_newest() -> None:
    noon = 20_000 * _DAY + 12 * _HOUR  # a Friday
    backups = [
        KnownBackup(number, f"/{number}", at, 1, "", 1, "", planned=True, pinned=number == 9)
        for number, at in enumerate(
            noon - hours * _HOUR for hours in (0, 1, 2, 24, 25, 48, 200, 201, 400, 900)
        )
    ]
    chosen = BackupPlan(Every.HOUR, "/", last=1, daily=0, weekly=0)
    assert kept(backups, chosen) == {0, 9}
    assert kept(backups, structs.replace(chosen, daily=3)) == {0, 3, 5, 9}
    assert kept(backups, structs.replace(chosen, weekly=3)) == {0, 6, 8, 9}


def test_a_plan_that_cannot_be_kept_is_said_to_be_none(store: Path) -> None:
    with open_memory(store) as memory:
        for wrong in (BackupPlan(Every.DAY, "relative"), BackupPlan(Every.DAY, "/x", last=0)):
            with pytest.raises(BadQuery):
                memory.backups.set_plan(wrong)


def test_the_command_plans_lists_and_pins(store: Path, tmp_path: Path) -> None:
    def run(*arguments: str) -> str:
        done = CliRunner().invoke(hpm, [arguments[0], str(store), *arguments[1:]])
        assert done.exit_code == 0, done.output
        return done.output

    assert "No backups are known" in run("backups")
    run("backups", "--every", "day", "--last", "2")
    assert "backed up to" in run("run", "--once")
    answer = json.loads(run("backups", "--json"))
    [backup] = answer["backups"]
    assert Path(backup["path"]).parent == tmp_path / "s-backups"
    assert answer["plan"]["every"] == "day"
    assert "pinned" in run("backups", "--pin", str(backup["id"]))
    os.unlink(backup["path"])
    assert "gone" in run("backups")
    assert "never" in run("backups", "--every", "never")
