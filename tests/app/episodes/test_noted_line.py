"""The line above the list of episodes that tells of notes, in the real window."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.episodes.noted_line import NotedLine
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.notes.view import NotesView
from app.shell.main_window import MainWindow
from hpm_engine import open_memory
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    store = make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test", "write it down"])
    for name, text in (("a", "The parser is slow.\n"), ("b", "Never touch the parser.\n")):
        file = tmp_path / "notes" / name / "AGENTS.md"
        file.parent.mkdir(parents=True)
        file.write_text(text)
    with open_memory(store) as memory:
        memory.import_paths([tmp_path / "notes"])
    return store


@pytest.fixture
def view(window: MainWindow, store: Path, qtbot: QtBot) -> EpisodesView:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    return view


def search(window: MainWindow, text: str) -> None:
    window.search.line.setText(text)
    window.search.line.returnPressed.emit()


def told(line: NotedLine) -> str:
    return line.link.whole_text() if line.isVisible() else ""


def notes_view(window: MainWindow) -> NotesView:
    assert window.workspace is not None
    view = window.workspace.view(ViewName.NOTES)
    assert isinstance(view, NotesView)
    return view


def test_it_says_how_many_and_goes_with_the_search(
    window: MainWindow, view: EpisodesView, qtbot: QtBot
) -> None:
    assert told(view.noted) == ""
    search(window, "parser")
    qtbot.waitUntil(lambda: told(view.noted) == "2 notes hold this word")
    search(window, "never touch")  # no episode has it
    qtbot.waitUntil(lambda: told(view.noted) == "1 note holds these words")
    assert view.page.notice == "No episode matches"
    for other in ("parser has:error", "project:a", "absent", ""):
        search(window, other)
        qtbot.waitUntil(lambda: not view.noted.isVisible())
        search(window, "parser")
        qtbot.waitUntil(lambda: told(view.noted) == "2 notes hold this word")


def test_nothing_is_said_of_a_search_that_is_not_answered_yet(
    window: MainWindow, view: EpisodesView, qtbot: QtBot
) -> None:
    search(window, "parser")
    qtbot.waitUntil(lambda: told(view.noted) == "2 notes hold this word")
    height = view.noted.height()
    search(window, "slow")
    assert told(view.noted) == ""
    assert view.noted.isVisible()
    assert view.noted.height() == height > 10  # the list does not jump while one types
    qtbot.waitUntil(lambda: told(view.noted) == "1 note holds this word")
    search(window, '"never closed')
    qtbot.waitUntil(lambda: "last good result" in window.search.error_text())
    assert not view.noted.isVisible()


@pytest.mark.parametrize("how", ["mouse", "key", "command"])
def test_it_opens_the_notes_that_are_counted(
    window: MainWindow, view: EpisodesView, qtbot: QtBot, how: str
) -> None:
    notes_view(window).writers.setCurrentIndex(1)  # what is counted is of all writers
    search(window, "parser")
    qtbot.waitUntil(lambda: told(view.noted) == "2 notes hold this word")
    if how == "mouse":
        qtbot.mouseClick(view.noted.link, Qt.MouseButton.LeftButton)
    elif how == "key":
        qtbot.keyClick(view.noted.link, Qt.Key.Key_Return)
    else:
        window.commands[Command.SEARCH_NOTES].trigger()
    assert window.workspace is not None
    assert window.workspace.navigator.current.view is ViewName.NOTES
    notes = notes_view(window)
    assert notes.line.text() == '"parser"'
    qtbot.waitUntil(lambda: len(notes.model.notes) == 2)
    assert notes.count.whole_text() == "2 notes"
    window.workspace.navigator.back()
    assert window.workspace.navigator.current.view is ViewName.EPISODES


def test_an_import_of_notes_counts_again(
    window: MainWindow, view: EpisodesView, store: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    search(window, "parser")
    qtbot.waitUntil(lambda: told(view.noted) == "2 notes hold this word")
    (tmp_path / "notes" / "a" / "AGENTS.md").write_text("It is gone.\n")
    window.imports.begin([tmp_path / "notes"])
    qtbot.waitUntil(lambda: told(view.noted) == "1 note holds this word")


def test_a_wrong_search_of_notes_is_told_of_and_leaves_the_list(
    window: MainWindow, view: EpisodesView, qtbot: QtBot
) -> None:
    notes = notes_view(window)
    window.go_to_view(ViewName.NOTES)
    notes.search_for("slow")
    qtbot.waitUntil(lambda: len(notes.model.notes) == 1)
    notes.line.setText("slow tool:bash")
    qtbot.waitUntil(lambda: "notes have no tool:" in notes.wrong.whole_text())
    assert notes.wrong.isVisible()
    assert len(notes.model.notes) == 1
    notes.line.setText("slow agent:codex")
    qtbot.waitUntil(lambda: notes.page.notice == "No note matches")
    assert not notes.wrong.isVisible()
