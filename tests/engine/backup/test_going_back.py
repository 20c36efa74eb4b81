from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine import (
    AuditFilter,
    Cancelled,
    CannotWrite,
    HPMError,
    Job,
    StoreBusy,
    back_up,
    go_back,
    open_memory,
    preview_restore,
)
from hpm_engine.cli.root import hpm
from hpm_engine.memory import Memory
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource
from tests.support.store_statements import WITHOUT_BACKUPS, change
from tests.support.written_episodes import write


def say(text: str) -> list[StepDraft]:
    return [StepDraft(StepSource.USER, (Part(PartKind.MESSAGE, text),), 1)]


def keys(memory: Memory) -> list[str]:
    rows = memory.internals.database.rows("SELECT key FROM episodes ORDER BY key")
    return [key for (key,) in rows]


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "s.hpm"
    with open_memory(path, create=True) as memory:
        write(memory, say("first words"), key="first")
        write(memory, say("second words"), key="second")
        back_up(memory, tmp_path / "backup.hpm")
        write(memory, say("third words"), key="third", task="third words")
        write(memory, [*say("second words"), *say("and more")], key="second")
        memory.settings.set("colour", "red")
    return path


def test_what_would_come_and_go_is_said_and_nothing_is_changed(store: Path) -> None:
    backup = store.with_name("backup.hpm")
    before = {path.name: path.read_bytes() for path in (store, backup)}
    preview = preview_restore(store, backup)
    assert [each.name for each in preview.lost] == ["third words"]
    assert (preview.lost_count, preview.back_count, preview.other_count) == (1, 0, 1)
    assert preview.is_prefix
    assert preview.now is not None
    assert preview.log_rows_lost == preview.now.audit_rows - preview.then.audit_rows
    assert {path.name: path.read_bytes() for path in (store, backup)} == before
    assert names(store.parent) == ["backup.hpm", "s.hpm"]


def test_the_store_is_as_it_was_and_its_log_says_so(store: Path) -> None:
    with open_memory(store) as memory:
        rows, head = memory.internals.log.head()
    restored = go_back(store, store.with_name("backup.hpm"), actor="somebody")
    with open_memory(store, read_only=True) as memory:
        assert keys(memory) == ["first", "second"]
        assert "colour" not in memory.settings.all()
        [row] = memory.audit.page(AuditFilter(action="restore backup"))
        detail = json.loads(row.detail)
        assert row.actor == "somebody"
        assert (detail["before_rows"], detail["before_head"]) == (rows, head)
        assert detail["is_prefix"]
        assert not memory.figures.health(check=True).problems
        assert [each.path for each in memory.backups.all()] == [str(store.with_name("backup.hpm"))]
    with open_memory(Path(restored.aside), read_only=True) as aside:
        assert keys(aside) == ["first", "second", "third"]
        assert aside.internals.log.head() == (rows, head)
    assert Path(restored.aside).stat().st_mode & 0o777 == 0o600
    assert store.stat().st_mode & 0o777 == 0o600
    assert Path(restored.aside).stat().st_nlink == 1
    again = go_back(store, Path(restored.aside))  # and forth
    with open_memory(store) as memory:
        assert keys(memory) == ["first", "second", "third"]
        assert memory.audit.verify().broken_at is None
    assert again.aside != restored.aside


def test_it_is_not_done_while_another_program_has_the_store_open(store: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from hpm_engine import open_memory\n"
        "memory = open_memory(Path(sys.argv[1]), read_only=sys.argv[2] == 'r')\n"
        "memory.settings.all(); print('open', flush=True); time.sleep(60)"
    )
    for how in ("r", "w"):
        command = [sys.executable, "-c", code, str(store), how]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as other:
            try:
                assert other.stdout is not None
                assert other.stdout.readline()
                before = names(store.parent)
                with pytest.raises(StoreBusy, match="another program has this store open") as said:
                    go_back(store, store.with_name("backup.hpm"))
                if sys.platform == "linux":
                    assert f"process {other.pid}" in str(said.value)
                assert names(store.parent) == before
            finally:
                other.kill()
    with open_memory(store) as memory:
        assert "third" in keys(memory)


