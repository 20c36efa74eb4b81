"""Titles without a blank: what stands beside and below them stays in view."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.navigation import Place
from app.kit.plain_text import SafeLabel, tip
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from hpm_engine import open_memory

TITLES = {
    "a link": "https://example.invalid/" + "a" * 140,
    "letters": "x" * 500,
    "Chinese": "会议室预订系统的迁移计划" * 20,
    "Arabic": "ا" * 300,
    "Hebrew": "השיחה על המגדלור המהבהב " * 8,
    "words": "Fix the flaky lighthouse test",
}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    folder = tmp_path / "folder" / ("with-a-long-name-" * 8)
    folder.mkdir(parents=True)
    for number, title in enumerate(TITLES.values()):
        key = f"s-{number}"
        name = {"type": "custom-title", "customTitle": title, "sessionId": key}
        asked = {"type": "user", "uuid": key, "sessionId": key, "cwd": str(folder)}
        asked |= {"message": {"role": "user", "content": title}}
        text = "\n".join(json.dumps(line) for line in (asked, name))
        (folder / f"{number}.jsonl").write_text(text + "\n")
    with open_memory(tmp_path / "s.hpm", create=True) as memory:
        memory.import_paths(sorted(folder.iterdir()))
    return tmp_path / "s.hpm"


def in_view(widget: QWidget, area: QWidget) -> bool:
    left = widget.mapTo(area, QPoint(0, 0)).x()
    return left >= 0 and left + widget.width() <= area.width()


@pytest.mark.parametrize("width", [850, 1280])
def test_values_and_their_copy_buttons_stay_in_view(
    window: MainWindow, qtbot: QtBot, store: Path, width: int
) -> None:
    window.resize(width, 800)
    window.show()
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    assert window.workspace is not None
    window.commands[Command.SIDE_PANE].trigger()
    window.side_pane.facts.details.set_open(True)
    widths = set()
    for number, title in enumerate(TITLES.values(), start=1):
        with qtbot.waitSignal(
            window.side_pane.shown,
            check_params_cb=lambda place, wanted=number: place.episode_id == wanted,
        ):
            window.workspace.navigator.go(Place(ViewName.EPISODES, number))
        qtbot.wait(20)
        area = window.side_pane.facts
        sight = area.viewport()
        buttons = [button for button in area.findChildren(QToolButton) if button.isVisible()]
        assert len(buttons) >= 5
        labels = [label for label in area.findChildren(SafeLabel) if label.isVisible()]
        name = window.side_pane._name
        assert name.whole_text()[:20] == title[:20]
        for widget in (*buttons, *labels):
            assert in_view(widget, sight), (title, widget.accessibleName()[:40])
        assert name.height() >= name.heightForWidth(name.width())
        widths.add(window.width())
    assert len(widths) == 1, "a title widened the window"


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_label_breaks_what_is_too_long_for_a_line(qtbot: QtBot, title: str) -> None:
    label = SafeLabel(title, wrap=True)
    qtbot.addWidget(label)
    assert label.minimumSizeHint().width() <= 200
    assert label.sizeHint().width() <= label.fontMetrics().averageCharWidth() * 80
    narrow, wide = label.heightForWidth(200), label.heightForWidth(2_000)
    lines = label.fontMetrics().horizontalAdvance(title) / 200
    assert narrow >= label.fontMetrics().lineSpacing() * lines * 0.9
    assert narrow >= wide
    label.resize(200, narrow)
    picture = label.grab().toImage()
    ground = picture.pixelColor(picture.width() - 1, 0)
    last = picture.height() - label.fontMetrics().height() // 2 - 2
    rows = range(last - 4, last + 4)
    assert any(picture.pixelColor(x, y) != ground for x in range(200) for y in rows)


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_a_tool_tip_can_be_broken_too(qtbot: QtBot, title: str) -> None:
    document = QTextDocument()
    document.setHtml(tip(title))
    document.setTextWidth(400)
    assert document.idealWidth() <= 400
    assert document.toPlainText().replace("\u200b", "") == title
