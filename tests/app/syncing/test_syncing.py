"""The window keeps chosen sources up to date, says so, and lets a person choose them."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from app.kit.actions import Command
from app.shell.main_window import MainWindow
from app.syncing.sources_dialog import SourcesDialog
from app.syncing.words import ago
from hpm_engine import Discovered, EpisodeQuery, Syncer, open_memory
from tests.support.files.growing_session import GrowingSession

KEY = "00000000-1111-4222-8333-444444444444"


@pytest.fixture
def sources(tmp_path: Path) -> Path:
    folder = tmp_path / "sessions"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path, sources: Path) -> Path:
    path = tmp_path / "a.hpm"
    with open_memory(path, create=True) as memory:
        memory.chosen.add(sources)
    return path


def session(folder: Path, name: str = KEY) -> GrowingSession:
    growing = GrowingSession(folder / f"{name}.jsonl", name)
    growing.prompt("when is the next tide", time.time())
    growing.write()
    return growing


def count(store: Path) -> int:
    with open_memory(store, read_only=True) as memory:
        return len(memory.episodes.find(EpisodeQuery()))


def test_what_is_new_comes_by_itself_and_the_status_says_so(
    window: MainWindow, store: Path, sources: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    assert window.workspace is not None
    syncing = window.workspace.syncing
    qtbot.waitUntil(lambda: syncing.sentence() == "Up to date", timeout=20_000)
    session(sources)
    qtbot.waitUntil(lambda: count(store) == 1, timeout=30_000)
    qtbot.waitUntil(lambda: syncing.sentence() == "Synced just now · 1 new", timeout=10_000)
    assert "Synced just now · 1 new" in window.status.text()
    view = window.workspace.here
    qtbot.waitUntil(lambda: view.model.rowCount() == 1, timeout=10_000)  # type: ignore[attr-defined]


def test_a_source_that_goes_is_named(
    window: MainWindow, store: Path, sources: Path, qtbot: QtBot
) -> None:
    sources.rmdir()
    window.stores.open(store)
    assert window.workspace is not None
    syncing = window.workspace.syncing
    qtbot.waitUntil(lambda: "cannot be read" in syncing.sentence(), timeout=20_000)
    assert str(sources) in syncing.details()
    assert syncing.sentence() == "1 source cannot be read"


def test_another_program_keeps_it(window: MainWindow, store: Path, qtbot: QtBot) -> None:
    with open_memory(store) as memory:
        other = Syncer()
        assert other.take_turn(memory)
        window.stores.open(store)
        assert window.workspace is not None
        syncing = window.workspace.syncing
        qtbot.waitUntil(lambda: syncing.sentence() == "Synced by another program", timeout=20_000)
        other.let_go()
        syncing.plan()
        qtbot.waitUntil(lambda: syncing.sentence() == "Up to date", timeout=20_000)


def test_sync_is_a_command(window: MainWindow, store: Path, sources: Path, qtbot: QtBot) -> None:
    with open_memory(store) as memory:
        memory.chosen.set_by_itself(False)
    session(sources)
    window.stores.open(store)
    assert window.workspace is not None
    syncing = window.workspace.syncing
    qtbot.waitUntil(lambda: syncing.sentence() == "Sync only when asked", timeout=20_000)
    window.commands[Command.SYNC].trigger()
    qtbot.waitUntil(lambda: count(store) == 1, timeout=30_000)


def test_without_a_source_sync_asks_for_one(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    with open_memory(tmp_path / "b.hpm", create=True):
        pass
    window.stores.open(tmp_path / "b.hpm")
    window.commands[Command.SYNC].trigger()
    qtbot.waitUntil(lambda: window.findChild(SourcesDialog) is not None, timeout=20_000)
    window.findChild(SourcesDialog).reject()


def test_sources_are_paused_removed_and_switched_off_in_the_dialog(
    window: MainWindow, store: Path, sources: Path, qtbot: QtBot
) -> None:
    window.stores.open(store)
    window.commands[Command.SOURCES].trigger()
    dialog = window.findChild(SourcesDialog)
    assert isinstance(dialog, SourcesDialog)
    qtbot.waitUntil(lambda: len(dialog.boxes()) == 1, timeout=20_000)
    dialog.boxes()[0].click()

    def chosen() -> list[bool]:
        with open_memory(store, read_only=True) as memory:
            return [source.paused for source in memory.chosen.all()]

    qtbot.waitUntil(lambda: chosen() == [True], timeout=20_000)
    assert dialog.by_itself.isChecked()
    dialog.by_itself.click()
    qtbot.waitUntil(lambda: not open_by_itself(store), timeout=20_000)
    qtbot.waitUntil(lambda: _remove(dialog) is not None, timeout=20_000)
    button = _remove(dialog)
    assert button is not None
    button.click()
    qtbot.waitUntil(lambda: chosen() == [], timeout=20_000)
    dialog._on_found((Discovered("Codex", str(sources), 1, 1),))
    qtbot.waitUntil(lambda: chosen() == [False], timeout=20_000)
    dialog.reject()


def test_what_was_found_is_imported_and_remembered(
    window: MainWindow, tmp_path: Path, sources: Path, qtbot: QtBot
) -> None:
    session(sources)
    (sources / "letter.txt").write_text("Dear aunt")
    with open_memory(tmp_path / "b.hpm", create=True):
        pass
    window.stores.open(tmp_path / "b.hpm")
    window.imports.follow([Discovered("Claude Code", str(sources), 1, 100)])
    qtbot.waitUntil(lambda: count(tmp_path / "b.hpm") == 1, timeout=30_000)
    with open_memory(tmp_path / "b.hpm", read_only=True) as memory:
        (chosen,) = memory.chosen.all()
        assert (chosen.path, chosen.agent) == (str(sources), "Claude Code")
        assert memory.sources.aside() == ()  # what is no session of the agent is not looked into
    qtbot.waitUntil(lambda: not QApplication.overrideCursor())


@pytest.mark.parametrize(
    ("seconds", "words"), [(0, "just now"), (59, "just now"), (125, "2 min ago")]
)
def test_how_long_ago(seconds: float, words: str) -> None:
    assert ago(1_000_000.0, 1_000_000.0 + seconds) == words


def open_by_itself(store: Path) -> bool:
    with open_memory(store, read_only=True) as memory:
        return memory.chosen.by_itself()


def _remove(dialog: SourcesDialog) -> QPushButton | None:
    buttons = [each for each in dialog.findChildren(QPushButton) if each.text() == "Remove"]
    return next((each for each in buttons if not each.isHidden()), None)
