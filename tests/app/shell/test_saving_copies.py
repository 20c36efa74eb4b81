from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.shell.copy_operations import save_copy
from app.shell.main_window import MainWindow
from app.shell.problems import Problem
from hpm_engine import open_memory
from tests.support.files.traces import make_store


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "a.hpm", ["first task", "second task"])


def test_a_copy_is_saved_while_the_window_has_the_store_open(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    window.stores.open(store)
    heard: list[Problem] = []
    window.problems.reported.connect(heard.append)
    copy = store.with_name("b.hpm")
    save_copy(window.workspace, copy)
    qtbot.waitUntil(lambda: bool(heard), timeout=10_000)
    assert heard[0].headline == "The copy is saved"
    assert str(copy) in heard[0].text
    with open_memory(copy, read_only=True) as memory:
        assert not memory.figures.health(check=True).problems
        assert memory.figures.stats().episodes == 2


def test_a_copy_that_cannot_be_saved_says_why(
    window: MainWindow, qtbot: QtBot, store: Path
) -> None:
    window.stores.open(store)
    heard: list[Problem] = []
    window.problems.reported.connect(heard.append)
    save_copy(window.workspace, store)
    qtbot.waitUntil(lambda: bool(heard), timeout=10_000)
    assert "the store itself" in heard[0].text


def test_the_menu_asks_where(window: MainWindow, qtbot: QtBot, store: Path) -> None:
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.workspace is not None)
    window.commands[Command.STORE_COPY].trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    assert dialog.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    dialog.close()
