"""Sessions are given back from the window after a preview; what agents will delete is shown."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.command_menu import ON_EPISODES
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.restoring.countdown_dialog import CountdownDialog
from app.restoring.restore_dialog import RestoreDialog
from app.shell.main_window import MainWindow
from hpm_engine import EpisodeQuery, open_memory
from tests.support.command_runs import session

KEYS = ("aaaa-1111", "bbbb-2222")


@pytest.fixture
def agents(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of Claude Code's sessions in this person's home."""
    home = tmp_path / "home"
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.delenv("CLAUDE_CONFIG_DIR", raising=False)
    folder = home / ".claude/projects/-home-mira-ferry"
    folder.mkdir(parents=True)
    for number, key in enumerate(KEYS):
        (folder / f"{key}.jsonl").write_bytes(session(key, f"Mend the ferry {number}", "thanks"))
    return folder


@pytest.fixture
def store(tmp_path: Path, agents: Path) -> Path:
    path = tmp_path / "agents.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([agents / f"{KEYS[0]}.jsonl"])
    return path


def run(window: MainWindow, command: Command) -> None:
    [action] = [act for act in window.commands.offered([command]) if act is not None]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


def open_first(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "1 episode" in window.status.text())
    workspace = window.workspace
    assert workspace is not None
    workspace.navigator.go(Place(ViewName.EPISODES, 1))
    qtbot.waitUntil(lambda: workspace.chosen.row is not None)


def test_a_session_is_written_after_its_preview(
    window: MainWindow, store: Path, agents: Path, qtbot: QtBot
) -> None:
    before = (agents / f"{KEYS[0]}.jsonl").read_bytes()
    (agents / f"{KEYS[0]}.jsonl").unlink()
    open_first(window, store, qtbot)
    assert Command.GIVE_BACK in ON_EPISODES
    run(window, Command.GIVE_BACK)
    [dialog] = window.findChildren(RestoreDialog)
    qtbot.waitUntil(dialog.write.isEnabled)
    assert "1 file with" in dialog.said.whole_text()
    item = dialog.files.tree.topLevelItem(0)
    assert item is not None
    assert [item.text(0), item.text(2)] == ["will be written", str(agents / f"{KEYS[0]}.jsonl")]
    assert not (agents / f"{KEYS[0]}.jsonl").exists()
    qtbot.mouseClick(dialog.write, Qt.MouseButton.LeftButton)
    qtbot.waitUntil((agents / f"{KEYS[0]}.jsonl").exists)
    assert (agents / f"{KEYS[0]}.jsonl").read_bytes() == before


def test_what_is_there_leaves_nothing_to_press(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_first(window, store, qtbot)
    run(window, Command.GIVE_BACK)
    [dialog] = window.findChildren(RestoreDialog)
    qtbot.waitUntil(lambda: "just as it was imported" in dialog.said.whole_text())
    assert not dialog.write.isEnabled()


def test_what_agents_will_delete_can_be_imported(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_first(window, store, qtbot)
    run(window, Command.COUNTDOWN)
    [dialog] = window.findChildren(CountdownDialog)
    qtbot.waitUntil(dialog.take.isEnabled)
    assert "1 is not in this store." in dialog.said.whole_text()
    assert "30 days" in dialog.rules.whole_text()
    kept = {dialog.files.tree.topLevelItem(row).text(1) for row in range(2)}  # type: ignore[union-attr]
    assert kept == {"kept", "not kept"}
    qtbot.mouseClick(dialog.take, Qt.MouseButton.LeftButton)

    def episodes() -> int:
        with open_memory(store, read_only=True) as memory:
            return len(memory.episodes.find(EpisodeQuery()))

    qtbot.waitUntil(lambda: episodes() == 2)
