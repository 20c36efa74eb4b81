"""Every dialog and every state that the scenes of the pictures show has room for its text."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QThread
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.kit.theme.theme import Scheme
from app.shell.main_window import MainWindow
from app.shell.screenshots.director import Director
from app.shell.screenshots.programme import play
from app.shell.screenshots.stage import Scene, Stage
from hpm_engine import open_memory
from tests.support.learned_store import MEMORIES, learned_store
from tests.support.text_room import clipped_texts, overlaps

_MOMENTS = 8
# Text of 200 % is for a screen that has room for it, and seen in the dark: two plays are enough.
LOOKS = [
    pytest.param(Scheme.LIGHT, 100, [(1280, 720), (1440, 900)], id="light"),
    pytest.param(Scheme.DARK, 200, [(1920, 1080)], id="dark-200"),
]


@pytest.fixture(scope="module")
def learned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which every view has something to show."""
    path = learned_store(tmp_path_factory.mktemp("learned"), episodes=6)
    with open_memory(path) as memory:
        memory.compression.compress([1])
        memory.consolidation.run(MEMORIES // 2)
    return path


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
            for _ in range(_MOMENTS):  # what is laid out in steps gets the time for it
                QApplication.processEvents()
                if not (faulty := faults(widget)):
                    break
                QThread.msleep(20)
            if faulty:
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


@pytest.mark.parametrize(("theme", "text", "sizes"), LOOKS)
def test_every_dialog_and_every_state_has_room_for_its_text(
    window: MainWindow,
    learned: Path,
    tmp_path: Path,
    qtbot: QtBot,
    theme: Scheme,
    text: int,
    sizes: Sequence[tuple[int, int]],
) -> None:
    store = Path(shutil.copy(learned, tmp_path))  # scenes leave cycles and recalls in it
    window.settings.update(theme=theme, text_scale=text)
    inspection = inspect(window, store, qtbot, sizes)
    window.settings.update(theme=Scheme.LIGHT, text_scale=100)
    QApplication.processEvents()
    names = inspection.names
    assert {"compare", "notes", "reading", "tour", "drop", "manual", "side-prototypes"} <= names
    assert {"prototypes", "prototypes-drift", "merge", "forget", "topic-name"} <= names
    missing = dialogs_of_the_program() - inspection.kinds
    assert not missing, f"no scene opens {sorted(missing)}"
    assert not inspection.wrong, told(inspection.wrong)
