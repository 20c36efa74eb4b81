"""Every view and every dialog, at the sizes and text sizes that people have."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit.controls.dialog import Dialog
from app.kit.plain_text import SafeLabel
from app.kit.theme.theme import Scheme
from app.kit.view_names import ViewName
from app.shell import operations
from app.shell.main_window import MainWindow
from hpm_engine import open_memory
from tests.support.files.traces import make_store
from tests.support.learned_store import MEMORIES, learned_store
from tests.support.shown_views import all_is_read
from tests.support.text_room import clipped_texts, overlaps

SIZES = [(1280, 720, 100), (1440, 900, 100), (1920, 1080, 200)]
DIALOGS: dict[str, Callable[[MainWindow], None]] = {
    "preferences": operations.show_preferences,
    "shortcuts": operations.show_shortcuts,
    "about": operations.show_about,
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    return make_store(folder / "agents.hpm", ["fix the parser", "add a test", "third"])


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With topics, of which the map is laid out."""
    path = learned_store(tmp_path_factory.mktemp("learned"), episodes=3)
    with open_memory(path) as memory:
        memory.consolidation.run(MEMORIES)
    return path


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


def show(window: MainWindow, store: Path, width: int, height: int, qtbot: QtBot) -> None:
    window.setFixedSize(width, height)
    window.stores.open(store)
    qtbot.waitUntil(lambda: "3 episodes" in window.status.text(), timeout=30_000)


def settle(window: MainWindow, qtbot: QtBot) -> None:
    workspace = window.workspace
    assert workspace is not None
    qtbot.waitUntil(lambda: all_is_read(workspace), timeout=30_000)
    qtbot.wait(50)
    QApplication.processEvents()


def faults(root: QWidget) -> list[str]:
    return clipped_texts(root) + overlaps(root)


def told(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {line}" for name, lines in wrong.items() for line in lines)


def walk(window: MainWindow, qtbot: QtBot, *, side_pane: bool = False) -> dict[str, list[str]]:
    wrong: dict[str, list[str]] = {}
    for name in ViewName:
        window.go_to_view(name)
        window.side_pane.setVisible(side_pane)
        settle(window, qtbot)
        if found := faults(window):
            wrong[name.value] = found
    return wrong


@pytest.mark.parametrize(("width", "height", "text"), SIZES)
def test_every_view_has_room_for_its_text(
    window: MainWindow, learned: Path, qtbot: QtBot, width: int, height: int, text: int
) -> None:
    window.settings.update(text_scale=text)
    show(window, learned, width, height, qtbot)
    wrong = walk(window, qtbot, side_pane=True)
    window.settings.update(theme=Scheme.DARK)
    wrong |= {f"{name}, dark": rest for name, rest in walk(window, qtbot).items()}
    window.settings.update(theme=Scheme.LIGHT, text_scale=100)
    QApplication.processEvents()
    assert not wrong, told(wrong)


@pytest.mark.parametrize("text", [100, 200])
@pytest.mark.parametrize("name", DIALOGS)
def test_every_dialog_has_room_for_its_text(
    window: MainWindow, qtbot: QtBot, name: str, text: int
) -> None:
    window.settings.update(text_scale=text)
    QApplication.processEvents()
    DIALOGS[name](window)
    qtbot.wait(50)
    [dialog] = [dialog for dialog in window.findChildren(Dialog) if dialog.isVisible()]
    wrong = faults(dialog)
    dialog.close()
    window.settings.update(text_scale=100)
    QApplication.processEvents()
    assert not wrong, "\n".join(wrong)


@pytest.mark.usefixtures("right_to_left")
def test_right_to_left_nothing_lies_on_anything(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    show(window, store, 1440, 900, qtbot)
    wrong = walk(window, qtbot)
    assert not wrong, told(wrong)


def test_the_walk_finds_what_is_cut(qtbot: QtBot) -> None:
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    button, label = QPushButton("A long name of a button"), SafeLabel("words " * 40, wrap=True)
    column.addWidget(button)
    column.addWidget(label)
    page.show()
    QApplication.processEvents()
    assert not faults(page)
    button.setFixedWidth(20)
    label.setFixedHeight(8)
    QApplication.processEvents()
    assert len(clipped_texts(page)) == 2
    button.setGeometry(label.geometry())
    assert len(overlaps(page)) == 1
