"""The window and stores under a passphrase."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.passphrase.passphrase_dialog import PassphraseDialog
from app.passphrase.unlock_dialog import UnlockDialog
from app.shell.main_window import MainWindow
from hpm_engine import change_passphrase, lock, open_memory, under_passphrase
from hpm_engine.store.file.seal import keyring
from tests.support.files.traces import make_store
from tests.support.shown_views import open_in

PASSPHRASE = "horse battery staple"


@pytest.fixture(autouse=True)
def no_keys() -> Iterator[None]:
    keyring._keys.clear()
    yield
    keyring._keys.clear()


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return make_store(tmp_path / "agents.hpm", ["fix the parser", "add a test", "third"])


def opened(window: MainWindow, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: window.workspace is not None, timeout=20_000)


def test_the_open_store_is_put_under_one_and_opened_again(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    window.commands[Command.STORE_PASSPHRASE].trigger()
    dialog = window.findChild(PassphraseDialog)
    assert dialog is not None
    assert dialog.field.echoMode() is QLineEdit.EchoMode.Password
    assert not dialog.change.isEnabled()
    assert not dialog.remove.isVisible()
    qtbot.keyClicks(dialog.field, "short")
    assert "At least 8" in dialog.said.text()
    dialog.field.setText(PASSPHRASE)
    qtbot.keyClicks(dialog.again, "horse")
    assert not dialog.change.isEnabled()
    dialog.again.setText(PASSPHRASE)
    qtbot.mouseClick(dialog.change, Qt.MouseButton.LeftButton)
    opened(window, qtbot)
    assert under_passphrase(store)
    said = window.problem_bar.current()
    assert said is not None
    assert said.headline == "The store is under a passphrase"
    assert window.workspace is not None
    task = window.workspace.session.read(lambda memory, job: memory.figures.stats().episodes)
    with qtbot.waitSignal(task.succeeded) as answer:
        pass
    assert answer.args == [3]


def test_a_store_under_one_asks_until_it_is_right(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    change_passphrase(store, PASSPHRASE)
    lock(store)
    window.stores.open(store)
    qtbot.waitUntil(lambda: window.findChild(UnlockDialog) is not None, timeout=20_000)
    dialog = window.findChild(UnlockDialog)
    assert dialog is not None
    assert window.workspace is None
    qtbot.keyClicks(dialog.field, "horse, horse")
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: "not its passphrase" in dialog.said.text(), timeout=20_000)
    assert dialog.field.selectedText()
    qtbot.keyClicks(dialog.field, PASSPHRASE)
    qtbot.keyClick(dialog.field, Qt.Key.Key_Return)
    opened(window, qtbot)
    assert str(store) in window.settings.preferences.recent


def test_it_is_taken_away(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    change_passphrase(store, PASSPHRASE)
    open_in(window, store, qtbot)
    window.commands[Command.STORE_PASSPHRASE].trigger()
    dialog = window.findChild(PassphraseDialog)
    assert dialog is not None
    qtbot.mouseClick(dialog.remove, Qt.MouseButton.LeftButton)
    opened(window, qtbot)
    assert not under_passphrase(store)


def test_a_store_that_is_open_elsewhere_stays_as_it_is(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    open_in(window, store, qtbot)
    window.commands[Command.STORE_PASSPHRASE].trigger()
    dialog = window.findChild(PassphraseDialog)
    assert dialog is not None
    with open_memory(store, read_only=True):
        dialog.chosen.emit(PASSPHRASE)
        qtbot.waitUntil(lambda: window.problem_bar.current() is not None, timeout=20_000)
        said = window.problem_bar.current()
        assert said is not None
        assert "open" in said.text
        opened(window, qtbot)
    assert not under_passphrase(store)
