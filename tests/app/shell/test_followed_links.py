from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
from pytestqt.qtbot import QtBot

from app.kit.command_menu import ON_EPISODES
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from app.masks.view import MasksView
from app.shell.application import Program, _go
from app.shell.main_window import MainWindow
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "second", "third"])


def program(window: MainWindow) -> Program:
    return cast("Program", SimpleNamespace(window=window, problems=window.problems))


def test_a_link_of_the_command_line_is_gone_to(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    _go(program(window), "episode/2/step/3")
    assert window.workspace is not None
    assert window.workspace.navigator.current == Place(ViewName.EPISODES, 2, 2)
    view: Any = window.workspace.view(ViewName.EPISODES)
    qtbot.waitUntil(lambda: view.pane._loaded and view.pane.timeline.current == 2)


def test_what_is_no_link_is_said(window: MainWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(window.problems.reported) as told:
        _go(program(window), "https://evil.test")
    assert "no link like episode/12" in told.args[0].text


def test_compressed_episodes_have_the_same_menu(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    assert window.workspace is not None
    view = window.workspace.view(ViewName.MASKS)
    assert isinstance(view, MasksView)
    offered = view.store.table._offer()
    assert [None if act is None else act.objectName() for act in offered] == list(ON_EPISODES)
