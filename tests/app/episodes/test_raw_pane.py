from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from app.episodes.raw_pane import RawPane
from app.kit.session import Session
from tests.support.million_memory import MillionMemory


@pytest.fixture
def memory() -> MillionMemory:
    return MillionMemory(3, 100)


@pytest.fixture
def pane(qtbot: QtBot, made_up_session: Session) -> RawPane:
    pane = RawPane(made_up_session)
    qtbot.addWidget(pane)
    pane.resize(400, 600)
    pane.show()
    return pane


def test_the_record_of_a_step_is_shown(qtbot: QtBot, pane: RawPane) -> None:
    pane.show_record(3, 0)
    qtbot.waitUntil(lambda: pane.shown_text == "a text")


def test_json_is_laid_out_as_raw_and_left_alone_as_bytes(
    qtbot: QtBot, pane: RawPane, memory: MillionMemory
) -> None:
    memory.text = '{"role": "user", "content": ["one", "two"]}'
    pane.show_record(3, 0)
    laid_out = json.dumps(json.loads(memory.text), indent=2)
    qtbot.waitUntil(lambda: pane.shown_text == laid_out)
    qtbot.mouseClick(pane._exact, Qt.MouseButton.LeftButton)
    assert pane.shown_text == memory.text
    qtbot.mouseClick(pane._copy, Qt.MouseButton.LeftButton)
    assert QGuiApplication.clipboard().text() == memory.text
    qtbot.mouseClick(pane._pretty, Qt.MouseButton.LeftButton)
    assert pane.shown_text == laid_out


def test_words_are_found_in_the_record_one_hit_after_the_other(
    qtbot: QtBot, pane: RawPane, memory: MillionMemory
) -> None:
    memory.text = "a Needle in hay, hay, and a needle"
    pane.show_record(3, 0)
    qtbot.waitUntil(lambda: pane.shown_text == memory.text)
    line, cursor = pane._finder._line, pane._text.textCursor
    qtbot.keyClicks(line, "needle")
    assert pane._finder.says() == "2 hits"
    assert cursor().selectionStart() == memory.text.index("Needle")
    qtbot.keyClick(line, Qt.Key.Key_Return)
    assert cursor().selectionStart() == memory.text.index("needle")
    qtbot.keyClick(line, Qt.Key.Key_Return)  # around the end
    assert cursor().selectionStart() == memory.text.index("Needle")
    qtbot.keyClicks(line, "s")
    assert pane._finder.says() == "not there"


def test_what_has_no_original_says_so_and_shows_nothing_of_the_last(
    qtbot: QtBot, pane: RawPane
) -> None:
    pane.show_record(3, 0)
    qtbot.waitUntil(lambda: pane.shown_text == "a text")
    pane.show_none("Cycle 7")
    assert pane.shown_text == ""
    assert pane._page.notice == "No original behind it"
    assert not pane._save.isEnabled() and not pane._copy.isEnabled()


def test_the_record_of_an_episode_is_the_whole_one(qtbot: QtBot, pane: RawPane) -> None:
    pane.show_record(3, None)
    qtbot.waitUntil(lambda: pane.shown_text == "a text")
    assert pane._of_episode and not pane._scope.isEnabled()
    pane.show_record(3, 1)
    assert not pane._of_episode and pane._scope.isEnabled()


def test_hostile_text_is_made_visible(qtbot: QtBot, pane: RawPane, memory: MillionMemory) -> None:
    memory.text = "\u202eevil\x00\x07 [link](file:///etc/passwd)"
    pane.show_record(3, 0)
    qtbot.waitUntil(lambda: "⟦RLO⟧" in pane.shown_text)


def test_a_record_of_ten_megabytes_is_cut_and_says_so(
    qtbot: QtBot, pane: RawPane, memory: MillionMemory, tmp_path: Path
) -> None:
    memory.text = "x" * 10_000_000
    pane.show_record(3, 0)
    qtbot.waitUntil(lambda: len(pane.shown_text) > 900_000, timeout=20_000)
    assert "10,000,000 bytes" in pane._facts.whole_text()
    pane.save_to(tmp_path / "all.json")
    qtbot.waitUntil(lambda: "Saved" in pane._facts.whole_text(), timeout=20_000)
    assert (tmp_path / "all.json").stat().st_size == 10_000_000
