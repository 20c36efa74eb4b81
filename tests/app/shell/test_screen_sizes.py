"""The window and its dialogs on screens that are smaller than they would like."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel
from app.kit.view_names import ViewName
from app.shell.dialogs.shortcuts_sheet import ShortcutsSheet
from app.shell.main_window import MainWindow
from app.shell.operations import show_shortcuts
from app.shell.rail import RailButton
from app.shell.screen import fit_on_screen
from hpm_engine import Job
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in

LOWEST = 520  # pixels: a 1080p screen at 200 % has 540


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test", "third"])


def test_a_window_is_no_larger_than_the_screen(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    window.show()
    room = window.screen().availableGeometry()
    window.move(room.right() - 50, room.bottom() - 50)
    fit_on_screen(window, QSize(5_000, 4_000))
    assert room.contains(QRect(window.pos(), window.size()))
    assert window.width() > room.width() - 50


@pytest.mark.parametrize("name", list(ViewName))
def test_every_view_fits_a_screen_of_540_lines(
    window: MainWindow, store: Path, qtbot: QtBot, name: ViewName
) -> None:
    open_in(window, store, qtbot)
    window.go_to_view(name)
    QApplication.processEvents()
    window.resize(960, LOWEST)
    QApplication.processEvents()
    assert window.height() <= LOWEST
    assert window.width() <= 960
    low = window.statusBar().geometry()
    assert window.rect().contains(low)
    for button in window.findChildren(RailButton):
        place = QRect(button.mapTo(window, button.rect().topLeft()), button.size())
        assert window.rect().contains(place) and place.bottom() < low.top()


def test_a_low_rail_has_icons_alone(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    open_in(window, store, qtbot)
    buttons = window.findChildren(RailButton)
    window.resize(1200, 800)
    QApplication.processEvents()
    assert all(button.shows_name for button in buttons)
    window.resize(1200, LOWEST)
    QApplication.processEvents()
    assert not any(button.shows_name for button in buttons)
    assert all(button.toolTip() for button in buttons)


def buttons_of(dialog: Dialog) -> DialogButtons:
    buttons = DialogButtons()
    buttons.put("Save", DialogButtons.ButtonRole.AcceptRole)
    dialog.set_buttons(buttons)
    return buttons


def test_a_dialog_grows_with_its_content(qtbot: QtBot) -> None:
    dialog = Dialog()
    qtbot.addWidget(dialog)
    text = SafeLabel("short", wrap=True)
    dialog.content.addWidget(text)
    buttons = buttons_of(dialog)
    dialog.show()
    before = dialog.height()
    text.setText("an explanation that takes many lines " * 20)
    qtbot.waitUntil(lambda: dialog.height() > before)
    qtbot.waitUntil(lambda: text.height() >= text.heightForWidth(text.width()))
    assert dialog.rect().contains(buttons.geometry())


def test_a_dialog_that_is_larger_than_the_screen_scrolls(qtbot: QtBot) -> None:
    dialog = Dialog()
    qtbot.addWidget(dialog)
    for number in range(200):
        dialog.content.addWidget(SafeLabel(f"row {number}"))
    buttons = buttons_of(dialog)
    dialog.show()
    QApplication.processEvents()
    assert dialog.height() <= dialog.screen().availableGeometry().height()
    assert dialog.rect().contains(buttons.geometry())
    assert dialog._area.verticalScrollBar().maximum() > 0


def test_the_shortcuts_are_all_in_reach(window: MainWindow, qtbot: QtBot) -> None:
    show_shortcuts(window)
    [sheet] = window.findChildren(ShortcutsSheet)
    QApplication.processEvents()
    room = sheet.screen().availableGeometry().height()
    body = sheet._area.widget()
    assert sheet.height() <= room
    assert body.height() <= sheet._area.viewport().height() + (
        sheet._area.verticalScrollBar().maximum()
    )
    sheet.close()


def test_every_dialog_has_the_frame_that_grows_and_scrolls() -> None:
    app = Path(__file__).parents[3] / "app"
    own = {
        Path("kit/controls/dialog.py"),
        Path("manual/window.py"),
        Path("kit/controls/picture_menu.py"),
    }
    bare = [
        file.relative_to(app)
        for file in app.rglob("*.py")
        if re.search(r"class \w+\(QDialog\)", file.read_text()) and file.relative_to(app) not in own
    ]
    assert not bare


def test_jobs_leave_the_name_and_the_figures(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    open_in(window, store, qtbot)
    window.resize(1280, 720)
    assert window.workspace is not None
    session = window.workspace.session
    running = [True]

    def wait(memory: object, job: Job) -> None:
        while running[0]:
            job.step(0)  # a window that closes after a failure cancels it
            time.sleep(0.01)

    for title in ("Consolidating fifty memories", "Indexing for recall"):
        session.read(wait, title)
    qtbot.waitUntil(lambda: len(window.jobs) == 2)
    qtbot.waitUntil(lambda: all(chip.isVisible() for chip in window.jobs._chips.values()))
    QApplication.processEvents()
    name, figures = window.status._name, window.status._figures
    assert name.width() >= name.fontMetrics().horizontalAdvance("agents.hpm")
    assert figures.width() >= figures.fontMetrics().horizontalAdvance(figures.text())
    running[0] = False
    qtbot.waitUntil(lambda: len(window.jobs) == 0)
