from __future__ import annotations

from pathlib import Path
from typing import cast

import pytest
from PySide6.QtCore import QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from app.episodes.list.answer import find
from app.episodes.list.columns import COLUMNS
from app.episodes.list.densities import Densities
from app.episodes.list.episode_lines import Phrase, facts, joined, marks, memory_marks, spoken
from app.episodes.list.episode_table import EpisodeTable
from app.episodes.list.list_view import Density, EpisodeListView
from app.episodes.list_head import ListHead
from app.episodes.reading_frame import Layout
from app.kit.formatting import exact_time
from app.kit.session import Session
from app.kit.table.paged_table import PAGE
from app.kit.theme.colour import Colour
from app.shell.window_state import WindowState
from hpm_engine import (
    DayGroup,
    DayKind,
    EpisodeQuery,
    Job,
    Kept,
    Memory,
    Outcome,
    SortColumn,
)
from tests.support.million_memory import MillionMemory, made_up_episode

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)
STEPS = [column.title for column in COLUMNS].index("Steps")
DAYS = (DayGroup(0, DayKind.TODAY, 0, 1), DayGroup(3, DayKind.YESTERDAY, 0, 1))


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(1_000)


@pytest.fixture
def view(qtbot: QtBot, made_up_session: Session, memory: MillionMemory) -> EpisodeListView:
    table = EpisodeTable(made_up_session)
    table.show_list(memory.episodes.find(EpisodeQuery()))
    view = EpisodeListView(table)
    table.setParent(view)
    qtbot.addWidget(view)
    view.resize(320, 400)
    with qtbot.waitSignal(table.page_arrived):
        view.show()
    return view


def picture(view: EpisodeListView) -> QImage:
    return view.viewport().grab().toImage()


def test_lines_share_rows_and_selection_with_the_table(view: EpisodeListView) -> None:
    view.selectRow(5)
    view.set_density(Density.COMFORTABLE)
    assert view.selected_spans() == [(5, 5)]
    assert not view.horizontalHeader().isVisible()
    assert view.rowHeight(0) > 1.8 * view.fontMetrics().height()
    right = view.viewport().width() - 1
    assert view.columnAt(right) == view.columnAt(10)  # one column, as wide as the list
    two_lines = view.rowHeight(0)
    view.set_density(Density.COMPACT)
    assert view.rowHeight(0) < two_lines
    view.set_density(Density.TABLE)
    assert view.selected_spans() == [(5, 5)]
    assert view.horizontalHeader().isVisible()


def test_columns_come_back_as_they_were(view: EpisodeListView) -> None:
    view.setColumnWidth(STEPS, 77)
    view.setColumnHidden(0, True)
    for density in (Density.COMPACT, Density.COMFORTABLE, Density.TABLE):
        view.set_density(density)
    assert view.columnWidth(STEPS) == 77
    assert view.isColumnHidden(0)


def test_the_columns_of_the_table_are_remembered_from_lines(
    qtbot: QtBot, view: EpisodeListView, tmp_path: Path
) -> None:
    view.setColumnWidth(STEPS, 77)
    view.set_density(Density.COMFORTABLE)
    view.show_order(EpisodeQuery(sort=SortColumn.ERRORS))
    WindowState(tmp_path, None).save_view("episodes", view)
    assert not view.horizontalHeader().isVisible() and view.isColumnHidden(STEPS)
    again = EpisodeListView(view._table)
    qtbot.addWidget(again)
    again.set_density(Density.COMFORTABLE)
    asked: list[object] = []
    again.sort_asked.connect(lambda column, down: asked.append((column, down)))
    WindowState(tmp_path, None).restore_view("episodes", again)
    assert asked == [(SortColumn.ERRORS, True)]
    assert again.isColumnHidden(STEPS)
    again.set_density(Density.TABLE)
    assert again.columnWidth(STEPS) == 77
    assert asked == [(SortColumn.ERRORS, True)]  # another density is no other order


def test_days_stand_above_their_first_rows(view: EpisodeListView) -> None:
    view.set_density(Density.COMPACT)
    plain, before = view.rowHeight(1), picture(view)
    view.show_days(DAYS)
    assert [view.band_above(row) > 0 for row in range(5)] == [True, False, False, True, False]
    assert view.rowHeight(0) == plain + view.band_above(0)
    assert view.rowHeight(1) == plain
    assert picture(view) != before
    view.show_days(())
    assert view.rowHeight(0) == plain


def test_days_stay_where_they_are_in_another_density(view: EpisodeListView) -> None:
    view.show_days(DAYS)
    view.set_density(Density.COMFORTABLE)
    assert view.rowHeight(3) == view.rowHeight(1) + view.band_above(3)


