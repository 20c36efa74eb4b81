from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import pytest
from click.testing import CliRunner

from hpm_engine import AuditFilter, Cancelled, CannotWrite, Job, Progress, back_up, build_sample
from hpm_engine.cli.root import hpm
from hpm_engine.memory import Memory, open_memory
from hpm_engine.store.settings import Settings
from hpm_engine.system.unfinished import unfinished


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "s.hpm"
    build_sample(path, computed=False)
    return path


@pytest.fixture
def store(sample: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(sample, tmp_path / "s.hpm"))


def sound(path: Path) -> Memory:
    memory = open_memory(path, read_only=True)
    assert not memory.figures.health(check=True).problems
    return memory


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_copy_is_the_store_as_it_is_while_others_have_it_open(store: Path) -> None:
    copy = store.with_name("copy.hpm")
    with open_memory(store) as writer, open_memory(store, read_only=True) as reader:
        writer.internals.database._folded = 9e99
        writer.settings.set("colour", "red")  # in the WAL alone

        with writer.internals.database.writing():
            settings = Settings(writer.internals.database, writer.internals.log)
            settings.set("colour", "green")  # under way, not acknowledged
            saved = back_up(reader, copy, record=False)
    assert (saved.path, saved.size) == (str(copy), copy.stat().st_size)
    assert saved.sha256 == sha256(copy.read_bytes()).hexdigest()
    assert copy.stat().st_mode & 0o777 == 0o600
    assert names(store.parent) == ["copy.hpm", "s.hpm"]
    with sound(copy) as memory:
        assert memory.settings.all()["colour"] == "red"
        assert memory.audit.verify().rows == saved.audit_rows


def test_what_is_written_meanwhile_does_not_make_it_begin_again(store: Path) -> None:
    steps: list[int] = []
    with open_memory(store) as writer, open_memory(store, read_only=True) as reader:

        def look(progress: Progress) -> None:
            if progress.unit != "pages":
                return
            steps.append(len(steps))
            if len(steps) < 50:
                writer.settings.set("number", str(len(steps)))

        back_up(reader, store.with_name("copy.hpm"), Job(look, 0))
        assert len(steps) < 20
    with sound(store.with_name("copy.hpm")) as memory:
        assert "number" not in memory.settings.all()


def test_nothing_is_replaced_unasked(store: Path, tmp_path: Path) -> None:
    (tmp_path / "taken.hpm").write_bytes(b"precious")
    (tmp_path / "link.hpm").symlink_to(tmp_path / "taken.hpm")
    os.mkfifo(tmp_path / "pipe.hpm")
    open_with = tmp_path / "open.hpm"
    shutil.copy(store, open_with)
    with open_memory(store, read_only=True) as memory, open_memory(open_with):
        for name, force, reason in (
            ("taken.hpm", False, "a file already"),
            ("link.hpm", True, "is a link"),
            ("pipe.hpm", True, "no plain file"),
            ("s.hpm", True, "the store itself"),
            ("open.hpm", True, "open somewhere"),
            ("none/copy.hpm", False, "cannot be written"),
        ):
            before = names(tmp_path)
            with pytest.raises(CannotWrite, match=reason):
                back_up(memory, tmp_path / name, force=force)
            assert names(tmp_path) == before
        assert (tmp_path / "taken.hpm").read_bytes() == b"precious"
        back_up(memory, tmp_path / "again.hpm")
        first = (tmp_path / "again.hpm").stat().st_ino
        back_up(memory, tmp_path / "again.hpm", force=True)
        assert (tmp_path / "again.hpm").stat().st_ino != first
    sound(tmp_path / "again.hpm").close()


def test_only_a_backup_of_the_same_store_is_replaced(store: Path, tmp_path: Path) -> None:
    copied, other, worked = (tmp_path / name for name in ("copied", "other.hpm", "worked.hpm"))
    shutil.copy(store, copied)  # a store of the same id that is no backup
    with open_memory(tmp_path / "another.hpm", create=True) as memory:
        back_up(memory, other)
    with open_memory(store) as memory:
        back_up(memory, worked)
        with open_memory(worked) as grown:
            grown.settings.set("colour", "red")  # somebody works with it: it is a store of its own
        for path in (copied, other, worked):
            content = path.read_bytes()
            with pytest.raises(CannotWrite, match="no backup of this store"):
                back_up(memory, path, force=True)
            assert path.read_bytes() == content


