from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from hpm_engine import errors
from hpm_engine.config import NOTE_CHARACTERS
from hpm_engine.memory import Memory, open_memory
from hpm_engine.query import complete, explain, parse
from hpm_engine.values.episodes import EpisodeQuery
from hpm_engine.values.reports import AuditFilter, Changed
from tests.support.store_statements import WITHOUT_NOTES, change
from tests.support.written_episodes import step, write


@pytest.fixture
def two(memory: Memory) -> Memory:
    for key in "ab":
        write(memory, [step(1), step(2)], key=key)
    return memory


def texts(memory: Memory, episode_id: int) -> list[tuple[int | None, str]]:
    return [(note.seq, note.text) for note in memory.notes.of(episode_id)]


def results(memory: Memory, text: str) -> list[int]:
    listed = memory.episodes.find(EpisodeQuery(text=text))
    return sorted(listed.window(0, len(listed)))


def test_notes_on_an_episode_come_before_those_on_its_steps(two: Memory) -> None:
    two.notes.add(1, "on the second", 1)
    two.notes.add(1, "on the first", 0)
    edit = two.notes.add(1, "  on the whole\nof it ")
    assert edit.changed & Changed.MARKS
    assert texts(two, 1) == [
        (None, "on the whole\nof it"),
        (0, "on the first"),
        (1, "on the second"),
    ]
    assert [episode.notes for episode in two.episodes.get([1, 2])] == [3, 0]
    assert two.notes.of(1)[0].author == "person"


def test_each_change_of_a_note_can_be_undone_and_redone(two: Memory) -> None:
    added = two.notes.add(1, "first", 0)
    [note] = two.notes.of(1)
    changed = two.notes.change(note.id, "second")
    deleted = two.notes.delete(note.id)
    assert two.notes.of(1) == ()
    two.marks.undo(deleted)
    assert texts(two, 1) == [(0, "second")]
    redo = two.marks.undo(changed)
    assert two.notes.of(1) == (note,)
    two.marks.undo(redo)
    assert texts(two, 1) == [(0, "second")]
    assert two.marks.undo(added).changed is Changed.NOTHING  # somebody changed it since
    two.marks.undo(two.notes.change(note.id, "third"))
    two.notes.change(note.id, "first")
    assert two.notes.delete(note.id).changed & Changed.MARKS
    assert two.notes.of(1) == ()


def test_a_number_of_a_note_is_never_given_twice(two: Memory) -> None:
    added = two.notes.add(1, "first")
    gone = two.marks.undo(added)
    two.notes.add(2, "another")
    two.marks.undo(gone)
    assert texts(two, 1) == [(None, "first")] and texts(two, 2) == [(None, "another")]


def test_the_log_tells_of_notes_without_their_text(two: Memory) -> None:
    two.notes.add(2, "my password is hunter2", 1)
    [note] = two.notes.of(2)
    two.notes.change(note.id, "no more")
    two.notes.delete(note.id)
    rows = two.audit.page(AuditFilter(episode_id=2))
    assert [row.action for row in rows] == ["note", "change-note", "delete-note"]
    assert rows[0].before == "" and rows[0].after == rows[1].before and rows[2].after == ""
    assert json.loads(rows[0].detail) == {"note": note.id, "step": 2, "characters": 22}
    assert "hunter2" not in repr(two.audit.page())
    assert two.audit.verify().broken_at is None


def test_equal_notes_have_other_digests(two: Memory) -> None:
    """Otherwise whoever has the log could try out what was written."""
    two.notes.add(1, "yes")
    two.notes.add(2, "yes")
    after = [row.after for row in two.audit.page() if row.action == "note"]
    assert len(set(after)) == 2


@pytest.mark.parametrize("text", ["", " \n ", "x" * (NOTE_CHARACTERS.value + 1)])
def test_an_impossible_note_is_refused(two: Memory, text: str) -> None:
    two.notes.add(1, "there")
    with pytest.raises(errors.BadQuery, match="10,000 characters"):
        two.notes.add(1, text)
    with pytest.raises(errors.BadQuery):
        two.notes.change(two.notes.of(1)[0].id, text)
    assert texts(two, 1) == [(None, "there")]


