"""Every view, state and dialog, at the sizes and text sizes that people have, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit.controls.dialog import Dialog
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.plain_text import SafeLabel
from app.kit.theme.theme import Scheme
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.screenshots.director import Director
from app.shell.screenshots.programme import SCENES, play
from app.shell.screenshots.stage import Stage
from hpm_engine import open_memory
from tests.support.files.traces import make_store
from tests.support.learned_store import MEMORIES, learned_store
from tests.support.text_room import clipped_texts, overlaps

SIZES = [(1280, 720, 100), (1440, 900, 100), (1440, 900, 200), (1920, 1080, 200)]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("store")
    return make_store(folder / "agents.hpm", ["fix the parser", "add a test", "third"])


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every view has something to show."""
    path = learned_store(tmp_path_factory.mktemp("learned"), episodes=6)
    with open_memory(path) as memory:
        memory.compression.compress([1])
        memory.consolidation.run(MEMORIES // 2)
    return path


@pytest.fixture
def right_to_left(qapp: QApplication) -> Iterator[None]:
    qapp.setLayoutDirection(Qt.LayoutDirection.RightToLeft)
    yield
    qapp.setLayoutDirection(Qt.LayoutDirection.LeftToRight)


class Inspection:
    """Looks at each thing that the scenes show, at one size after the other."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.names: set[str] = set()
        self.kinds: set[type[QWidget]] = set()
        self.wrong: dict[str, list[str]] = {}
        self._schemes = cycle((Scheme.DARK, Scheme.LIGHT))

    def look(self, name: str, widget: QWidget) -> None:
        """Look at the window or a dialog as its scene left it."""
        self.names.add(name)
        self.kinds.add(type(widget))
        settings = self.window.settings
        for width, height, text in SIZES:
            if settings.preferences.text_scale != text:
                settings.update(text_scale=text, theme=next(self._schemes))
            if widget is self.window:
                self.window.setFixedSize(width, height)
            elif height == 900:
                continue  # a dialog is as large as its content; only the text size matters
            QApplication.processEvents()
            QApplication.processEvents()
            if faulty := faults(widget):
                self.wrong[f"{name} at {width}x{height}, {text} %"] = faulty
        settings.update(text_scale=100)
        self.window.setFixedSize(1440, 900)
        QApplication.processEvents()


def faults(root: QWidget) -> list[str]:
    return clipped_texts(root) + overlaps(root)


def told(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {line}" for name, lines in wrong.items() for line in lines)


def inspect(window: MainWindow, store: Path, qtbot: QtBot, *scenes: str) -> Inspection:
    """Play scenes and look at all that they show."""
    inspection = Inspection(window)
    ended: list[bool] = []
    window.setFixedSize(1440, 900)
    scene = play(Stage(window, inspection.look), store, scenes)
    Director(scene, window, lambda: ended.append(True))
    qtbot.waitUntil(lambda: bool(ended), timeout=240_000)
    return inspection


def dialogs_of_the_program() -> set[type[QWidget]]:
    """Every kind of dialog that the program's own code can open."""
    kinds: set[type[QWidget]] = set()
    waiting = [QDialog]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("app."):
                kinds.add(kind)
    return kinds - {Dialog}


def test_every_view_and_every_dialog_has_room_for_its_text(
    window: MainWindow, learned: Path, qtbot: QtBot
) -> None:
    inspection = inspect(window, learned, qtbot)
    window.settings.update(theme=Scheme.LIGHT, text_scale=100)
    QApplication.processEvents()
    assert {name.value for name in ViewName} <= inspection.names
    assert {"compare", "notes", "reading", "tour", "drop", "manual"} <= inspection.names
    missing = dialogs_of_the_program() - inspection.kinds
    assert not missing, f"no scene opens {sorted(kind.__name__ for kind in missing)}"
    assert QuestionDialog in inspection.kinds
    assert not inspection.wrong, told(inspection.wrong)


def test_right_to_left_nothing_lies_on_anything(
    window: MainWindow, store: Path, qtbot: QtBot, right_to_left: None
) -> None:
    scenes = [name for name in SCENES if name in tuple(ViewName)]
    inspection = inspect(window, store, qtbot, *scenes)
    assert not inspection.wrong, told(inspection.wrong)


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
