"""Episodes are deleted by a key, brought back by undo or from the trash."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.command_menu import ON_EPISODES
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.leaving.trash_dialog import TrashDialog
from app.shell.main_window import MainWindow
from tests.support.files.traces import make_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "two.hpm", ["mend the ferry", "count the bees"])


def run(window: MainWindow, command: Command) -> None:
    [action] = [act for act in window.commands.offered([command]) if act is not None]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def test_an_episode_is_set_apart_with_a_reason_and_released(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "2 episodes" in window.status.text())
    workspace = window.workspace
    assert workspace is not None
    workspace.navigator.go(Place(ViewName.EPISODES, 1))
    qtbot.waitUntil(lambda: workspace.chosen.row is not None)
    run(window, Command.QUARANTINE)
    dialog = window.findChildren(QInputDialog)[-1]
    dialog.setTextValue("it gave orders")
    dialog.accept()
    chosen = workspace.chosen
    qtbot.waitUntil(lambda: chosen.row is not None and chosen.row.quarantined == "it gave orders")
    run(window, Command.QUARANTINE)
    qtbot.waitUntil(lambda: chosen.row is not None and not chosen.row.quarantined)
    run(window, Command.UNDO)
    qtbot.waitUntil(lambda: chosen.row is not None and bool(chosen.row.quarantined))


def test_a_deleted_episode_waits_in_the_trash(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "2 episodes" in window.status.text())
    workspace = window.workspace
    assert workspace is not None
    workspace.navigator.go(Place(ViewName.EPISODES, 1))
    qtbot.waitUntil(lambda: workspace.chosen.row is not None)
    assert Command.DELETE in ON_EPISODES
    run(window, Command.DELETE)
    qtbot.waitUntil(lambda: "1 episode" in window.status.text())
    run(window, Command.UNDO)
    qtbot.waitUntil(lambda: "2 episodes" in window.status.text())
    run(window, Command.REDO)
    qtbot.waitUntil(lambda: "1 episode" in window.status.text())
    run(window, Command.TRASH)
    [dialog] = window.findChildren(TrashDialog)
    qtbot.waitUntil(lambda: "1 episode in the trash" in dialog.said.whole_text())
    item = dialog.episodes.tree.topLevelItem(0)
    assert item is not None
    assert item.text(4) == "mend the ferry"
    item.setSelected(True)
    qtbot.mouseClick(dialog.restore, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "2 episodes" in window.status.text())
    qtbot.waitUntil(lambda: "The trash is empty" in dialog.said.whole_text())
