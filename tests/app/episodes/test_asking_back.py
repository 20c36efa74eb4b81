"""A step's file, error and tool are asked about from its menu; the search says what was asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from app.episodes.view import EpisodesView
from app.kit.actions import Command
from app.kit.command_menu import ON_STEP
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.workspace import Workspace
from hpm_engine import open_memory

CALLS = (
    ("Bash", {"command": "cd /b && npm test -- hay"}, "x\nError: no hay here", True),
    ("Edit", {"file_path": "/b/src/hay.ts", "old_string": "a", "new_string": "b"}, "done", False),
    ("Bash", {"command": "npm test -- hay"}, "1 passed", False),
)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    head = {"sessionId": "aaaa-1111", "cwd": "/b"}
    lines = [head | {"type": "user", "uuid": "u0", "message": {"content": "Make hay"}}]
    for number, (tool, arguments, result, failed) in enumerate(CALLS):
        at = {"timestamp": f"2026-03-01T10:0{number}:00Z"}
        use = {"type": "tool_use", "id": f"t{number}", "name": tool, "input": arguments}
        said = {"id": f"m{number}", "model": "sonnet", "content": [use]}
        lines.append(head | at | {"type": "assistant", "uuid": f"a{number}", "message": said})
        answer = {"type": "tool_result", "tool_use_id": f"t{number}", "content": result}
        back = {"content": [answer | {"is_error": failed}]}
        lines.append(head | at | {"type": "user", "uuid": f"b{number}", "message": back})
    trace = tmp_path / "aaaa-1111.jsonl"
    trace.write_text("".join(json.dumps(line) + "\n" for line in lines))
    path = tmp_path / "s.hpm"
    with open_memory(path, create=True) as memory:
        memory.import_paths([trace])
    return path


@pytest.fixture
def opened(window: MainWindow, store: Path, qtbot: QtBot) -> Workspace:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None and "1 episode" in window.status.text())
    assert window.workspace is not None
    return window.workspace


def run(window: MainWindow, command: Command) -> None:
    [action] = [act for act in window.commands.offered([command]) if act is not None]
    assert action.isEnabled(), action.toolTip()
    action.trigger()


@pytest.mark.parametrize(
    ("command", "seq", "query"),
    [
        (Command.BLAME, 2, "blame:src/hay.ts"),
        (Command.FIX, 1, 'fix:"Error: no hay here"'),
        (Command.HOW, 1, 'how:"npm test"'),
        (Command.HOW, 2, "how:Edit"),
    ],
)
def test_a_step_is_asked_about(
    window: MainWindow, opened: Workspace, qtbot: QtBot, command: Command, seq: int, query: str
) -> None:
    assert command in ON_STEP
    opened.navigator.go(Place(ViewName.EPISODES, 1, seq))
    qtbot.waitUntil(lambda: opened.chosen.row is not None)
    run(window, command)
    view = opened.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    qtbot.waitUntil(lambda: view.query().text == query)
    with open_memory(window.workspace.session.path, read_only=True) as memory:  # type: ignore[union-attr]
        assert len(memory.episodes.find(view.query())) == 1


def test_a_step_without_an_error_says_so(
    window: MainWindow, opened: Workspace, qtbot: QtBot
) -> None:
    opened.navigator.go(Place(ViewName.EPISODES, 1, 2))
    qtbot.waitUntil(lambda: opened.chosen.row is not None)
    with qtbot.waitSignal(window.problems.reported) as told:
        run(window, Command.FIX)
    assert "No tool call of the step failed" in told.args[0].text
