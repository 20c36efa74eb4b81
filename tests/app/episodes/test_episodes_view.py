from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QItemSelection, QItemSelectionModel, QPoint, Qt
from PySide6.QtGui import QColor, QImage
from pytestqt.qtbot import QtBot

from app.episodes.list.answer import Answer, find
from app.episodes.list.columns import COLUMNS
from app.episodes.list.kept_selection import KeptSelection
from app.episodes.reading_frame import Layout
from app.episodes.view import EpisodesView
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import Changed, EpisodeList, EpisodeQuery, HPMError, Job, Memory, SortColumn
from tests.support.million_memory import MillionMemory

STEPS, TITLE = (
    [column.sort for column in COLUMNS].index(column)
    for column in (SortColumn.STEPS, SortColumn.TITLE)
)

# The offscreen platform says so of every window with a layout.
pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints", extend=True)

MAGENTA = QColor(255, 0, 254)


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(2_000, 100)


@pytest.fixture
def make_view(qtbot: QtBot, made_up_session: Session) -> Callable[[], EpisodesView]:
    def make() -> EpisodesView:
        view = EpisodesView(made_up_session, Navigator(Place(ViewName.EPISODES)))
        qtbot.addWidget(view)
        view.resize(1200, 800)
        view.show()
        return view

    return make


@pytest.fixture
def view(qtbot: QtBot, make_view: Callable[[], EpisodesView]) -> EpisodesView:
    view = make_view()
    qtbot.waitUntil(lambda: view.pane.timeline.outline is not None and bool(view.model.rows_held()))
    return view


def test_the_first_row_is_shown_with_its_steps(view: EpisodesView) -> None:
    assert view.pane.episode_id == 2_000
    assert view.selected_ids() == [2_000]


def test_rows_shown_is_told_once_real_rows_were_painted(qtbot: QtBot, view: EpisodesView) -> None:
    pairs: list[tuple[int, int]] = []
    view.counted.connect(lambda episodes, hits: pairs.append((episodes, hits)))
    with qtbot.waitSignal(view.rows_shown):
        view.set_query(EpisodeQuery(text="word"))
    assert pairs == [(2_000, 7)]


def test_a_click_on_a_header_sorts_in_the_query(qtbot: QtBot, view: EpisodesView) -> None:
    view.frame.arrange(Layout.ABOVE)
    header = view.table.horizontalHeader()
    with qtbot.waitSignal(view.counted):
        qtbot.mouseClick(
            header.viewport(),
            Qt.MouseButton.LeftButton,
            pos=header.viewport().rect().topLeft()
            + QPoint(header.sectionViewportPosition(STEPS) + 10, 5),
        )
    assert view.query().sort is SortColumn.STEPS
    assert view.query().descending is True


def test_sorting_goes_to_what_now_comes_first(qtbot: QtBot, view: EpisodesView) -> None:
    view.table.selectRow(1_500)
    view.table.scrollTo(view.model.index(1_500, 0))
    assert view.table.rowAt(0) > 0
    with qtbot.waitSignal(view.counted):
        view.table.sort_asked.emit(SortColumn.ERRORS, True)
    assert view.table.rowAt(0) == 0


def test_selection_and_place_survive_a_refresh(
    qtbot: QtBot, view: EpisodesView, memory: MillionMemory
) -> None:
    view.table.selectRow(700)
    view.table.scrollTo(view.model.index(700, 0))
    chosen = view.selected_ids()
    memory.count += 5  # five newer episodes arrive above
    with qtbot.waitSignal(view.counted):
        view.refresh(Changed.EPISODES)
    assert view.selected_ids() == chosen
    assert view.pane.episode_id == chosen[0]
    assert view.table.current_row() == 705
    first, last = view.table.rowAt(0), view.table.rowAt(view.table.viewport().height() - 1)
    assert first <= 705 <= last


def test_a_wrong_query_keeps_the_last_good_rows(qtbot: QtBot, view: EpisodesView) -> None:
    with qtbot.waitSignal(view.query_failed) as signal:
        view.set_query(EpisodeQuery(text='"'))
    assert "never closed" in str(signal.args[0])
    assert view.model.rowCount() == 2_000
    assert view.page.shows_content


def test_no_match_offers_to_clear_the_search(qtbot: QtBot, view: EpisodesView) -> None:
    with qtbot.waitSignal(view.counted):
        view.set_query(EpisodeQuery(text="nothing"))
    assert view.page.notice == "No episode matches"


def test_an_empty_store_says_what_to_do(
    qtbot: QtBot, memory: MillionMemory, make_view: Callable[[], EpisodesView]
) -> None:
    memory.count = 0
    view = make_view()
    qtbot.waitUntil(lambda: view.page.notice == "No episodes yet")
    assert view.pane.page.notice == "No episode chosen"


def test_a_failure_is_shown_and_can_be_tried_again(
    qtbot: QtBot, memory: MillionMemory, make_view: Callable[[], EpisodesView]
) -> None:
    memory.failure = HPMError("The disk went away. Plug it in again.")
    view = make_view()
    qtbot.waitUntil(lambda: view.page.notice == "✗ The search failed")
    memory.failure = None
    view.page._button.click()
    qtbot.waitUntil(lambda: view.page.shows_content)


def test_a_slow_answer_says_that_it_is_waited_for(
    qtbot: QtBot, view: EpisodesView, memory: MillionMemory
) -> None:
    memory.gate.clear()
    view.table.scrollToBottom()
    qtbot.wait(30)  # the reader is now held up by a page
    view.pane.show_episode(5, "")
    qtbot.waitUntil(lambda: view.pane.page.notice == "Reading the steps…")
    memory.gate.set()
    qtbot.waitUntil(lambda: view.pane.page.shows_content)