def test_what_is_not_there_has_no_notes(two: Memory) -> None:
    rows = two.audit.count()
    for call in (
        lambda: two.notes.add(99, "x"),
        lambda: two.notes.add(1, "x", 2),
        lambda: two.notes.change(7, "x"),
        lambda: two.notes.delete(7),
    ):
        with pytest.raises(errors.NotFound):
            call()
    assert two.audit.count() == rows


def test_the_same_text_again_changes_nothing(two: Memory) -> None:
    two.notes.add(1, "same")
    rows = two.audit.count()
    assert two.notes.change(two.notes.of(1)[0].id, " same ").changed is Changed.NOTHING
    assert two.audit.count() == rows


def test_odd_characters_are_kept_as_they_are_or_replaced(two: Memory) -> None:
    two.notes.add(1, "nul \0, half \ud800, bidi \u202e, emoji \U0001f600")
    assert texts(two, 1) == [(None, "nul \ufffd, half ?, bidi \u202e, emoji \U0001f600")]


def test_notes_stay_when_a_session_grows(two: Memory) -> None:
    two.notes.add(1, "on the second", 1)
    write(two, [step(1), step(2), step(3)], key="a", grown=True)
    assert two.episodes.get([1])[0].steps == 3
    assert texts(two, 1) == [(1, "on the second")]


def test_notes_go_with_their_episode(two: Memory) -> None:
    two.notes.add(1, "mine")
    with two.internals.database.writing():
        two.internals.database.execute("DELETE FROM main.episodes WHERE id = 1")
    assert two.internals.database.value("SELECT count(*) FROM notes") == 0


def test_episodes_are_found_by_their_notes(two: Memory) -> None:
    two.notes.add(2, "Frag Jürgen nach 100% der Zeit", 0)
    assert results(two, "has:note") == [2]
    assert results(two, "-has:note") == [1]
    assert (
        results(two, "note:frag") == results(two, "note:JÜRGEN") == results(two, "note:n*h") == [2]
    )
    assert results(two, 'note:"100% der"') == [2] and results(two, 'note:"100x der"') == []
    assert results(two, "note:frag outcome:unknown or note:nothing") == [2]


def test_searches_of_notes_are_explained_and_completed() -> None:
    assert explain(parse("note:ines")) == "Episodes where a note holds “ines”."
    assert explain(parse("has:note")) == "Episodes where it has a note."
    assert "has:note" in [choice.text for choice in complete("has:n", 5).choices]
    assert "note:" in [choice.text for choice in complete("no", 2).choices]
    with pytest.raises(errors.BadQuery, match="needs words"):
        parse('note:""')


def test_a_store_of_the_schema_before_gets_its_notes(tmp_path: Path) -> None:
    path = tmp_path / "twenty.hpm"
    with open_memory(path, create=True) as memory:
        write(memory, [step(1)])
    change(
        path,
        *WITHOUT_NOTES,
        "PRAGMA user_version = 20",
    )
    with open_memory(path) as memory:
        memory.notes.add(1, "it is there")
        assert texts(memory, 1) == [(None, "it is there")]
        assert not memory.figures.health(check=True).problems


_WRITER = """
import sys
from pathlib import Path
from hpm_engine.memory import open_memory
with open_memory(Path(sys.argv[1])) as memory:
    for number in range(100000):
        memory.notes.add(1, f"note {number} " + "x" * 5000)
        print(number, flush=True)
"""


@pytest.mark.skipif(os.name != "posix", reason="SIGKILL")
def test_a_kill_while_notes_are_written_leaves_those_that_were_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "killed.hpm"
    with open_memory(path, create=True) as memory:
        write(memory, [step(1)])
    command = [sys.executable, "-c", _WRITER, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as writer:
        assert writer.stdout is not None
        acknowledged = [writer.stdout.readline() for _ in range(5)]
        time.sleep(0.03)
        writer.send_signal(signal.SIGKILL)
        acknowledged += writer.stdout.readlines()
    whole = [line for line in acknowledged if line.endswith("\n")]
    with open_memory(path) as memory:
        notes = memory.notes.of(1)
        assert len(whole) <= len(notes) <= len(whole) + 2
        assert [int(note.text.split()[1]) for note in notes] == list(range(len(notes)))
        assert memory.audit.count(AuditFilter(action="note")) == len(notes)
        assert memory.audit.verify().broken_at is None
        assert not memory.figures.health(check=True).problems
