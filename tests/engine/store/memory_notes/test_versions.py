"""Notes of memories in a store: each wording is kept, and what went is marked, never removed."""

from __future__ import annotations

import json
import tarfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest

from hpm_engine import (
    BadQuery,
    Changed,
    FileStatus,
    ImportReport,
    Memory,
    MemoryNoteQuery,
    NoteAuthor,
    NotFound,
    open_memory,
)
from hpm_engine.store.memory_notes.writer import MemoryNoteWriter
from hpm_engine.values.memory_notes import EarlierText, MemoryNoteDraft
from tests.support.command_runs import session
from tests.support.store_statements import WITHOUT_MEMORY_NOTES, change
from tests.support.written_episodes import step, write


@pytest.fixture
def memory(tmp_path: Path) -> Iterator[Memory]:
    with open_memory(tmp_path / "a.hpm", create=True) as memory:
        yield memory


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "home" / "projects" / "-r-kiln" / "memory"
    made.mkdir(parents=True)
    (made / "MEMORY.md").write_text("# Index\n\n- [heat](heat.md)\n- [gone](gone.md)\n")
    (made / "heat.md").write_text("---\nname: heat\ndescription: d\ntype: project\n---\nSlowly.\n")
    return tmp_path / "home"


def imported(memory: Memory, path: Path) -> tuple[int, int, int]:
    report: ImportReport = memory.import_paths([path])
    assert not report.with_status(FileStatus.FAILED)
    return report.notes_added, report.notes_changed, report.notes_gone


def actions(memory: Memory) -> list[str]:
    assert memory.audit.verify().broken_at is None
    return [row.action for row in memory.audit.page()[1:]]  # that it was made comes first


def test_every_version_is_kept_and_two_of_them_compared(memory: Memory, folder: Path) -> None:
    heat = next(folder.rglob("heat.md"))
    assert imported(memory, folder) == (2, 0, 0)
    assert imported(memory, folder) == (0, 0, 0)
    first = heat.read_text()
    heat.write_text(first + "Never at night.\n")
    assert imported(memory, folder) == (0, 1, 0)
    heat.write_text(first)
    assert imported(memory, folder) == (0, 1, 0)  # put back is a change, too
    (note,) = memory.memory_notes.find(MemoryNoteQuery(text="slowly"))
    assert [version.text for version in memory.memory_notes.versions(note.id)] == [
        first,
        first + "Never at night.\n",
        first,
    ]
    assert "+Never at night." in memory.memory_notes.difference(note.id, 1, 2)
    assert memory.memory_notes.difference(note.id, 1, 3) == []
    assert actions(memory) == ["import note"] * 4
    log = " ".join(row.detail + row.before + row.after for row in memory.audit.page())
    assert "night" not in log
    with pytest.raises(NotFound, match="no version 4"):
        memory.memory_notes.difference(note.id, 1, 4)
    with pytest.raises(BadQuery):
        memory.memory_notes.version(note.id, 0)
    with pytest.raises(NotFound, match="no memory note 99"):
        memory.memory_notes.detail(99)


def test_a_note_whose_file_is_gone_is_marked_and_comes_back(memory: Memory, folder: Path) -> None:
    heat = next(folder.rglob("heat.md"))
    imported(memory, folder)
    text = heat.read_text()
    heat.unlink()
    assert imported(memory, folder / "projects" / "-r-kiln" / "memory" / "MEMORY.md") == (0, 0, 0)
    assert imported(memory, folder) == (0, 0, 1)
    assert imported(memory, folder) == (0, 0, 0)
    (gone,) = memory.memory_notes.find(MemoryNoteQuery(gone=True))
    assert memory.memory_notes.detail(gone.id).text == text
    heat.write_text(text)
    assert imported(memory, folder) == (0, 1, 0)
    assert memory.memory_notes.find(MemoryNoteQuery(gone=True)) == []
    assert actions(memory) == ["import note", "import note", "note gone", "import note"]


def test_a_member_that_an_archive_lost_is_gone(memory: Memory, tmp_path: Path) -> None:
    archive = tmp_path / "m.tar"

    def pack(*names: str) -> None:
        with tarfile.open(archive, "w") as tar:
            for name in names:
                info = tarfile.TarInfo(name)
                info.size = 6
                tar.addfile(info, BytesIO(b"Slowly"))

    pack("a/CLAUDE.md", "b/CLAUDE.md")  # the same text in two projects is two notes
    assert imported(memory, archive) == (2, 0, 0)
    pack("a/CLAUDE.md")
    assert imported(memory, archive) == (0, 0, 1)


