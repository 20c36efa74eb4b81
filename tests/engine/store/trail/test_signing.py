from __future__ import annotations

import stat
from pathlib import Path

import pytest

from hpm_engine import errors
from hpm_engine.audit.signed_note import read_key, read_note
from hpm_engine.memory import open_memory
from hpm_engine.store.trail.keys import is_signed_by, key_file, remembered
from tests.support.trail.tampering import unlocked


@pytest.fixture
def data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def store(data_folder: Path, tmp_path: Path) -> Path:
    path = tmp_path / "folder" / "a.hpm"
    path.parent.mkdir()
    with open_memory(path, create=True) as memory:
        memory.settings.set("a", "1")
    return path


def test_a_store_is_signed_when_it_is_closed_and_rows_came(store: Path, data_folder: Path) -> None:
    assert stat.S_IMODE(key_file().stat().st_mode) == 0o600
    assert data_folder in key_file().parents
    with open_memory(store, read_only=True) as memory:
        check = memory.audit.verify()
        store_id = memory.settings.all()["store_id"]
        assert (check.reason, check.signed, check.own_key) == ("", check.rows, True)
    note = remembered(store_id)
    assert note is not None and note.point.rows == check.rows
    assert is_signed_by(note, read_key(check.key))
    with open_memory(store) as memory:
        assert memory.settings.all()["a"] == "1"  # nothing is added: nothing is signed
    with open_memory(store, read_only=True) as memory:
        assert memory.audit.verify().rows == check.rows
        database = memory.internals.database
        assert database.value("SELECT count(*) FROM audit_checkpoints") == 1


def test_a_note_is_read_back_as_it_is_written_and_nothing_else_is_one(store: Path) -> None:
    with open_memory(store) as memory:
        text = memory.audit.checkpoint()
    note = read_note(text)
    assert note.text == text
    for spoiled in (
        "",
        text[:-1] + "x",
        text.replace("\n\n", "\n"),
        text.replace(str(note.point.rows), "05"),
        text.replace("\N{EM DASH} ", "- "),
        "x" * 100_000,
    ):
        with pytest.raises(ValueError, match=r"no (checkpoint|signature|base64)"):
            read_note(spoiled)


def test_a_store_that_was_put_back_or_written_anew_is_found_on_this_machine(store: Path) -> None:
    old = store.read_bytes()
    with open_memory(store) as memory:
        memory.settings.set("a", "2")
    store.write_bytes(old)
    with open_memory(store, read_only=True) as memory:
        reason = memory.audit.verify().reason
    assert "that this machine kept" in reason and "put back to an earlier state" in reason
    with open_memory(store) as memory:
        for value in "345":
            memory.settings.set("a", value)
    with open_memory(store) as memory:  # longer than what was kept, and another log
        assert "written anew" in memory.audit.verify().reason
        memory.audit.checkpoint(accept=True)
        assert memory.audit.verify().reason == ""


def test_a_checkpoint_that_was_saved_is_held_against_the_log(store: Path, tmp_path: Path) -> None:
    with open_memory(store) as memory:
        saved = memory.audit.checkpoint()
        memory.settings.set("b", "1")
        assert memory.audit.verify(against=saved).reason == ""
        with pytest.raises(errors.BadQuery, match="no checkpoint"):
            memory.audit.verify(against="hello")
    with open_memory(tmp_path / "other.hpm", create=True) as other:
        assert "another store's log" in other.audit.verify(against=saved).reason


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "UPDATE audit_checkpoints SET note = replace(note, 'time 2', 'time 3')",
            "valid signature",
        ),
        ("UPDATE audit_checkpoints SET note = 'x'", "none any more"),
        ("UPDATE audit_checkpoints SET rows = rows + 1 WHERE rows > 3", "another row's"),
        ("DELETE FROM audit_checkpoints WHERE rows > 3", "was taken away"),
        ("DELETE FROM audit_checkpoints WHERE rows < 3", "is gone, or was changed"),
        ("UPDATE audit_head SET checkpoints = 9", "was taken away"),
    ],
)
def test_checkpoints_in_the_store_are_checked(store: Path, statement: str, words: str) -> None:
    with open_memory(store) as memory:
        for value in "23":
            memory.settings.set("a", value)
    unlocked(store, statement)
    with open_memory(store, read_only=True) as memory:
        check = memory.audit.verify()
    assert words in check.reason and check.broken_at


def test_what_hinders_signing_is_no_failure_of_the_work(store: Path) -> None:
    key_file().write_text("no key")
    with open_memory(store) as memory:
        memory.settings.set("a", "2")
        with pytest.raises(errors.HPMError, match=r"no key that this program made.*move the file"):
            memory.audit.checkpoint()
    with open_memory(store, read_only=True) as memory:
        check = memory.audit.verify()
        assert memory.settings.all()["a"] == "2"
        assert (check.reason, check.rows - check.signed) == ("", 1)
    key_file().unlink()  # a new machine: another key, which a row of the log names
    with open_memory(store) as memory:
        memory.settings.set("a", "3")
    with open_memory(store, read_only=True) as memory:
        check = memory.audit.verify()
        assert (check.reason, check.signed, check.own_key) == ("", check.rows, True)


def test_many_rows_are_signed_before_the_store_is_closed(
    store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hpm_engine.facade.internals.SIGN_EVERY", 5)
    with open_memory(store) as memory:
        for value in range(12):
            memory.settings.set("a", str(value + 10))
        count = memory.internals.database.value("SELECT count(*) FROM audit_checkpoints")
        assert count == 3 and memory.audit.verify().reason == ""


def test_another_that_writes_is_not_waited_for(store: Path) -> None:
    memory = open_memory(store)
    memory.settings.set("a", "2")
    with open_memory(store) as other, other.internals.database.writing():
        memory.close()
        other.internals.log.append("set", "setting:b")
    with open_memory(store, read_only=True) as reader:
        check = reader.audit.verify()
        assert (check.reason, check.signed) == ("", check.rows)
