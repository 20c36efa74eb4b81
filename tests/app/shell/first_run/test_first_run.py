"""The first page, taking in agents, the tour, and what is said while something is dragged."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QDir, QMimeData, QPoint, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.plain_text import SafeLabel
from app.kit.view_names import ViewName
from app.shell.dialogs.agents_dialog import AgentsDialog
from app.shell.dialogs.choice_row import ChoiceRow
from app.shell.first_run.drop_sign import drop_sentence
from app.shell.first_run.tour import TIPS
from app.shell.first_run.welcome import WelcomeView
from app.shell.main_window import MainWindow
from hpm_engine import Discovered
from tests.support.files.traces import make_store

FOUND = (
    Discovered("Claude Code", "/home/ada/.claude/projects", 132, 40_000_000),
    Discovered("Codex", "/home/ada/.codex/sessions", 41, 9_000_000),
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"])


def button(dialog: AgentsDialog, text: str) -> QPushButton:
    return next(each for each in dialog.findChildren(QPushButton) if each.text() == text)


@pytest.fixture
def welcome(qtbot: QtBot) -> WelcomeView:
    view = WelcomeView()
    qtbot.addWidget(view)
    view.show()
    return view


def test_all_agents_can_be_taken_at_once_from_the_first_page(
    welcome: WelcomeView, qtbot: QtBot
) -> None:
    welcome.show_found(FOUND)
    rows = {row.text(): row for row in welcome.findChildren(ChoiceRow)}
    with qtbot.waitSignal(welcome.follow_asked) as followed:
        rows["All of them: 173 sessions"].click()
    assert followed.args == [list(FOUND)]
    welcome.keep.setChecked(False)
    with qtbot.waitSignal(welcome.import_asked) as asked:
        rows["All of them: 173 sessions"].click()
    assert asked.args == [[Path(folder.path) for folder in FOUND]]


def test_a_single_agent_has_no_row_for_all(welcome: WelcomeView, qtbot: QtBot) -> None:
    welcome.show_found(FOUND[:1])

    def rows() -> list[str]:
        return [row.text() for row in welcome.findChildren(ChoiceRow) if row.isVisible()]

    qtbot.waitUntil(lambda: "Claude Code: 132 sessions" in rows())
    assert not any("All of them" in row for row in rows())


UNREAD = Discovered("Zed", "/home/ada/.local/share/zed", None, 3_000_000, files=1, read=False)
DATABASE = Discovered("opencode", "/home/ada/.local/share/opencode", None, 5_000_000, files=2)


def test_agents_without_a_reader_are_named_and_not_offered(
    welcome: WelcomeView, window: MainWindow
) -> None:
    welcome.show_found((*FOUND, DATABASE, UNREAD))
    titles = [row.text() for row in welcome.findChildren(ChoiceRow)]
    assert "All of them: 173 sessions and 2 files" in titles
    assert "opencode: 2 files" in titles
    assert not any("Zed" in title for title in titles)
    said = "Found, not read by this version: Zed (3.0 MB)."
    assert said in [label.whole_text() for label in welcome.findChildren(SafeLabel)]
    window.commands[Command.IMPORT_AGENTS].trigger()
    dialog = window.findChild(AgentsDialog)
    assert isinstance(dialog, AgentsDialog)
    dialog.show_found((UNREAD, DATABASE))
    assert dialog.checked() == [DATABASE]
    assert dialog._unread.whole_text() == said
    dialog.reject()


def test_agents_are_chosen_by_mouse_while_a_store_is_open(
    window: MainWindow, store: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    window.stores.open(store)
    taken: list[list[Path]] = []
    followed: list[list[Discovered]] = []
    monkeypatch.setattr(window.imports, "begin", taken.append)
    window.commands[Command.IMPORT_AGENTS].trigger()
    dialog = window.findChild(AgentsDialog)
    assert isinstance(dialog, AgentsDialog)
    assert not button(dialog, "Import").isEnabled()
    dialog.show_found(FOUND)
    box, _ = dialog._boxes[0]
    QTest.mouseClick(box, Qt.MouseButton.LeftButton, pos=QPoint(8, box.height() // 2))
    assert dialog.checked() == [FOUND[1]]
    assert dialog.keep.isChecked()
    dialog.followed.connect(followed.append)
    dialog.followed.disconnect(window.imports.follow)
    dialog._accept()
    assert (followed, taken) == ([[FOUND[1]]], [])
    dialog.keep.setChecked(False)
    QTest.mouseClick(button(dialog, "Import"), Qt.MouseButton.LeftButton)
    assert taken == [[Path(FOUND[1].path)]]
    assert not dialog.isVisible()


def test_nothing_found_says_what_to_do(window: MainWindow, qtbot: QtBot) -> None:
    window.commands[Command.IMPORT_AGENTS].trigger()
    dialog = window.findChild(AgentsDialog)
    assert isinstance(dialog, AgentsDialog)
    qtbot.waitUntil(lambda: "Looking" not in dialog._said.whole_text())
    assert "Import Folder" in dialog._said.whole_text()
    assert not button(dialog, "Import").isEnabled()
    dialog.reject()


def test_hidden_folders_are_shown_to_import_from(window: MainWindow) -> None:
    window.imports.ask_folder()
    dialog = window.findChild(QFileDialog)
    assert isinstance(dialog, QFileDialog)
    assert dialog.filter() & QDir.Filter.Hidden
    dialog.reject()


@pytest.mark.parametrize(
    ("names", "store_name", "sentence"),
    [
        (["a.jsonl"], "", "Drop to import a.jsonl into a new store"),
        (["a.jsonl", "b"], "my.hpm", "Drop to import 2 items into my.hpm"),
        (["my.hpm"], "", "Drop to open my.hpm"),
        (["my.hpm", "a.jsonl"], "x.hpm", "Drop to open my.hpm and import a.jsonl into it"),
    ],
)
def test_what_dropping_would_do(names: list[str], store_name: str, sentence: str) -> None:
    assert drop_sentence([Path("/tmp") / name for name in names], store_name) == sentence


def test_the_sign_is_there_while_something_is_dragged(window: MainWindow, tmp_path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "a.jsonl"))])
    action, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    keys = Qt.KeyboardModifier.NoModifier
    window.dragEnterEvent(QDragEnterEvent(QPoint(5, 5), action, data, buttons, keys))
    assert window.guide.sign.sentence() == "Drop to import a.jsonl into a new store"
    assert window.guide.sign.geometry() == window.rect()
    window.dragLeaveEvent(QDragLeaveEvent())
    assert window.guide.sign.sentence() == ""


def test_the_tour_begins_with_a_new_store_and_only_once(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    tour = window.guide.tour
    with qtbot.waitSignal(window.stores.store_made, timeout=20_000):
        window.stores.make(tmp_path / "new.hpm")
    assert not tour.isHidden() and tour.tip is TIPS[0]
    views = []
    for _ in TIPS:
        assert window.workspace is not None
        views.append(window.workspace.navigator.current.view)
        tour.next.click()
    assert views == [tip.view for tip in TIPS]
    assert tour.isHidden() and not window.settings.preferences.tour
    window.close_store()
    with qtbot.waitSignal(window.stores.store_made, timeout=20_000):
        window.stores.make(tmp_path / "another.hpm")
    assert tour.isHidden()
    window.commands[Command.TOUR].trigger()
    assert not tour.isHidden()
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert tour.isHidden()


def test_a_store_that_was_there_is_opened_without_a_tour(window: MainWindow, store: Path) -> None:
    window.stores.open(store)
    assert window.guide.tour.isHidden()


def test_every_view_of_the_tour_is_there() -> None:
    assert len(TIPS) == 5
    assert all(isinstance(tip.view, ViewName) and tip.title and tip.text for tip in TIPS)
