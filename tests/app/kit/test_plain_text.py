from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.kit.plain_text import SafeLabel, one_line, tip
from hpm_engine import visible

APP = Path(__file__).parents[3] / "app"

# What shows rich text, or might: these are allowed in plain_text.py only.
RISKY = re.compile(
    r"\bQLabel\(|\bQTextBrowser\b|\bQMessageBox\b|\.setHtml\(|\.setMarkdown\(|\.appendHtml\("
    r"|\.setToolTip\((?!(?:(?:\d+|column), )?tip\()|\bQToolTip\.showText\((?!.*tip\()"
    r"|\binsertHtml\("
    r"|QDesktopServices|setOpenExternalLinks\(True"
)
# Opens what a person was shown and agreed to: only here, and this is all that is risky in it.
OPENING = {
    "from PySide6.QtGui import QDesktopServices",
    "return is_web(url) and QDesktopServices.openUrl(url)",
    "return QDesktopServices.openUrl(QUrl.fromLocalFile(path))",
}
LOOPS = re.compile(r"\bprocessEvents\b|\.exec\(\)|\.terminate\(\)")


def sources() -> list[Path]:
    return sorted(APP.rglob("*.py"))


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(APP)))
def test_no_module_shows_text_that_could_be_rich(file: Path) -> None:
    if file.name == "plain_text.py":
        return
    if file == APP / "manual" / "browser.py":
        return  # the program's own pages; tests/app/manual holds what it loads
    risky = [line.strip() for line in file.read_text().splitlines() if RISKY.search(line)]
    assert set(risky) == (OPENING if file == APP / "kit" / "opening.py" else set())


def test_only_a_question_and_a_command_open_what_is_outside() -> None:
    asking = {
        str(file.relative_to(APP)) for file in sources() if "app.kit.opening" in file.read_text()
    }
    assert asking == {"episodes/commands/folders.py", "episodes/conversation/link_question.py"}


@pytest.mark.parametrize("file", sources(), ids=lambda file: str(file.relative_to(APP)))
def test_no_module_pumps_events_or_blocks_on_a_dialog(file: Path) -> None:
    looping = [line.strip() for line in file.read_text().splitlines() if LOOPS.search(line)]
    assert [line for line in looping if "qt.exec()" not in line] == []


def test_style_sheets_live_in_the_theme_only() -> None:
    theme = APP / "kit" / "theme"
    styled = [file for file in sources() if "setStyleSheet(" in file.read_text()]
    assert [str(file) for file in styled if theme not in file.parents] == []


@given(st.text())
def test_nothing_invisible_is_left(text: str) -> None:
    shown = visible(text)
    assert not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u200b\u200e\u200f]", shown)


FILLERS = "\u115f\u1160\u3164\uffa0"  # letters that nobody sees


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters=FILLERS)))
def test_ordinary_text_is_untouched(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\u202eb", "a⟦RLO⟧b"),
        ("a\u200bb", "a⟦ZWSP⟧b"),
        ("a\x1b[31m", "a␛[31m"),
        ("one\ntwo\tthree", "one⏎two three"),
        ("one\r\ntwo", "one⏎two"),
        ("10 %\r20 %", "10 %␍20 %"),
        ("tag\U000e0041", "tag⟦U+E0041⟧"),
    ],
)
def test_hidden_characters_are_spelled_out(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_stay_when_they_may() -> None:
    assert visible("one\ntwo\x00", lines=True) == "one\ntwo␀"
    assert visible("one\r\ntwo\r", lines=True) == "one\ntwo␍"


def test_one_line_is_short_whatever_comes() -> None:
    assert len(one_line("x" * 10_000_000, 100)) == 101


def test_a_tip_is_escaped_and_says_so() -> None:
    assert tip('<img src="file:///x">') == "<qt>&lt;img src=&quot;file:///x&quot;&gt;</qt>"
    assert tip("") == ""


def test_a_label_is_plain_and_elides(qtbot: QtBot) -> None:
    label = SafeLabel("<b>not bold</b> " * 100_000)
    qtbot.addWidget(label)
    label.resize(120, 20)
    assert label.textFormat() is Qt.TextFormat.PlainText
    assert len(label.text()) < 3_000
    assert not label.grab().isNull()
    assert label.minimumSizeHint().width() < 60


def test_a_tip_that_a_label_was_given_outlives_its_painting(qtbot: QtBot) -> None:
    label = SafeLabel("17:24")
    qtbot.addWidget(label)
    label.set_tip("15:24 UTC")
    label.grab()
    assert label.toolTip() == tip("15:24 UTC")
