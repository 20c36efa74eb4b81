from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QListWidgetItem
from pytestqt.qtbot import QtBot

from app.episodes.sidebar.facet_list import _COUNT, _STATE, State
from app.episodes.sidebar.filter_sidebar import FilterSidebar
from app.kit.session import Session
from hpm_engine import FacetCounts, SavedSearch
from tests.support.million_memory import MillionMemory

CONTROL, SHIFT, NONE = (
    Qt.KeyboardModifier.ControlModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.NoModifier,
)
COUNTS = FacetCounts(
    {
        "project": tuple((f"project {number}", 50 - number) for number in range(20)),
        "agent": (("codex", 9), ("claude-code", 4), ("<b>x</b>", 1)),
        "is": (("pinned", 2), ("subagent", 0)),
        "has": (("error", 3), ("note", 0), ("subagents", 0)),
        "after": (("today", 1), ("yesterday", 2), ("7d", 5), ("30d", 9)),
        "outcome": (("success", 5), ("failure", 6)),
    }
)


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(10)


@pytest.fixture
def sidebar(qtbot: QtBot, made_up_session: Session) -> FilterSidebar:
    sidebar = FilterSidebar(made_up_session)
    qtbot.addWidget(sidebar)
    sidebar.resize(240, 900)
    sidebar.text_wanted.connect(sidebar.show_text)  # as the view does
    sidebar._due = False  # the counts are these
    sidebar.show()
    sidebar._on_counted((COUNTS, (SavedSearch("mine", "disk full", 0),)))
    return sidebar


def texts(sidebar: FilterSidebar) -> list[str]:
    return [sidebar.list.item(row).text() for row in range(sidebar.list.count())]


def item(sidebar: FilterSidebar, text: str) -> QListWidgetItem:
    return sidebar.list.item(texts(sidebar).index(text))


def click(
    qtbot: QtBot, sidebar: FilterSidebar, text: str, held: Qt.KeyboardModifier = NONE
) -> None:
    sidebar.show()
    line = item(sidebar, text)
    sidebar.list.scrollToItem(line)
    place = sidebar.list.visualItemRect(line).center()
    viewport = sidebar.list.viewport()
    qtbot.mouseClick(viewport, Qt.MouseButton.LeftButton, held, place)


def test_a_click_asks_for_one_value_alone_and_again_for_all(
    qtbot: QtBot, sidebar: FilterSidebar
) -> None:
    sidebar.show_text("disk agent:claude-code")
    click(qtbot, sidebar, "codex")
    assert sidebar._text == "disk agent:codex"
    assert item(sidebar, "codex").data(_STATE) == State.INCLUDED
    click(qtbot, sidebar, "codex")
    assert sidebar._text == "disk"


def test_control_adds_and_shift_leaves_out(qtbot: QtBot, sidebar: FilterSidebar) -> None:
    click(qtbot, sidebar, "codex", CONTROL)
    click(qtbot, sidebar, "claude-code", CONTROL)
    assert sidebar._text == "agent:codex,claude-code"
    click(qtbot, sidebar, "codex", CONTROL)
    assert sidebar._text == "agent:claude-code"
    click(qtbot, sidebar, "project 3", SHIFT)
    assert sidebar._text == 'agent:claude-code -project:"project 3"'
    assert item(sidebar, "project 3").data(_STATE) == State.EXCLUDED
    click(qtbot, sidebar, "project 3", SHIFT)
    assert sidebar._text == "agent:claude-code"


def test_marks_are_facts_of_their_own_and_a_span_is_one(
    qtbot: QtBot, sidebar: FilterSidebar
) -> None:
    for name in ("⚑ Pinned", "✗ With errors", "Last 7 days", "Last 30 days"):
        click(qtbot, sidebar, name)
    assert sidebar._text == "is:pinned has:error after:30d"


def test_the_keyboard_does_what_the_mouse_does(qtbot: QtBot, sidebar: FilterSidebar) -> None:
    sidebar.show()
    sidebar.list.setCurrentItem(item(sidebar, "codex"))
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Space)
    assert sidebar._text == "agent:codex"
    sidebar.list.setCurrentItem(item(sidebar, "claude-code"))
    qtbot.keyClick(sidebar.list, Qt.Key.Key_Return, CONTROL)
    qtbot.keyRelease(sidebar.list, Qt.Key.Key_Control)
    assert sidebar._text == "agent:codex,claude-code"


def test_long_sections_show_the_largest_then_all_or_what_is_typed(
    qtbot: QtBot, sidebar: FilterSidebar
) -> None:
    assert "project 6" in texts(sidebar) and "project 7" not in texts(sidebar)
    sidebar.finder.setText("project 19")
    assert [text for text in texts(sidebar) if text.startswith("project")] == ["project 19"]
    sidebar.finder.clear()
    click(qtbot, sidebar, "13 more…")
    assert "project 19" in texts(sidebar)


def test_what_is_chosen_is_in_sight_though_nothing_has_it(sidebar: FilterSidebar) -> None:
    sidebar.show_text('(project:gone or project:"project 19") model:gpt')
    assert {"gone", "project 19", "gpt"} <= set(texts(sidebar))


