"""The list left, above or hidden; reading at full width, and the way back."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.episodes.reading_frame import Layout
from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.top_bar import TopBar
from tests.support.files.traces import make_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test", "tidy up"])


def opened(window: MainWindow, store: Path, qtbot: QtBot) -> EpisodesView:
    window.stores.open(store)
    window.resize(1440, 900)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane.timeline.outline is not None)
    return view


def test_layouts_are_commands_and_are_remembered(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    view = opened(window, store, qtbot)
    assert view.page.mapTo(view, view.page.rect().topRight()).x() <= view.pane.x() + 400
    window.commands[Command.LAYOUT_ABOVE].trigger()
    QApplication.processEvents()
    assert view.frame.layout_now is Layout.ABOVE
    assert view.pane.mapTo(view, view.pane.rect().topLeft()).y() > view.page.height()
    view.frame._split.setSizes([222, 500])
    height = view.frame._split.sizes()[0]
    window.close_store()
    view = opened(window, store, qtbot)
    assert view.frame.layout_now is Layout.ABOVE
    assert view.list_head._layouts[Layout.ABOVE].isChecked()
    assert view.frame._split.sizes()[0] == height


def test_the_arrow_keys_walk_the_list_in_every_layout(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    view = opened(window, store, qtbot)
    for layout in (Command.LAYOUT_LEFT, Command.LAYOUT_ABOVE, Command.LAYOUT_LEFT):
        window.commands[layout].trigger()
        view._select(0)  # as the first row is when rows arrive
        first = view.pane.episode_id
        qtbot.keyClick(view.table, Qt.Key.Key_Down)
        assert view.table.current_row() == 1
        assert view.pane.episode_id not in (None, first)
        assert view.selected_ids() == [view.pane.episode_id]


def test_reading_alone_hides_the_list_and_escape_brings_it_back(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    view = opened(window, store, qtbot)
    window.commands[Command.LAYOUT_ALONE].trigger()
    assert not view.table.isVisible() and view.pane.isVisible()
    shown = view.pane.episode_id
    assert shown is not None and list(view.selected_episodes()) == [shown]
    qtbot.keyClick(view.pane.timeline, Qt.Key.Key_Escape)
    assert view.table.isVisible() and view.frame.layout_now is Layout.LEFT


@pytest.mark.parametrize("begin", ["F11", "Enter"])
@pytest.mark.parametrize("end", ["F11", "Esc"])
def test_reading_hides_what_surrounds_the_conversation_and_brings_it_back(
    window: MainWindow, store: Path, qtbot: QtBot, begin: str, end: str
) -> None:
    view = opened(window, store, qtbot)
    [top] = window.findChildren(TopBar)
    around = (window.rail, top, window.side_pane, view.table)
    assert all(part.isVisible() for part in around)
    if begin == "F11":
        window.commands[Command.READ].trigger()
    else:
        qtbot.keyClick(view.table, Qt.Key.Key_Return)
    assert not any(part.isVisible() for part in around)
    assert view.pane.isVisible() and window.focusWidget() is view.pane.timeline
    QApplication.processEvents()
    assert view.pane.width() >= window.width() - 4
    before = view.pane.episode_id
    window.commands[Command.NEXT_EPISODE].trigger()
    assert view.pane.episode_id != before
    window.commands[Command.PREVIOUS_EPISODE].trigger()
    assert view.pane.episode_id == before
    if end == "F11":
        window.commands[Command.READ].trigger()
    else:
        qtbot.keyClick(view.pane.timeline, Qt.Key.Key_Escape)
    assert all(part.isVisible() for part in around)
    assert window.focusWidget() is view.table


def test_another_view_and_closing_end_reading(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    opened(window, store, qtbot)
    window.commands[Command.READ].trigger()
    window.go_to_view(ViewName.AUDIT)
    assert window.rail.isVisible() and window.side_pane.isVisible()
    window.commands[Command.READ].trigger()
    assert not window.rail.isVisible()
    window.close_store()
    assert window.rail.isVisible()
    view = opened(window, store, qtbot)
    assert view.table.isVisible() and window.side_pane.isVisible()


def test_filters_beside_the_list_wait_to_be_asked_for(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    view = opened(window, store, qtbot)
    assert not view.sidebar.isVisible()
    qtbot.mouseClick(view.list_head.filters, Qt.MouseButton.LeftButton)
    assert view.sidebar.isVisible() and view.filters.isVisible()
    window.close_store()
    view = opened(window, store, qtbot)
    assert view.sidebar.isVisible() and view.list_head.filters.isChecked()
    window.commands[Command.SIDEBAR].trigger()
    assert not view.sidebar.isVisible()


def test_what_an_earlier_version_left_of_the_window_changes_nothing(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    """Splitters and docks had other names: they are ignored, without a word."""
    opened(window, store, qtbot)
    window.close_store()
    state = window._state()
    state.save_arrangement("episodes", "upside-down sideways")
    view = opened(window, store, qtbot)
    assert view.frame.layout_now is Layout.LEFT
    assert window.problem_bar.current() is None