def test_links_lead_to_notes_and_sessions_of_the_store(memory: Memory, folder: Path) -> None:
    (folder / "a.jsonl").write_bytes(session("11111111-2222-4333-8444-555555555555", "Go"))
    origin = next(folder.rglob("heat.md")).with_name("origin.md")
    origin.write_text(
        "---\nname: o\ndescription: d\nmetadata:\n  type: user\n"
        "  originSessionId: 11111111-2222-4333-8444-555555555555\n---\nA.\n"
    )
    imported(memory, folder)
    notes = {note.name: note.id for note in memory.memory_notes.find()}
    index = memory.memory_notes.detail(notes["MEMORY"])
    assert [(link.target, link.note_id) for link in index.links] == [
        ("heat.md", notes["heat"]),
        ("gone.md", None),
    ]
    (named,) = memory.memory_notes.detail(notes["origin"]).sessions
    assert named.episode_id == 1


def test_notes_are_found_by_who_wrote_them_and_for_what(memory: Memory, folder: Path) -> None:
    (folder / "kiln").mkdir()
    (folder / "kiln" / "CLAUDE.md").write_text("Use pnpm.\n")
    imported(memory, folder)
    (person,) = memory.memory_notes.find(MemoryNoteQuery(authors=(NoteAuthor.PERSON,)))
    assert (person.name, person.scope) == ("CLAUDE", str(folder / "kiln"))
    assert len(memory.memory_notes.find(MemoryNoteQuery(stores=("claude-code-memory",)))) == 2
    assert memory.memory_notes.find(MemoryNoteQuery(text="pnpm", scope="KILN")) == [person]
    assert memory.memory_notes.find(MemoryNoteQuery(text="pnpm slowly")) == []


def test_a_file_that_was_set_aside_before_is_a_note_now(memory: Memory, folder: Path) -> None:
    path = folder / "notes.md"
    path.write_text("Plain.\n")
    assert imported(memory, path) == (0, 0, 0)
    path.write_text("---\npermalink: a\n---\nLinked.\n")
    assert imported(memory, path) == (1, 0, 0)
    path.write_text("Plain again.\n")
    assert imported(memory, path) == (0, 0, 1)


def drafted(text: str, at: int, **more: object) -> MemoryNoteDraft:
    return MemoryNoteDraft("s", "k", text, name="k", changed_at=at, **more)  # type: ignore[arg-type]


def test_an_older_copy_adds_its_wording_before_the_latest(memory: Memory) -> None:
    writer = MemoryNoteWriter(memory.internals.database, memory.internals.log)
    with memory.internals.database.writing():
        writer.write(drafted("new", 20, earlier=(EarlierText("first", 1),)), "/db")
        for _ in range(2):
            writer.write(drafted("old", 10), "/copy")
    (note,) = memory.memory_notes.find()
    texts = [version.text for version in memory.memory_notes.versions(note.id)]
    assert texts == ["first", "old", "new"]
    assert (note.path, note.changed_at) == ("/db", 20)


def test_what_a_memory_deleted_is_not_brought_back_by_an_older_copy(memory: Memory) -> None:
    writer = MemoryNoteWriter(memory.internals.database, memory.internals.log)
    with memory.internals.database.writing():
        writer.write(drafted("", 5, gone_at=30), "/db")
        assert not writer.write(drafted("deleted", 20), "/copy").added
    assert memory.memory_notes.find() == []
    assert memory.internals.database.value("SELECT count(*) FROM memory_note_versions") == 0


def test_a_store_of_the_schema_before_gets_its_tables(tmp_path: Path) -> None:
    path = tmp_path / "before.hpm"
    with open_memory(path, create=True) as memory:
        write(memory, [step(1)])
    change(path, *WITHOUT_MEMORY_NOTES, "PRAGMA user_version = 21")
    (tmp_path / "CLAUDE.md").write_text("Use tabs.\n")
    with open_memory(path) as memory:
        report = memory.import_paths([tmp_path / "CLAUDE.md"])
        assert report.changed == Changed.NOTES | Changed.AUDIT
        assert not memory.figures.health(check=True).problems
        assert json.loads(memory.audit.page()[-1].detail) == {"versions": 1}
