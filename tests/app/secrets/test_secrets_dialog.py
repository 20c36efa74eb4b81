"""The window says what is done with secrets, lists them, and masks them for good once asked."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.kit.controls.question_dialog import QuestionDialog
from app.secrets.dialog import SecretsDialog
from app.shell.main_window import MainWindow
from hpm_engine import EpisodeQuery, SecretPolicy, open_memory

SECRET = "ghp_aB3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store that keeps a secret in clear."""
    message = {"role": "user", "content": f"Deploy the harbour with {SECRET}"}
    record = {
        "type": "user",
        "sessionId": "s1",
        "uuid": "u1",
        "timestamp": "2026-11-01T10:00:00Z",
        "cwd": "/work",
        "message": message,
    }
    session = tmp_path / "s1.jsonl"
    session.write_text(json.dumps(record) + "\n")
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.secrets.set_policy(SecretPolicy.KEEP)
        memory.import_paths([session])
    return path


def dialog_of(window: MainWindow, store: Path, qtbot: QtBot) -> SecretsDialog:
    window.stores.open(store)
    window.commands[Command.SECRETS].trigger()
    qtbot.waitUntil(lambda: bool(window.findChildren(SecretsDialog)), timeout=10_000)
    [dialog] = window.findChildren(SecretsDialog)
    qtbot.waitUntil(dialog.policies[SecretPolicy.KEEP].isChecked, timeout=10_000)
    return dialog


def test_a_look_lists_what_stands_in_clear_and_masking_takes_it_out(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    dialog = dialog_of(window, store, qtbot)
    assert "not looked at yet" in dialog.state.text()
    assert not dialog.mask_stored.isEnabled()
    dialog.scan.click()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=10_000)
    cells = [dialog.table.item(0, column).text() for column in range(6)]
    assert cells[0] == "github-classic" and cells[2] == "in clear"
    assert "texts" in cells[5] and "original bytes" in cells[5]
    assert SECRET not in " ".join(cells)
    dialog.mask_stored.click()
    [question] = dialog.findChildren(QuestionDialog)
    assert "cannot be undone" in " ".join(
        label.text() for label in question.findChildren(type(question.text))
    )
    question.start.click()
    qtbot.waitUntil(lambda: dialog.table.item(0, 2).text() == "redacted", timeout=20_000)
    with open_memory(store, read_only=True) as memory:
        assert SECRET not in memory.steps.read(1)[0].parts[0].text
        assert len(memory.episodes.find(EpisodeQuery(text=cells[1]))) == 1
    QApplication.processEvents()


def test_a_setting_and_a_decision_are_kept(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    dialog = dialog_of(window, store, qtbot)
    dialog.scan.click()
    qtbot.waitUntil(lambda: dialog.table.rowCount() == 1, timeout=10_000)
    dialog.table.selectRow(0)
    dialog.clear.click()
    qtbot.waitUntil(lambda: dialog.table.item(0, 2).text() == "no secret", timeout=10_000)
    dialog.policies[SecretPolicy.MASK].click()

    def policy() -> SecretPolicy:
        with open_memory(store, read_only=True) as memory:
            return memory.secrets.policy()

    qtbot.waitUntil(lambda: policy() is SecretPolicy.MASK, timeout=10_000)
