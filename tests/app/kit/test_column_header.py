from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.consolidation.row_list import RowList
from app.episodes.list.columns import COLUMNS
from app.episodes.list.episode_table import EpisodeTable
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.theme import Scheme, Theme
from app.kit.theme.type_scale import TEXT_SCALES
from app.shell.window_state import WindowState
from hpm_engine import EpisodeQuery
from tests.support.million_memory import MillionMemory

LARGER = [scale for scale in TEXT_SCALES if scale >= 100]


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(100)


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp)
    yield theme
    zoom(theme, 100)
    theme.deleteLater()


def zoom(theme: Theme, per_cent: int) -> None:
    theme.apply(Scheme.LIGHT, per_cent)
    QApplication.processEvents()


def shown_view(qtbot: QtBot, session: Session, memory: MillionMemory) -> RowView:
    view = RowView("Episodes")
    qtbot.addWidget(view)
    table = EpisodeTable(session, view)
    table.show_list(memory.episodes.find(EpisodeQuery()))
    view.set_table(table)
    view.resize(900, 400)
    view.show()
    return view


def widths(view: RowView) -> list[int]:
    """Of all columns but the one that takes the room to spare."""
    return [view.columnWidth(column) for column in range(len(COLUMNS)) if not COLUMNS[column].wide]


def test_zooming_there_and_back_leaves_every_width(
    qtbot: QtBot, theme: Theme, made_up_session: Session, memory: MillionMemory
) -> None:
    view = shown_view(qtbot, made_up_session, memory)
    view.setColumnWidth(1, 137)
    before = widths(view)
    for scale in [*LARGER, *reversed(LARGER)]:
        zoom(theme, scale)
        if scale == 200:
            assert view.columnWidth(2) > 1.5 * before[2]
    assert widths(view) == before


def test_a_view_first_seen_while_zoomed_has_its_own_widths_afterwards(
    qtbot: QtBot, theme: Theme, made_up_session: Session, memory: MillionMemory, tmp_path: Path
) -> None:
    usual = shown_view(qtbot, made_up_session, memory)
    usual.setColumnWidth(1, 137)
    before = widths(usual)
    WindowState(tmp_path, None).save_view("episodes", usual)
    assert widths(usual) == before

    zoom(theme, 175)
    view = shown_view(qtbot, made_up_session, memory)
    WindowState(tmp_path, None).restore_view("episodes", view)
    assert view.columnWidth(2) > 1.5 * before[2]
    zoom(theme, 100)
    assert widths(view) == before


def test_what_is_kept_while_zoomed_is_what_it_was(
    qtbot: QtBot, theme: Theme, made_up_session: Session, memory: MillionMemory, tmp_path: Path
) -> None:
    view = shown_view(qtbot, made_up_session, memory)
    view.setColumnWidth(1, 137)
    before = widths(view)
    zoom(theme, 200)
    WindowState(tmp_path, None).save_view("episodes", view)
    zoom(theme, 100)
    view.setColumnWidth(1, 60)
    WindowState(tmp_path, None).restore_view("episodes", view)
    assert widths(view) == before


def test_a_column_shown_while_zoomed_goes_back_with_the_others(
    qtbot: QtBot, theme: Theme, made_up_session: Session, memory: MillionMemory
) -> None:
    view = shown_view(qtbot, made_up_session, memory)
    before = view.columnWidth(2)
    view.setColumnHidden(1, True)
    zoom(theme, 200)
    view.setColumnHidden(1, False)
    assert view.columnWidth(2) > 1.5 * before
    zoom(theme, 100)
    assert view.columnWidth(2) == before


def test_a_short_list_keeps_the_widths_that_a_person_gave(qtbot: QtBot, theme: Theme) -> None:
    rows = RowList("Cycles", ("Name", "Born", "Lost"), (100, 60, 60))
    qtbot.addWidget(rows)
    rows.resize(500, 200)
    rows.show()
    rows.setColumnWidth(1, 91)
    zoom(theme, 200)
    assert rows.columnWidth(1) > 120
    zoom(theme, 100)
    assert rows.columnWidth(1) == 91