def test_the_store_and_its_log_know_of_a_backup(store: Path, tmp_path: Path) -> None:
    with open_memory(store, read_only=True, actor="somebody") as memory:
        saved = back_up(memory, tmp_path / "copy.hpm")
        [known] = memory.backups.existing()
        assert (known.path, known.size, known.sha256) == (saved.path, saved.size, saved.sha256)
        row = memory.audit.page(AuditFilter(action="back up"))[-1]
        assert (row.actor, row.after) == ("somebody", saved.sha256)
        assert str(tmp_path) not in row.detail
        assert memory.audit.verify().broken_at is None
        with open_memory(tmp_path / "copy.hpm", read_only=True) as copy:
            assert [each.path for each in copy.backups.all()] == [saved.path]
        (tmp_path / "copy.hpm").unlink()
        assert not memory.backups.existing()
        assert len(memory.backups.all()) == 1


def test_stopped_or_unsound_it_leaves_nothing(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = names(store.parent)
    job = Job(lambda progress: job.cancel(), 0)
    with open_memory(store, read_only=True) as memory, pytest.raises(Cancelled):
        back_up(memory, store.with_name("copy.hpm"), job)
    assert names(store.parent) == before
    monkeypatch.setattr("hpm_engine.backup.copy.first_fault", lambda *_: "row 1 missing from index")
    with (
        open_memory(store, read_only=True) as memory,
        pytest.raises(CannotWrite, match="the copy is not sound"),
    ):
        back_up(memory, store.with_name("copy.hpm"))
    assert names(store.parent) == before


@pytest.mark.skipif(sys.platform != "linux", reason="the limit on a file's size is POSIX")
def test_a_full_disk_leaves_nothing(store: Path) -> None:
    code = (
        "import resource, signal, sys; from hpm_engine.cli import main\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))\n"
        "main()"
    )
    before = names(store.parent)
    command = [sys.executable, "-c", code, "backup", str(store), str(store.with_name("copy.hpm"))]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "copy.hpm" in done.stderr
    assert names(store.parent) == before


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize("what", ["backup", "sample"])
def test_what_a_killed_one_left_goes_with_the_next(
    store: Path, tmp_path: Path, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # What is computed in a sample takes long and leaves no file of another kind.
    monkeypatch.setattr("hpm_engine.sample.build.use", lambda *_: None)
    target = tmp_path / "goal" / "copy.hpm"
    target.parent.mkdir()
    arguments = [str(store), str(target)] if what == "backup" else [str(target)]
    code = (
        "import os, signal, hpm_engine.backup.copy as b, hpm_engine.sample.build as s\n"
        "from hpm_engine.cli import main\n"
        "def die(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        "b._check = die; s.truth_path = die; s.use = lambda *_: None\n"
        "main()"
    )
    killed = subprocess.run([sys.executable, "-c", code, what, *arguments])
    assert killed.returncode == -signal.SIGKILL
    assert not target.exists()
    assert len(names(target.parent)) == 1
    living = unfinished(target)
    living.touch()  # of a process that is at work
    done = CliRunner().invoke(hpm, [what, *arguments])
    assert done.exit_code == 0, done.output
    assert living.exists()
    living.unlink()
    assert set(names(target.parent)) <= {"copy.hpm", "copy.truth.json"}
    sound(target).close()


def test_the_command_says_what_it_did(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    done = CliRunner().invoke(hpm, ["backup", str(store), str(folder), "--json"])
    assert done.exit_code == 0
    copy = Path(json.loads(done.stdout)["path"])
    assert copy.parent == folder
    again = CliRunner().invoke(hpm, ["backup", str(store), str(copy)])
    assert again.exit_code == 1
    assert "--force" in again.output
    forced = CliRunner().invoke(hpm, ["backup", str(store), str(copy), "--force"])
    assert forced.exit_code == 0
    assert "checked" in forced.output