def test_j_and_n_act_on_the_steps_from_the_table(qtbot: QtBot, view: EpisodesView) -> None:
    view.table.setFocus()
    qtbot.keyClicks(view.table, "jj")
    assert view.pane.timeline.current == 2
    assert view.table.current_row() == 0


def test_a_place_is_restored_with_its_step(qtbot: QtBot, view: EpisodesView) -> None:
    view.restore(Place(ViewName.EPISODES, 1_500, 40))
    qtbot.waitUntil(lambda: view.pane.timeline.current == 40)
    assert view.pane.episode_id == 1_500
    assert view.selected_ids() == [1_500]


def test_moving_through_steps_moves_the_navigator(qtbot: QtBot, view: EpisodesView) -> None:
    view.pane.timeline.go_to(7)
    assert view._navigator.current == Place(ViewName.EPISODES, 2_000, 7)


def test_filters_of_a_query_stand_in_the_search(qtbot: QtBot, view: EpisodesView) -> None:
    queries: list[EpisodeQuery] = []
    view.query_changed.connect(queries.append)
    view.set_query(EpisodeQuery(text="disk", project="a b", pinned=True, sort=SortColumn.COST))
    assert queries == [EpisodeQuery(text='disk project:"a b" is:pinned', sort=SortColumn.COST)]
    view.filters.clear()
    assert view.query() == EpisodeQuery(text="disk", sort=SortColumn.COST)
    view.set_query(EpisodeQuery(text="disk "))  # as it is typed
    assert view.query().text == "disk "


def test_everything_has_an_accessible_name(view: EpisodesView) -> None:
    pane = view.pane
    for widget in (view.table, pane.timeline, pane.map, view.filters.list, view.filters.finder):
        assert widget.accessibleName()


def test_hostile_text_loads_nothing_and_hides_nothing(
    qtbot: QtBot, memory: MillionMemory, make_view: Callable[[], EpisodesView], tmp_path: Path
) -> None:
    picture = QImage(64, 64, QImage.Format.Format_RGB32)
    picture.fill(MAGENTA)
    picture.save(str(tmp_path / "bait.png"))
    memory.text = (
        f'<img src="file://{tmp_path}/bait.png" width="300" height="300"><h1>big</h1>'
        "\u202eevil\x00\x07 [link](file:///etc/passwd)"
    )
    view = make_view()
    qtbot.waitUntil(lambda: "⟦RLO⟧" in str(view.model.index(0, TITLE).data()))
    view.pane.timeline.toggle_current()
    tip = view.model.index(0, TITLE).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img" in tip and "<img" not in tip
    assert "\u202e" not in view.model.index(0, TITLE).data()
    shown = view.grab().toImage()
    seen = {shown.pixelColor(x, y).rgb() for x in range(0, 1200, 5) for y in range(0, 800, 5)}
    assert MAGENTA.rgb() not in seen


def test_a_line_of_ten_megabytes_does_not_hold_the_window_up(
    qtbot: QtBot, memory: MillionMemory, make_view: Callable[[], EpisodesView]
) -> None:
    memory.text, memory.step_count, memory.count = "x" * 10_000_000, 3, 3
    view = make_view()
    outline = view.pane.timeline
    qtbot.waitUntil(lambda: outline.outline is not None, timeout=20_000)
    began = time.perf_counter()
    view.pane.timeline.toggle_current()
    view.pane.timeline.viewport().repaint()
    assert time.perf_counter() - began < 0.5


def test_thousands_of_selected_rows_are_found_again_at_once(
    qtbot: QtBot, memory: MillionMemory, make_view: Callable[[], EpisodesView]
) -> None:
    memory.count = 100_000
    view = make_view()
    qtbot.waitUntil(lambda: bool(view.model.rows_held()))
    view.table.setCurrentIndex(view.model.index(50_000, 0))
    first, last = view.model.index(50_000, 0), view.model.index(54_999, 0)
    flags = QItemSelectionModel.SelectionFlag
    view.table.selectionModel().select(
        QItemSelection(first, last), flags.ClearAndSelect | flags.Rows
    )
    chosen = view.selected_ids()
    assert len(chosen) == 5_000
    kept = KeptSelection(view.table, view.model)
    view.model.show_list(EpisodeList(view.model._list.ids[8:]))
    began = time.thread_time()
    kept.restore()
    assert time.thread_time() - began < 0.25
    assert view.selected_ids() == chosen
    assert view.table.current_row() == 49_999


def test_rows_are_asked_for_before_the_values_of_the_filters(
    qtbot: QtBot, memory: MillionMemory, make_view: Callable[[], EpisodesView]
) -> None:
    view = make_view()
    view.frame.show_sidebar(True)
    qtbot.waitUntil(lambda: {"facets", "facet_counts"} <= set(memory.calls))
    assert memory.calls.index("get") < memory.calls.index("facets")


def test_other_words_bring_their_first_rows_another_order_does_not_where_one_is_far_down(
    qtbot: QtBot, view: EpisodesView, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = list[bool]()

    def noted(query: EpisodeQuery, at_top: bool, memory: Memory, job: Job) -> Answer:
        asked.append(at_top)
        return find(query, at_top, memory, job)

    monkeypatch.setattr("app.episodes.view.find", noted)
    view.table.scrollToBottom()
    with qtbot.waitSignal(view.counted):
        view.set_query(EpisodeQuery(sort=SortColumn.STEPS))
    view.table.scrollToBottom()
    with qtbot.waitSignal(view.counted):
        view.set_query(EpisodeQuery(text="task", sort=SortColumn.STEPS))
    assert asked == [False, True]
