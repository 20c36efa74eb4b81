from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.search.search_box import SearchBox
from hpm_engine import BadQuery


@pytest.fixture
def box(qtbot: QtBot) -> SearchBox:
    box = SearchBox()
    qtbot.addWidget(box)
    box.show()
    return box


def test_typing_asks_once_after_a_pause(box: SearchBox, qtbot: QtBot) -> None:
    asked: list[str] = []
    box.asked.connect(asked.append)
    qtbot.keyClicks(box.line, "needle")
    assert asked == []
    qtbot.waitUntil(lambda: bool(asked))
    assert asked == ["needle"]


def test_enter_asks_at_once_and_not_twice(box: SearchBox, qtbot: QtBot) -> None:
    asked: list[str] = []
    box.asked.connect(asked.append)
    qtbot.keyClicks(box.line, "needle")
    qtbot.keyClick(box.line, Qt.Key.Key_Return)
    qtbot.wait(250)
    assert asked == ["needle"]


def test_a_wrong_query_says_where_and_why_until_a_right_one(box: SearchBox, qtbot: QtBot) -> None:
    qtbot.keyClicks(box.line, 'a "b')
    box.show_wrong(BadQuery("The quote at position 3 is not closed.", 2))
    assert "position 3" in box.error_text()
    assert "last good result" in box.error_text()
    assert not box.grab().isNull()
    box.show_count(12, 48)
    assert box.error_text() == ""


def test_a_query_from_elsewhere_is_shown_but_not_asked(box: SearchBox, qtbot: QtBot) -> None:
    asked: list[str] = []
    box.asked.connect(asked.append)
    box.set_query("from the view")
    qtbot.wait(250)
    assert asked == [] and box.line.text() == "from the view"


def test_escape_clears_then_gives_the_keyboard_back(box: SearchBox, qtbot: QtBot) -> None:
    box.line.setText("needle")
    left: list[bool] = []
    box.left.connect(lambda: left.append(True))
    qtbot.keyClick(box.line, Qt.Key.Key_Escape)
    assert box.line.text() == "" and not left
    qtbot.keyClick(box.line, Qt.Key.Key_Escape)
    assert left == [True]
