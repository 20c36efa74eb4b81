"""What holds a thing is shown before it is erased, and a person has to agree."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.leaving.erase_dialog import EraseDialog
from app.shell.main_window import MainWindow
from hpm_engine import open_memory
from tests.support.files.traces import make_store


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HPM_CACHE_DIR", str(tmp_path / "cache"))
    return make_store(tmp_path / "two.hpm", ["mend the ferry", "count the bees"])


def run(window: MainWindow, command: Command) -> None:
    [action] = [act for act in window.commands.offered([command]) if act is not None]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def test_an_episode_is_erased_after_its_preview(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "2 episodes" in window.status.text())
    workspace = window.workspace
    assert workspace is not None
    workspace.navigator.go(Place(ViewName.EPISODES, 1))
    qtbot.waitUntil(lambda: workspace.chosen.row is not None)
    run(window, Command.ERASE)
    [dialog] = window.findChildren(EraseDialog)
    qtbot.waitUntil(lambda: "1 episode will go" in dialog.said.whole_text())
    assert not dialog.erase.isEnabled()
    dialog.sure.setChecked(True)
    qtbot.mouseClick(dialog.erase, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1 episode" in window.status.text())
    qtbot.waitUntil(lambda: b"mend the ferry" not in store.read_bytes())


def test_a_text_is_looked_for_before_it_is_erased(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "2 episodes" in window.status.text())
    run(window, Command.ERASE_TEXT)
    [dialog] = window.findChildren(EraseDialog)
    assert not dialog.look.isEnabled()
    dialog.words.setText("the bees")
    qtbot.mouseClick(dialog.look, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: "1 episode will stay without it" in dialog.said.whole_text())
    dialog.sure.setChecked(True)
    dialog.words.setText("another")  # what was agreed to was the other text
    assert not dialog.erase.isEnabled()
    dialog.words.setText("the bees")
    dialog.look_for()
    qtbot.waitUntil(dialog.erase.isEnabled)
    qtbot.mouseClick(dialog.erase, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: b"the bees" not in store.read_bytes())


def test_a_pin_is_told_and_nothing_can_be_agreed_to(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    with open_memory(store) as memory:
        memory.marks.set_pinned([1], True)
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "2 episodes" in window.status.text())
    workspace = window.workspace
    assert workspace is not None
    workspace.navigator.go(Place(ViewName.EPISODES, 1))
    qtbot.waitUntil(lambda: workspace.chosen.row is not None)
    run(window, Command.ERASE)
    [dialog] = window.findChildren(EraseDialog)
    qtbot.waitUntil(lambda: "A pin protects episode 1" in dialog.said.whole_text())
    assert not dialog.sure.isEnabled()
    assert not dialog.erase.isEnabled()