def test_a_row_is_scrolled_to_where_its_column_is_hidden(view: EpisodeListView) -> None:
    view.set_density(Density.COMFORTABLE)
    flags = QItemSelectionModel.SelectionFlag
    view.selectionModel().setCurrentIndex(
        view.model().index(900, 0), flags.ClearAndSelect | flags.Rows
    )
    assert 0 <= view.rowViewportPosition(900) < view.viewport().height()


def test_arrow_keys_walk_the_lines(qtbot: QtBot, view: EpisodeListView) -> None:
    view.set_density(Density.COMFORTABLE)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(50, 20))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyRelease(view, Qt.Key.Key_Shift)
    assert view.selected_spans() == [(1, 2)]


def test_lines_offer_to_narrow_the_search(view: EpisodeListView) -> None:
    view.set_density(Density.COMFORTABLE)
    view.selectRow(0)
    view.open_menu(QPoint(0, 0), view.model().index(0, 3))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    texts = [action.text() for action in menu.actions() if action.text()]
    menu.close()
    assert texts[:3] == [
        "Show Only Project: project",
        "Show Only Agent: tester",
        "Show Only Outcome: ✗ failure",
    ]


def test_what_matters_is_told_in_lines_by_shape_and_word() -> None:
    episode = made_up_episode(
        1,
        outcome=Outcome.SUCCESS,
        notes=2,
        kept=Kept.COMPRESSED,
        learned=True,
        cost_usd=0.694,
        ended_at=1_700_000_000_000_001 + 192_000_000,
    )
    assert [mark.text for mark in marks(episode)] == ["✓", "⚑", "✎"]
    assert [mark.text for mark in memory_marks(episode)] == ["▤", "◆"]
    assert [fact.text for fact in facts(episode)] == [
        *("tester", "12,345 steps", "✗ 3", "$0.69", "3 min 12 s", "project")
    ]
    said = spoken(episode)
    assert all(word in said for word in ("task 1", "success", "pinned", "with notes", "tag good"))


def test_neighbours_of_one_colour_are_written_at_once() -> None:
    phrases = [Phrase("codex", Colour.AGENT), Phrase(" · "), Phrase("3 steps"), Phrase(" · ")]
    runs = list(joined([*phrases, Phrase("✗ 2", Colour.BAD)]))
    assert [(run.text, run.colour) for run in runs] == [
        ("codex", Colour.AGENT),
        (" · 3 steps · ", Colour.MUTED),
        ("✗ 2", Colour.BAD),
    ]
    assert not list(joined([]))


def test_rows_of_few_and_of_many_episodes_are_found_alike(view: EpisodeListView) -> None:
    model = view.model()
    assert isinstance(model, EpisodeTable)
    ids = model.ids_between(0, model.rowCount() - 1)
    for count in (1, 4, 5, 9):
        assert model.rows_of(ids[3 : 3 + count]) == list(range(3, 3 + count))
    assert model.rows_of([]) == [] == model.rows_of([-1])


def test_the_density_of_each_layout_is_remembered() -> None:
    densities = Densities()
    assert densities.of(Layout.LEFT) is Density.COMFORTABLE
    assert densities.of(Layout.ABOVE) is Density.TABLE
    densities.choose(Layout.LEFT, Density.COMPACT)
    again = Densities()
    again.restore_as(densities.left_as())
    assert again.of(Layout.LEFT) is Density.COMPACT
    again.restore_as("nonsense")
    assert again.of(Layout.ABOVE) is Density.TABLE


def test_lines_are_read_out_whole_and_tell_exact_times_on_hover(view: EpisodeListView) -> None:
    view.set_density(Density.COMFORTABLE)
    index = view.model().index(0, 3)
    episode = view.model().row(0)  # type: ignore[attr-defined]
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == spoken(episode)
    tip = index.data(Qt.ItemDataRole.ToolTipRole)
    assert f"Started {exact_time(episode.started_at)}" in tip and tip.startswith("<qt>")
    view.set_density(Density.TABLE)
    assert index.data(Qt.ItemDataRole.AccessibleTextRole) == index.data()


def test_a_narrow_list_keeps_its_width_whatever_it_is_sorted_by(qtbot: QtBot) -> None:
    head = ListHead()
    qtbot.addWidget(head)
    widths = set()
    for column in (SortColumn.STARTED, SortColumn.COST, SortColumn.TITLE, SortColumn.AGENT):
        head.options.show_order(EpisodeQuery(sort=column, descending=column is SortColumn.COST))
        widths.add(head.minimumSizeHint().width())
    assert len(widths) == 1


def test_the_first_rows_come_with_an_answer_where_they_are_in_sight(memory: MillionMemory) -> None:
    store = cast("Memory", memory)
    seen = find(EpisodeQuery(sort=SortColumn.STEPS), True, store, Job())
    assert len(seen.first) == PAGE and seen.first[0] is not None
    unseen = find(EpisodeQuery(sort=SortColumn.STEPS), False, store, Job())
    assert not unseen.first and unseen.episodes.ids == seen.episodes.ids
