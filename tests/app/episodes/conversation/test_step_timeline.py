from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.episodes.conversation.mini_map import MiniMap
from app.episodes.conversation.step_timeline import StepTimeline
from app.episodes.conversation.timeline_outline import TimelineOutline, read_outline
from app.kit.session import Session
from hpm_engine import Job, PartKind
from tests.support.million_memory import MillionMemory

STEPS = 100_000


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(1, STEPS, text="line one\n" * 40)


@pytest.fixture
def outline(memory: MillionMemory) -> TimelineOutline:
    return read_outline(memory, Job(), 1, "line")  # type: ignore[arg-type]


@pytest.fixture
def timeline(qtbot: QtBot, made_up_session: Session, outline: TimelineOutline) -> StepTimeline:
    timeline = StepTimeline(made_up_session)
    qtbot.addWidget(timeline)
    timeline.resize(700, 500)
    timeline.show()
    timeline.show_outline(outline)
    qtbot.waitUntil(lambda: timeline.texts.step(0) is not None)
    return timeline


def test_a_hundred_thousand_steps_fetch_only_those_in_sight(
    qtbot: QtBot, timeline: StepTimeline, memory: MillionMemory
) -> None:
    assert sum(stop - start for start, stop in memory.steps_asked) < 40
    timeline.go_to(STEPS - 1)
    qtbot.waitUntil(lambda: timeline.texts.step(STEPS - 1) is not None)
    assert timeline.current == STEPS - 1
    assert sum(stop - start for start, stop in memory.steps_asked) < 80


def test_a_jump_repaints_at_once(qtbot: QtBot, timeline: StepTimeline) -> None:
    slowest = 0.0
    for seq in (90_000, 5, 50_000, 99_999, 123):
        began = time.perf_counter()
        timeline.go_to(seq)
        timeline.viewport().repaint()
        slowest = max(slowest, time.perf_counter() - began)
        qtbot.waitUntil(lambda seq=seq: timeline.texts.step(seq) is not None)
    assert slowest < 0.1


def test_the_step_under_the_cursor_stays_in_sight_when_its_text_arrives(
    qtbot: QtBot, timeline: StepTimeline
) -> None:
    timeline.go_to(70_000)
    qtbot.waitUntil(lambda: timeline.texts.step(70_000) is not None)
    qtbot.wait(20)
    top = timeline.verticalScrollBar().value()
    column = timeline.column
    assert column is not None
    begins = column.heights.top(70_000)
    assert top <= begins < top + timeline.viewport().height()


def test_j_and_k_move_by_step_and_n_by_hit(qtbot: QtBot, timeline: StepTimeline) -> None:
    qtbot.keyClicks(timeline, "jjk")
    assert timeline.current == 1
    qtbot.keyClick(timeline, Qt.Key.Key_N)
    assert timeline.current == 2
    qtbot.keyClick(timeline, Qt.Key.Key_N)
    assert timeline.current == 70
    qtbot.keyClick(timeline, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    qtbot.keyClick(timeline, Qt.Key.Key_N, Qt.KeyboardModifier.ShiftModifier)
    assert timeline.current == 900  # around the beginning to the last hit


def test_escape_leaves(qtbot: QtBot, timeline: StepTimeline) -> None:
    with qtbot.waitSignal(timeline.left):
        qtbot.keyClick(timeline, Qt.Key.Key_Escape)


def test_space_opens_a_group_then_all_of_its_step_and_folds_both(
    qtbot: QtBot, timeline: StepTimeline
) -> None:
    column = timeline.column
    assert column is not None
    short = column.card(0).height
    assert [block.part.kind for block in column.card(0).blocks] == [PartKind.MESSAGE]
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    assert len(column.card(0).blocks) == 4
    opened = column.card(0).height
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: column.card(0).height > 2 * opened)
    qtbot.keyClick(timeline, Qt.Key.Key_Space)
    qtbot.waitUntil(lambda: column.card(0).height == short)


def test_a_click_on_the_link_unfolds_one_part(qtbot: QtBot, timeline: StepTimeline) -> None:
    column = timeline.column
    assert column is not None
    timeline.fold_group(False)
    card = column.card(0)
    top = next(y for y in range(card.height) if card.block_under(y) == (3, "more"))
    where = QPoint(timeline.left_of_cards() + 60, top + 8 - timeline.top_of_cards())
    qtbot.mouseClick(timeline.viewport(), Qt.MouseButton.LeftButton, pos=where)
    qtbot.waitUntil(lambda: column.card(0).blocks[3].shown == len("line one\n" * 40))
    assert column.card(0).blocks[2].shown < len("line one\n" * 40)


def test_the_whole_text_of_a_step_is_copied(qtbot: QtBot, timeline: StepTimeline) -> None:
    qtbot.keyClick(timeline, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().count("line one") == 160


def test_screen_readers_hear_the_step(timeline: StepTimeline) -> None:
    assert (
        timeline.accessibleDescription()
        == "Step 1, User, error, 1 tool call · 1 thought · 1 error, folded of 100,000"
    )


def test_the_same_episode_read_again_keeps_place_and_folds(
    qtbot: QtBot, timeline: StepTimeline, outline: TimelineOutline, memory: MillionMemory
) -> None:
    timeline.go_to(500)
    qtbot.waitUntil(lambda: timeline.texts.step(500) is not None)
    timeline.toggle_current()
    timeline.toggle_current()
    qtbot.waitUntil(lambda: timeline.column.card(500).blocks[2].text.whole)
    top = timeline.verticalScrollBar().value()
    again = read_outline(memory, Job(), 1, "line", outline)  # type: ignore[arg-type]
    timeline.show_outline(again, 500)
    qtbot.waitUntil(lambda: timeline.texts.step(500) is not None)
    assert timeline.current == 500
    assert timeline.verticalScrollBar().value() == top
    column = timeline.column
    assert column is not None and column.card(500).blocks[2].shown == len("line one\n" * 40)


def test_the_map_jumps_to_where_it_is_clicked(qtbot: QtBot, outline: TimelineOutline) -> None:
    strip = MiniMap()
    qtbot.addWidget(strip)
    strip.resize(46, 400)
    strip.show_outline(outline)
    strip.show()
    began = time.perf_counter()
    strip.grab()
    assert time.perf_counter() - began < 0.1
    with qtbot.waitSignal(strip.jumped) as jumped:
        qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(10, 200))
    assert jumped.args == [50_000]


def test_the_map_tells_errors_and_hits_in_words(qtbot: QtBot, outline: TimelineOutline) -> None:
    strip = MiniMap()
    qtbot.addWidget(strip)
    strip.show_outline(outline)
    assert strip.accessibleDescription() == "100,000 steps, 2,000 with trouble, 3 search hits"
