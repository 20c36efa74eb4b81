"""Every view, state and dialog, at the sizes and text sizes that people have, light and dark."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit.plain_text import SafeLabel
from app.kit.theme.theme import Scheme
from app.kit.view_names import ViewName
from app.shell.main_window import MainWindow
from app.shell.screenshots.director import Director
from app.shell.screenshots.programme import play
from app.shell.screenshots.stage import Scene, Stage
from hpm_engine import open_memory
from tests.support.files.traces import make_store
from tests.support.learned_store import MEMORIES, learned_store
from tests.support.text_room import clipped_texts, overlaps

SIZES = {  # of the window, by the text size in per cent
    100: [(1280, 720), (1440, 900)],
    200: [(1920, 1080), (1440, 900)],
}


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
    """Looks at each thing that the scenes show, at one size of the window after the other."""

    def __init__(self, window: MainWindow, sizes: Sequence[tuple[int, int]]) -> None:
        self.window, self.sizes = window, sizes
        self.names: set[str] = set()
        self.kinds: set[str] = set()
        self.wrong: dict[str, list[str]] = {}

    def look(self, name: str, widget: QWidget) -> None:
        """Look at the window or a dialog as its scene left it."""
        self.names.add(name)
        self.kinds.add(type(widget).__name__)
        for width, height in self.sizes if widget is self.window else [(0, 0)]:
            if widget is self.window:
                self.window.setFixedSize(width, height)
            QApplication.processEvents()
            if faulty := faults(widget):
                at = f" at {width}x{height}" if width else ""
                self.wrong[f"{name}{at}"] = faulty


def faults(root: QWidget) -> list[str]:
    return clipped_texts(root) + overlaps(root)


def told(wrong: dict[str, list[str]]) -> str:
    return "\n".join(f"{name}: {line}" for name, lines in wrong.items() for line in lines)


def inspect(
    window: MainWindow,
    store: Path,
    qtbot: QtBot,
    sizes: Sequence[tuple[int, int]],
    scenes: Sequence[str] = (),
) -> Inspection:
    """Play scenes and look at all that they show."""
    inspection = Inspection(window, sizes)
    ended: list[bool] = []

    def played() -> Scene:
        try:
            yield from play(Stage(window, inspection.look), store, scenes)
        finally:
            ended.append(True)  # also when a scene fails

    window.setFixedSize(*sizes[-1])
    Director(played(), window, lambda: None)
    qtbot.waitUntil(lambda: bool(ended), timeout=110_000)
    return inspection


def dialogs_of_the_program() -> set[str]:
    """Every kind of dialog that is in the program's code."""
    files = (Path(__file__).parents[3] / "app").rglob("*.py")
    form = re.compile(r"^class (\w+)\((?:Q?Dialog|QuestionDialog)\)", re.MULTILINE)
    return {name for file in files for name in form.findall(file.read_text("utf-8"))} - {"Dialog"}


@pytest.mark.parametrize(("text", "scheme"), [(100, Scheme.LIGHT), (200, Scheme.DARK)])
def test_every_view_and_every_dialog_has_room_for_its_text(
    window: MainWindow, learned: Path, qtbot: QtBot, text: int, scheme: Scheme
) -> None:
    window.settings.update(theme=scheme, text_scale=text)
    inspection = inspect(window, learned, qtbot, SIZES[text])
    window.settings.update(theme=Scheme.LIGHT, text_scale=100)
    QApplication.processEvents()
    assert {name.value for name in ViewName} <= inspection.names
    assert {"compare", "notes", "reading", "tour", "drop", "manual"} <= inspection.names
    missing = dialogs_of_the_program() - inspection.kinds
    assert not missing, f"no scene opens {sorted(missing)}"
    assert not inspection.wrong, told(inspection.wrong)


@pytest.mark.usefixtures("right_to_left")
def test_right_to_left_nothing_lies_on_anything(
    window: MainWindow, store: Path, qtbot: QtBot
) -> None:
    scenes = ("overview", "episodes", "audit", "health", "side-pane")
    inspection = inspect(window, store, qtbot, [(1440, 900)], scenes)
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
