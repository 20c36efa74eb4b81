"""How much of the window the conversation has, in the layout that a new store opens with."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from tests.support.files.traces import make_store

LEAST = 0.45


@pytest.mark.parametrize(("width", "height"), [(1280, 720), (1440, 900), (1920, 1080)])
def test_the_conversation_has_its_share_of_the_window(
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    width: int,
    height: int,
) -> None:
    window.setFixedSize(width, height)
    window.stores.open(make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test"]))
    assert window.workspace is not None
    view = window.workspace.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.pane.timeline.outline is not None and view.pane.page.isVisible())
    QApplication.processEvents()  # lays all out
    pane = view.pane
    assert pane.timeline.isVisible() and pane.map.isVisible() and pane.head.isVisible()
    assert (window.width(), window.height()) == (width, height)
    seen = pane.visibleRegion().boundingRect()
    share = seen.width() * seen.height() / (window.width() * window.height())
    side = "with" if window.side_pane.isVisible() else "without"
    with capsys.disabled():
        print(f"\nconversation at {width}x{height}, {side} side pane: {share:.1%} of the window")
    assert share >= LEAST
    assert window.side_pane.isVisible() == (width >= 1400)
