from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import NOTE_CHARACTERS, open_memory
from tests.support.files.traces import HOSTILE, make_store
from tests.support.shown_views import open_in

NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "second", "third"])


@pytest.fixture
def view(window: MainWindow, store: Path, qtbot: QtBot) -> EpisodesView:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    window.workspace.navigator.go(Place(ViewName.EPISODES, 1, 2))
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane._loaded)
    return view


def texts(store: Path) -> list[tuple[int | None, str]]:
    with open_memory(store, read_only=True) as memory:
        return [(note.seq, note.text) for note in memory.notes.of(1)]


def write(
    window: MainWindow, view: EpisodesView, command: Command, text: str, qtbot: QtBot
) -> None:
    window.commands.offered([])
    window.commands[command].trigger()
    editor = view.pane.notes.editor
    assert editor.isVisible()
    editor.text.setPlainText(text)
    qtbot.keyClick(editor.text, Qt.Key.Key_Return, CTRL)
    assert editor.isHidden()
    qtbot.waitUntil(lambda: text.strip() in [row.note.text for row in view.pane.notes.rows])


def test_notes_are_written_in_their_place_and_shown_with_their_steps(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    panel = view.pane.notes
    assert panel.isHidden()
    write(window, view, Command.NOTE, f"of the whole {HOSTILE}", qtbot)
    write(window, view, Command.NOTE_STEP, "of the third", qtbot)
    assert texts(store) == [(None, f"of the whole {HOSTILE}"), (2, "of the third")]
    assert panel.isVisible() and [row.note.seq for row in panel.rows] == [None, 2]
    assert "⟦RLO⟧" in panel.rows[0].text.text() and "<b>" in panel.rows[0].text.text()
    assert view.pane.timeline._noted == {2}
    assert [mark.word for mark in view.pane.timeline._beside(2)] == ["note"]
    assert view.pane.timeline._beside(1) == []
    view.pane.timeline.go_to(0)
    panel.rows[1].step_asked.emit(2)
    assert view.pane.timeline.current == 2


def test_a_note_is_changed_deleted_and_brought_back(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    write(window, view, Command.NOTE, "first", qtbot)
    panel = view.pane.notes
    panel.rows[0].change.click()
    assert panel.editor.text.toPlainText() == "first"
    panel.editor.text.setPlainText("second")
    panel.editor.save.click()
    qtbot.waitUntil(lambda: texts(store) == [(None, "second")])
    qtbot.waitUntil(lambda: panel.rows[0].note.text == "second")
    panel.rows[0].delete.click()
    qtbot.waitUntil(lambda: not panel.rows)
    assert texts(store) == [] and panel.isHidden()
    for expected in ([(None, "second")], [(None, "first")], []):
        assert window.workspace is not None
        qtbot.waitUntil(window.workspace.marks.stack.canUndo)
        window.commands[Command.UNDO].trigger()
        qtbot.waitUntil(lambda expected=expected: texts(store) == expected)
    window.commands[Command.REDO].trigger()
    qtbot.waitUntil(lambda: texts(store) == [(None, "first")])


def test_an_empty_or_overlong_note_is_not_saved(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    window.commands[Command.NOTE].trigger()
    editor = view.pane.notes.editor
    assert not editor.save.isEnabled()
    editor.text.setPlainText("x" * (NOTE_CHARACTERS.value + 3))
    assert not editor.save.isEnabled() and "3 characters too long" in editor._too_long.text()
    qtbot.keyClick(editor.text, Qt.Key.Key_Return, CTRL)
    assert editor.isVisible()
    qtbot.keyClick(editor.text, Qt.Key.Key_Escape)
    assert editor.isHidden() and view.pane.notes.isHidden() and texts(store) == []


def test_letters_that_are_typed_into_a_note_are_no_commands(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    window.activateWindow()
    window.commands[Command.NOTE].trigger()
    editor = view.pane.notes.editor
    qtbot.keyClicks(editor.text, "pm hjk")
    assert editor.text.toPlainText() == "pm hjk"
    assert window.workspace is not None and not window.workspace.marks.stack.canUndo()


def test_a_step_has_a_menu_of_its_commands(
    view: EpisodesView, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[QMenu] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, at: opened.append(menu))
    view.pane.timeline.menu_asked.emit(2, QPoint(10, 10))
    names = [action.objectName() for action in opened[0].actions()]
    assert Command.NOTE_STEP in names and Command.COPY_STEP_LINK in names


def test_another_episode_has_its_own_notes(
    window: MainWindow, view: EpisodesView, store: Path, qtbot: QtBot
) -> None:
    write(window, view, Command.NOTE, "mine", qtbot)
    assert window.workspace is not None
    window.workspace.navigator.go(Place(ViewName.EPISODES, 2))
    qtbot.waitUntil(lambda: view.pane._loaded and view.pane.episode_id == 2)
    assert view.pane.notes.isHidden()
    window.workspace.navigator.go(Place(ViewName.EPISODES, 1))
    qtbot.waitUntil(lambda: len(view.pane.notes.rows) == 1)
