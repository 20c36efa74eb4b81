from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QSize, Qt
from pytestqt.qtbot import QtBot

from app.episodes.list.columns import COLUMNS
from app.episodes.list.episode_table import EpisodeTable
from app.kit.session import Session
from app.kit.table.paged_table import KEPT_PAGES, PAGE
from app.kit.table.table_view import RowView
from hpm_engine import EpisodeQuery
from tests.support.million_memory import MillionMemory

STEPS, TITLE = ([column.title for column in COLUMNS].index(title) for title in ("Steps", "Title"))


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(1_000_000)


@pytest.fixture
def table(made_up_session: Session, memory: MillionMemory) -> EpisodeTable:
    table = EpisodeTable(made_up_session)
    table.show_list(memory.episodes.find(EpisodeQuery()))
    return table


def test_the_model_keeps_qts_rules(
    table: EpisodeTable, memory: MillionMemory, qtmodeltester: object
) -> None:
    memory.count = 450
    table.show_list(memory.episodes.find(EpisodeQuery()))
    qtmodeltester.check(table)  # type: ignore[attr-defined]


def test_a_million_rows_fetch_only_the_pages_in_sight(
    qtbot: QtBot, table: EpisodeTable, memory: MillionMemory
) -> None:
    view = RowView("Episodes")
    qtbot.addWidget(view)
    view.set_table(table)
    view.resize(QSize(900, 600))
    with qtbot.waitSignal(table.page_arrived):
        view.show()
    qtbot.wait(50)
    assert [first for first, _ in memory.asked] == [1_000_000]
    with qtbot.waitSignal(table.page_arrived):
        view.scrollToBottom()
    qtbot.wait(50)
    assert table.pages_held <= 3
    assert table.index(999_999, STEPS).data() == "12,345"


def test_an_unfetched_cell_shows_an_ellipsis_and_flags_ask_for_nothing(
    qtbot: QtBot, table: EpisodeTable, memory: MillionMemory
) -> None:
    assert table.flags(table.index(500_000, 0)) & Qt.ItemFlag.ItemIsSelectable
    assert table.index(500_000, 0).data(Qt.ItemDataRole.ToolTipRole) is None
    qtbot.wait(20)
    assert memory.asked == []
    with qtbot.waitSignal(table.page_arrived):
        assert table.index(500_000, 0).data() == "…"
    assert table.index(500_000, STEPS).data() == "12,345"


def test_answers_to_an_older_query_are_dropped(
    qtbot: QtBot, table: EpisodeTable, memory: MillionMemory
) -> None:
    memory.gate.clear()
    table.index(0, TITLE).data()
    qtbot.wait(20)  # the reader now waits at the gate with the old page
    table.show_list(memory.episodes.find(EpisodeQuery(descending=False)))
    memory.gate.set()
    qtbot.wait(50)
    assert table.pages_held == 0
    with qtbot.waitSignal(table.page_arrived):
        table.index(0, TITLE).data()
    assert table.row(0) is not None and table.row(0).id == 1  # type: ignore[union-attr]


def test_only_fifty_pages_are_kept(qtbot: QtBot, table: EpisodeTable) -> None:
    for page in range(KEPT_PAGES + 5):
        with qtbot.waitSignal(table.page_arrived):
            table.index(page * PAGE, 0).data()
    assert table.pages_held == KEPT_PAGES


def test_the_same_rows_again_keep_showing_until_the_new_ones_arrive(
    qtbot: QtBot, table: EpisodeTable, memory: MillionMemory
) -> None:
    with qtbot.waitSignal(table.page_arrived):
        table.index(0, TITLE).data()
    memory.text = "renamed"
    assert table.show_list(memory.episodes.find(EpisodeQuery())) is False
    assert "renamed" not in table.index(0, TITLE).data()
    qtbot.waitUntil(lambda: "renamed" in table.index(0, TITLE).data())


def test_an_episode_is_found_in_its_row(table: EpisodeTable) -> None:
    assert table.row_of(1_000_000) == 0
    assert table.row_of(1) == 999_999
    assert table.row_of(1_000_001) is None
    assert table.id_at(3) == 999_997


def test_selecting_a_million_rows_asks_for_none_of_them(
    qtbot: QtBot, table: EpisodeTable, memory: MillionMemory
) -> None:
    view = RowView("Episodes")
    qtbot.addWidget(view)
    view.set_table(table)
    view.show()
    qtbot.waitUntil(lambda: bool(memory.asked))
    began = time.perf_counter()
    view.selectAll()
    view.grab()
    assert time.perf_counter() - began < 1
    assert view.selected_spans() == [(0, 999_999)]
    assert len(memory.asked) == 1
