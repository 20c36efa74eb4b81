from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.episodes.list.columns import COLUMNS
from app.episodes.list.episode_table import EpisodeTable
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.shell.window_state import WindowState
from hpm_engine import EpisodeQuery
from tests.support.million_memory import MillionMemory

# The offscreen platform says so of every menu.
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)

TITLES = [column.title for column in COLUMNS]
PROJECT, TITLE, STEPS = (TITLES.index(title) for title in ("Project", "Title", "Steps"))


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(1_000)


@pytest.fixture
def view(qtbot: QtBot, made_up_session: Session, memory: MillionMemory) -> RowView:
    return shown_view(qtbot, made_up_session, memory)


def shown_view(qtbot: QtBot, session: Session, memory: MillionMemory) -> RowView:
    view = RowView("Episodes")
    qtbot.addWidget(view)
    table = EpisodeTable(session, view)
    table.show_list(memory.episodes.find(EpisodeQuery()))
    view.set_table(table)
    view.resize(900, 400)
    with qtbot.waitSignal(table.page_arrived):
        view.show()
    return view


def menu_of(view: RowView) -> QMenu:
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def texts(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if not action.isSeparator()]


def ask(view: RowView, row: int, column: int) -> QMenu:
    index = view.model().index(row, column)
    view.setCurrentIndex(index)
    view.open_menu(QPoint(0, 0), index)
    return menu_of(view)


def ask_header(view: RowView) -> QMenu:
    view.horizontalHeader().customContextMenuRequested.emit(QPoint(5, 5))
    return menu_of(view)


def choose(menu: QMenu, text: str) -> None:
    action = next(a for a in menu.actions() if a.text().replace("&", "") == text)
    action.trigger()
    menu.close()


def test_the_menu_of_rows_begins_with_what_the_owner_offers(view: RowView) -> None:
    pin = QAction("Pin", view)
    view.set_menu(lambda: [pin, None])
    menu = ask(view, 3, STEPS)
    assert texts(menu) == ["Pin", "Copy the Selected Rows"]
    assert [action.isSeparator() for action in menu.actions()][:2] == [False, True]
    menu.close()


def test_the_menu_is_asked_anew_each_time(view: RowView) -> None:
    spans: list[list[tuple[int, int]]] = []
    view.set_menu(lambda: spans.append(view.selected_spans()) or [])  # type: ignore[func-returns-value]
    for row in (2, 5):
        ask(view, row, STEPS).close()
    assert spans == [[(2, 2)], [(5, 5)]]


def test_a_cell_with_a_field_offers_to_search_for_its_value(view: RowView) -> None:
    asked: list[tuple[str, bool]] = []
    view.narrowed.connect(lambda term, excluded: asked.append((term, excluded)))
    menu = ask(view, 0, PROJECT)
    assert texts(menu)[:2] == ["Show Only Project: project", "Leave Out Project: project"]
    choose(menu, "Show Only Project: project")
    choose(ask(view, 0, PROJECT), "Leave Out Project: project")
    assert asked == [("project:project", False), ("project:project", True)]


@pytest.mark.parametrize(
    ("key", "modifier"),
    [
        (Qt.Key.Key_Menu, Qt.KeyboardModifier.NoModifier),
        (Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier),
    ],
)
def test_the_menu_opens_from_the_keyboard(
    qtbot: QtBot, view: RowView, key: Qt.Key, modifier: Qt.KeyboardModifier
) -> None:
    view.selectRow(4)
    qtbot.keyClick(view, key, modifier)
    menu = menu_of(view)
    assert "Copy the Selected Rows" in texts(menu)
    choose(menu, "Copy the Selected Rows")
    assert QGuiApplication.clipboard().text().count("\n") == 2  # the titles and the row


def test_nothing_selected_is_nothing_to_copy(view: RowView) -> None:
    view.open_menu(QPoint(0, 0), view.model().index(-1, -1))
    menu = menu_of(view)
    assert [action.isEnabled() for action in menu.actions() if action.text()] == [False]
    menu.close()


def test_the_header_chooses_columns(view: RowView) -> None:
    header = view.horizontalHeader()
    menu = ask_header(view)
    entry = next(action for action in menu.actions() if action.text() == "Steps")
    assert entry.isCheckable() and entry.isChecked()
    choose(menu, "Steps")
    assert header.isSectionHidden(STEPS)
    choose(ask_header(view), "Steps")
    assert not header.isSectionHidden(STEPS)
    assert header.sectionSize(STEPS) >= 44


def test_the_last_column_cannot_be_hidden(view: RowView) -> None:
    for position in range(1, len(COLUMNS)):
        view.setColumnHidden(position, True)
    menu = ask_header(view)
    assert not next(a for a in menu.actions() if a.text() == TITLES[0]).isEnabled()
    menu.close()


def test_columns_are_reset_to_what_they_were_at_first(view: RowView) -> None:
    header = view.horizontalHeader()
    before = [header.sectionSize(position) for position in range(header.count())]
    header.resizeSection(STEPS, 20)
    header.moveSection(0, 4)
    view.setColumnHidden(PROJECT, True)
    choose(ask_header(view), "Reset Columns")
    assert [header.visualIndex(position) for position in range(header.count())] == list(
        range(header.count())
    )
    assert [header.sectionSize(position) for position in range(header.count())] == before
    hidden = [position for position, column in enumerate(COLUMNS) if not column.shown]
    assert [p for p in range(header.count()) if header.isSectionHidden(p)] == hidden


def test_fitted_columns_are_as_wide_as_their_text(view: RowView) -> None:
    header = view.horizontalHeader()
    header.resizeSection(STEPS, 400)
    header.resizeSection(PROJECT, 10)
    choose(ask_header(view), "Fit Widths")
    metrics = view.fontMetrics()
    assert metrics.horizontalAdvance("12,345") < header.sectionSize(STEPS) < 120
    assert metrics.horizontalAdvance("project") < header.sectionSize(PROJECT) < 120


def test_the_wide_column_takes_the_room_to_spare(view: RowView) -> None:
    header = view.horizontalHeader()
    for position in range(len(COLUMNS)):
        view.setColumnHidden(position, position not in (TITLE, STEPS))
    view.resize(1_400, 400)
    assert header.length() == view.viewport().width()


def test_the_choice_of_columns_is_remembered(
    qtbot: QtBot, view: RowView, memory: MillionMemory, made_up_session: Session, tmp_path: Path
) -> None:
    choose(ask_header(view), "Steps")
    WindowState(tmp_path, Path("a.hpm")).save_view("episodes", view)
    again = shown_view(qtbot, made_up_session, memory)
    WindowState(tmp_path, Path("a.hpm")).restore_view("episodes", again)
    assert again.isColumnHidden(STEPS)
