from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyleOptionViewItem
from pytestqt.qtbot import QtBot

from app.kit.table.noted_delegate import NOTE, NotedDelegate
from app.search.search_box import SearchBox
from hpm_engine import BadQuery, Facets

Key = Qt.Key


@pytest.fixture
def box(qtbot: QtBot) -> SearchBox:
    box = SearchBox()
    qtbot.addWidget(box)
    box.resize(900, 300)
    box.show()
    box.line.setFocus()
    box.completions.set_facets(
        Facets((("tidewater", 12), ("my\u202e project", 3)), (("codex", 4),), (), ())
    )
    return box


def test_fields_and_the_stores_values_are_offered_while_typing(
    box: SearchBox, qtbot: QtBot
) -> None:
    qtbot.keyClicks(box.line, "err")
    assert box.completions.choices() == ["errors:"]
    qtbot.keyClicks(box.line, " pro")
    assert box.completions.choices() == ["project:"]
    qtbot.keyClick(box.line, Key.Key_Tab)
    assert box.line.text() == "err project:"
    assert box.completions.choices() == ["project:tidewater", 'project:"my\u202e project"']
    assert "⟦RLO⟧" in box.completions.item(1).text()
    qtbot.keyClick(box.line, Key.Key_Down)
    qtbot.keyClick(box.line, Key.Key_Down)
    qtbot.keyClick(box.line, Key.Key_Up)
    asked: list[str] = []
    box.asked.connect(asked.append)
    qtbot.keyClick(box.line, Key.Key_Return)
    assert box.line.text() == "err project:tidewater "
    assert not box.completions.isVisible() and asked == []
    qtbot.keyClick(box.line, Key.Key_Return)
    assert asked == ["err project:tidewater"]


def test_enter_asks_while_nothing_is_chosen_and_escape_closes_first(
    box: SearchBox, qtbot: QtBot
) -> None:
    asked: list[str] = []
    box.asked.connect(asked.append)
    qtbot.keyClicks(box.line, "is")
    assert box.completions.choices() == ["is:pinned", "is:subagent"]
    qtbot.keyClick(box.line, Key.Key_Escape)
    assert not box.completions.isVisible() and box.line.text() == "is"
    qtbot.keyClicks(box.line, ":")
    qtbot.keyClick(box.line, Key.Key_Return)
    assert asked == ["is:"] and not box.completions.isVisible()


def test_a_half_typed_field_is_no_mistake_while_it_is_completed(
    box: SearchBox, qtbot: QtBot
) -> None:
    asked: list[str] = []
    box.asked.connect(asked.append)
    qtbot.keyClicks(box.line, "word agent:")
    assert box.completions.choices() == ["agent:codex"]
    qtbot.wait(300)
    assert asked == []
    qtbot.keyClick(box.line, Key.Key_Escape)
    qtbot.waitUntil(lambda: asked == ["word agent:"])


def test_all_fields_are_offered_on_demand_only(box: SearchBox, qtbot: QtBot) -> None:
    qtbot.keyClicks(box.line, "a ")
    assert box.completions.choices() == []
    qtbot.keyClick(box.line, Key.Key_Space, Qt.KeyboardModifier.ControlModifier)
    assert "project:" in box.completions.choices()
    box.line.clearFocus()
    assert box.completions.choices() == []


def test_the_wrong_part_is_underlined_also_behind_blanks(box: SearchBox) -> None:
    box.line.setText("  a projct:x")
    box.show_wrong(BadQuery("no such field", 2, 8))
    assert box.line._wrong == (4, 12)
    assert not box.grab().isNull()
    box.show_count(1, 1)
    assert box.line._wrong is None


def test_what_was_asked_is_said_in_words(box: SearchBox, qtbot: QtBot) -> None:
    qtbot.keyClicks(box.line, "a -b")
    qtbot.keyClick(box.line, Key.Key_Return)
    box.show_count(1, 1)
    assert "one step holds “a” and not holds “b”" in box.line.toolTip()


def test_a_long_text_ends_before_its_note(qtbot: QtBot) -> None:
    rows = QListWidget()
    qtbot.addWidget(rows)
    delegate = NotedDelegate(rows)
    item = QListWidgetItem("a long title " * 20, rows)
    item.setData(NOTE, "codex · 29 Jun")
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 400, 20)
    delegate.initStyleOption(option, rows.indexFromItem(item))
    metrics = option.fontMetrics
    taken = metrics.horizontalAdvance(option.text) + metrics.horizontalAdvance("codex · 29 Jun")
    assert option.text.endswith("…") and taken < 400 - 16
