"""The Notes view: notes, their text, the evidence for their lines, their versions."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.kit.controls.fact_list import LinkLabel
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from app.notes.note_pane import EVIDENCE, VERSIONS
from app.notes.view import NotesView
from hpm_engine import Changed, NoteVerdict, open_memory
from hpm_engine.evaluation.notes.planted import Deed, PlantedLine
from hpm_engine.evaluation.notes.sessions import NOTED_AT, session_files
from hpm_engine.evaluation.notes.wordings import DEVELOPED

_RULES = (
    "# Rules\n\n- Run `make test`.\n- Use pnpm, not npm: <b>always</b>\n- See [heat](heat.md).\n"
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store, folder = tmp_path / "a.hpm", tmp_path / "kiln"
    folder.mkdir()
    deeds = (
        Deed(2, "run", "make test"),
        Deed(8, "run", "make test", "No rule to make target", False),
    )
    line = PlantedLine("", NoteVerdict.TRUE, "", deeds)
    for name, content in session_files([line], "seed", DEVELOPED).items():
        (folder / name).write_bytes(content)
    note = folder / "projects" / "-home-ida-work-kiln" / "memory" / "MEMORY.md"
    note.parent.mkdir(parents=True)
    heat = note.with_name("heat.md")
    heat.write_text("---\nname: heat\ndescription: d\ntype: project\n---\nFire slowly.\n")
    (folder / "CLAUDE.md").write_text("Answer briefly.\n")
    with open_memory(store, create=True) as memory:
        for text in (_RULES.replace("make test", "make check"), _RULES):
            note.write_text(text)
            os.utime(note, (NOTED_AT, NOTED_AT))
            memory.import_paths([folder], base=folder)
    return store


@pytest.fixture
def navigator(qapp: object) -> Navigator:
    return Navigator(Place(ViewName.NOTES))


@pytest.fixture
def view(qtbot: QtBot, session: Session, navigator: Navigator) -> NotesView:
    view = NotesView(session, navigator)
    qtbot.addWidget(view)
    view.resize(1200, 800)
    view.show()
    qtbot.waitUntil(lambda: len(view.model.notes) == 3)
    return view


def choose(qtbot: QtBot, view: NotesView, name: str) -> None:
    (row,) = [row for row, note in enumerate(view.model.notes) if note.name == name]
    view.table.selectRow(row)
    qtbot.waitUntil(lambda: view.pane.note_id == view.model.notes[row].id)
    qtbot.waitUntil(lambda: view.pane.page.shows_content)


def test_the_text_is_shown_as_it_was_written_and_nothing_in_it_is_markup(
    qtbot: QtBot, view: NotesView
) -> None:
    choose(qtbot, view, "MEMORY")
    qtbot.waitUntil(lambda: view.pane.text.text == _RULES)
    blocks = view.pane.text.blocks
    assert any("<b>always</b>" in block.text for block in blocks)


def test_each_line_has_its_verdict_and_leads_to_its_steps(
    qtbot: QtBot, view: NotesView, navigator: Navigator
) -> None:
    choose(qtbot, view, "MEMORY")
    view.pane.tabs.setCurrentIndex(EVIDENCE)
    evidence = view.pane.evidence
    qtbot.waitUntil(lambda: len(evidence.model.lines) == 3)
    assert [line.verdict for line in evidence.model.lines] == [
        NoteVerdict.CONTRADICTED,
        NoteVerdict.NEVER,
        NoteVerdict.NOTHING,
    ]
    assert evidence.sums.whole_text().startswith("3 lines: 1 contradicted")
    evidence.table.selectRow(0)
    links = evidence.steps.findChildren(LinkLabel)
    assert [link.whole_text().split("  ")[-1] for link in links] == [
        "make test (failed)",
        "make test",
    ]
    evidence.table.opened.emit()
    step = evidence.model.lines[0].steps[0]
    assert navigator.current == Place(ViewName.EPISODES, step.episode_id, step.seq)


def test_versions_are_compared(qtbot: QtBot, view: NotesView) -> None:
    choose(qtbot, view, "MEMORY")
    view.pane.tabs.setCurrentIndex(VERSIONS)
    versions = view.pane.versions
    qtbot.waitUntil(lambda: "-- Run `make check`." in versions.difference.text)
    assert "+- Run `make test`." in versions.difference.text
    versions.table.selectRow(1)
    qtbot.waitUntil(lambda: versions.head.whole_text() == "The first wording that was met.")


def test_a_link_leads_to_the_note(qtbot: QtBot, view: NotesView) -> None:
    choose(qtbot, view, "MEMORY")
    qtbot.waitUntil(lambda: bool(view.pane.linked.findChildren(LinkLabel)))
    (heat,) = [note.id for note in view.model.notes if note.name == "heat"]
    view.pane.chosen.emit(heat)
    qtbot.waitUntil(lambda: view.pane.note_id == heat)


def test_words_and_writers_narrow_the_list(qtbot: QtBot, view: NotesView) -> None:
    view.line.setText("slowly")
    qtbot.waitUntil(lambda: [note.name for note in view.model.notes] == ["heat"])
    view.line.setText("")
    view.writers.setCurrentIndex(2)
    qtbot.waitUntil(lambda: [note.name for note in view.model.notes] == ["CLAUDE"])
    view.line.setText("nothing of it")
    qtbot.waitUntil(lambda: view.page.notice == "No note matches")


def test_an_import_is_shown_and_a_store_without_notes_says_what_to_do(
    qtbot: QtBot, view: NotesView, store: Path
) -> None:
    with open_memory(store) as memory:
        memory.internals.database.execute("DELETE FROM memory_notes")
    view.refresh(Changed.MARKS)
    assert len(view.model.notes) == 3
    view.refresh(Changed.NOTES)
    qtbot.waitUntil(lambda: view.page.notice == "No notes yet")