def test_what_a_killed_program_left_in_its_log_is_kept_aside(store: Path) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path; from hpm_engine import open_memory\n"
        "memory = open_memory(Path(sys.argv[1])); memory.internals.database._folded = 9e99\n"
        "memory.settings.set('colour', 'blue'); os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(store)])
    assert store.with_name("s.hpm-wal").exists()
    restored = go_back(store, store.with_name("backup.hpm"))
    with open_memory(store) as memory:
        assert "colour" not in memory.settings.all()
        assert not memory.figures.health(check=True).problems
    with open_memory(Path(restored.aside)) as aside:
        assert aside.settings.all()["colour"] == "blue"


def test_a_damaged_or_missing_store_comes_back(store: Path) -> None:
    backup = store.with_name("backup.hpm")
    content = bytearray(store.read_bytes())
    content[:4096] = b"\0" * 4096
    store.write_bytes(content)
    store.with_name("s.hpm-wal").write_bytes(b"stale")
    assert "not an HPM store" in preview_restore(store, backup).reason
    restored = go_back(store, backup)
    assert Path(restored.aside).read_bytes() == content
    with open_memory(store) as memory:
        assert keys(memory) == ["first", "second"]
    store.unlink()
    assert preview_restore(store, backup).now is None
    assert go_back(store, backup).aside == ""
    with open_memory(store) as memory:
        assert not memory.figures.health(check=True).problems


def test_another_store_or_a_damaged_backup_leaves_it_as_it_was(store: Path) -> None:
    other, backup = store.with_name("other.hpm"), store.with_name("backup.hpm")
    open_memory(other, create=True).close()
    before = store.read_bytes()
    with pytest.raises(CannotWrite, match="of another store"):
        go_back(store, other)
    with pytest.raises(CannotWrite, match="the store itself"):
        go_back(store, store)
    job = Job()
    job.cancel()
    with pytest.raises(Cancelled):
        go_back(store, backup, job)
    content = bytearray(backup.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 20_000] = os.urandom(20_000)
    backup.write_bytes(content)
    with pytest.raises(HPMError):
        go_back(store, backup)
    with open_memory(store) as memory:
        assert keys(memory) == ["first", "second", "third"]
    assert names(store.parent) == ["backup.hpm", "other.hpm", "s.hpm"]
    assert len(store.read_bytes()) == len(before)


def test_a_backup_of_an_earlier_version_is_left_as_it_is(store: Path) -> None:
    backup = store.with_name("backup.hpm")
    change(backup, *WITHOUT_BACKUPS, "PRAGMA user_version = 26")
    before = backup.read_bytes()
    assert preview_restore(store, backup).lost_count == 1
    go_back(store, backup)
    assert backup.read_bytes() == before
    with open_memory(store) as memory:
        assert keys(memory) == ["first", "second"]


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("moment", ["os.link", "Path.replace", "going_back._drop_caches"])
def test_killed_at_any_moment_one_of_both_is_there_whole(store: Path, moment: str) -> None:
    code = (
        "import os, signal, sys; from pathlib import Path\n"
        "from hpm_engine.backup import going_back\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        f"{moment} = die\n"
        "going_back.go_back(Path(sys.argv[1]), Path(sys.argv[2]))"
    )
    backup = store.with_name("backup.hpm")
    killed = subprocess.run([sys.executable, "-c", code, str(store), str(backup)])
    assert killed.returncode == -signal.SIGKILL
    there = ["first", "second"] if "caches" in moment else ["first", "second", "third"]
    with open_memory(store) as memory:
        assert keys(memory) == there
        assert not memory.figures.health(check=True).problems
    go_back(store, backup)
    assert all(path.stat().st_nlink == 1 for path in store.parent.iterdir())
    assert not [name for name in names(store.parent) if "unfinished" in name]


def test_the_command_looks_first(store: Path) -> None:
    backup = store.with_name("backup.hpm")
    looked = CliRunner().invoke(hpm, ["restore-backup", str(store), str(backup)])
    assert looked.exit_code == 0, looked.output
    assert "third words" in looked.output
    assert "--yes goes back" in looked.output
    with open_memory(store, read_only=True) as memory:
        assert "third" in keys(memory)
    done = CliRunner().invoke(hpm, ["restore-backup", str(store), str(backup), "--yes"])
    assert done.exit_code == 0, done.output
    assert "before-restore" in done.output