def test_what_leaves_nothing_is_not_offered(sidebar: FilterSidebar) -> None:
    assert "✎ With notes" not in texts(sidebar)
    assert "✗ With errors" in texts(sidebar)


def test_sections_fold(qtbot: QtBot, sidebar: FilterSidebar) -> None:
    click(qtbot, sidebar, "▾ Agents")
    assert "codex" not in texts(sidebar)
    sidebar.show_text("agent:codex")  # a filter that holds is never hidden
    assert "codex" in texts(sidebar)


def test_all_filters_go_and_the_words_stay(sidebar: FilterSidebar) -> None:
    sidebar.show_text("disk agent:codex -is:pinned (a or b)")
    assert sidebar.active
    sidebar.clear()
    assert sidebar._text == "disk (a or b)"
    assert not sidebar.active


def test_a_saved_search_is_run(qtbot: QtBot, sidebar: FilterSidebar) -> None:
    click(qtbot, sidebar, "mine")
    assert sidebar._text == "disk full"


def test_a_wrong_search_leaves_the_filters_as_they_were(sidebar: FilterSidebar) -> None:
    sidebar.show_text("agent:codex")
    sidebar.show_text('agent:codex "disk')
    assert item(sidebar, "codex").data(_STATE) == State.INCLUDED


def test_counts_are_read_when_they_are_to_be_seen(
    qtbot: QtBot, made_up_session: Session, memory: MillionMemory
) -> None:
    sidebar = FilterSidebar(made_up_session)
    qtbot.addWidget(sidebar)
    sidebar.show_text("disk")
    sidebar.ask()
    assert memory.calls == []
    sidebar.show()
    qtbot.waitUntil(lambda: "project" in texts(sidebar))
    sidebar.ask()
    sidebar.renew()
    sidebar.ask()
    qtbot.waitUntil(lambda: memory.calls.count("facet_counts") == 2)


def test_no_line_is_made_while_nobody_sees_it(sidebar: FilterSidebar) -> None:
    sidebar.hide()
    before = texts(sidebar)
    sidebar.show_text("agent:gone")
    assert texts(sidebar) == before
    sidebar.show()
    assert "gone" in texts(sidebar)


def test_names_of_traces_are_plain_text(sidebar: FilterSidebar) -> None:
    line = item(sidebar, "<b>x</b>")
    assert "&lt;b&gt;" in line.toolTip()
    assert line.data(Qt.ItemDataRole.AccessibleTextRole) == "<b>x</b>, 1"


def offered(sidebar: FilterSidebar, text: str) -> dict[str, QAction]:
    line = item(sidebar, text)
    return {action.text(): action for action in sidebar.list.offered(line) if action is not None}


def test_a_saved_search_is_run_renamed_and_deleted_from_its_menu(
    qtbot: QtBot, sidebar: FilterSidebar
) -> None:
    entries = offered(sidebar, "mine")
    for signal, text in (
        (sidebar.list.rename_asked, "Rename…"),
        (sidebar.list.delete_asked, "Delete"),
        (sidebar.list.search_asked, "Run"),
    ):
        with qtbot.waitSignal(signal) as asked:
            entries[text].trigger()
        assert asked.args[0].name == "mine"


def test_a_value_is_left_out_from_its_menu(qtbot: QtBot, sidebar: FilterSidebar) -> None:
    with qtbot.waitSignal(sidebar.text_wanted) as wanted:
        offered(sidebar, "codex")["Not This"].trigger()
    assert wanted.args == ["-agent:codex"]


def test_folded_sections_are_remembered(qtbot: QtBot, sidebar: FilterSidebar) -> None:
    click(qtbot, sidebar, "▾ Agents")
    left = sidebar.left_as()
    click(qtbot, sidebar, "▸ Agents")
    sidebar.restore_as("of another version")
    assert "▾ Agents" in texts(sidebar)
    sidebar.restore_as(left)
    assert "▸ Agents" in texts(sidebar) and "▾ Projects" in texts(sidebar)


def test_counts_of_an_earlier_search_are_taken_away_until_the_new_ones_come(
    sidebar: FilterSidebar,
) -> None:
    assert item(sidebar, "codex").data(_COUNT) == "9"
    sidebar.show_text("another search")
    sidebar._on_late()
    assert item(sidebar, "codex").data(_COUNT) == "…"
    spoken = item(sidebar, "codex").data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "codex, being counted"
    sidebar._on_counted((COUNTS, ()))
    assert item(sidebar, "codex").data(_COUNT) == "9"


def test_counts_that_are_late_are_noticed(
    qtbot: QtBot, sidebar: FilterSidebar, made_up_session: Session
) -> None:
    held = threading.Event()
    made_up_session.sum_up(lambda memory, job: held.wait(20))  # what comes next waits for it
    try:
        sidebar.show_text("another search")
        sidebar.ask()
        qtbot.waitUntil(lambda: item(sidebar, "codex").data(_COUNT) == "…")
    finally:
        held.set()
