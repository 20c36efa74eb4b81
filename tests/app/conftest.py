from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from app.kit.session import Session
from app.kit.theme.theme import Scheme, Theme
from app.shell.appearance import Appearance
from app.shell.main_window import MainWindow
from app.shell.preferences import Preferences
from app.shell.problems import Problems
from app.shell.settings import Settings
from tests.support.million_memory import MillionMemory


def pytest_configure(config: pytest.Config) -> None:
    """The offscreen platform says this of every window with a minimum size."""
    config.addinivalue_line("qt_log_ignore", "does not support propagateSizeHints")
    config.addinivalue_line("qt_log_ignore", r"does not support raise\(\)")


@pytest.fixture(autouse=True)
def own_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No test reads or writes the settings of the person who runs it."""
    folder = tmp_path / "config"
    monkeypatch.setenv("HPM_CONFIG_DIR", str(folder))
    monkeypatch.setenv("HPM_DATA_DIR", str(tmp_path / "data"))
    return folder


@pytest.fixture(scope="session", autouse=True)
def garbage_stays_on_this_thread() -> Iterator[None]:
    """As in the program: what holds widgets must not die on an engine's thread."""
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True)
def no_window_left(request: pytest.FixtureRequest) -> Iterator[None]:
    """Every window that a test opened must be gone after it."""
    before = set(map(id, QApplication.topLevelWidgets())) if QApplication.instance() else set()
    yield
    gc.collect(1)
    if QApplication.instance() is None:
        return
    left = _top_levels(before)
    if left:
        QApplication.sendPostedEvents(None, 52)  # DeferredDelete
        gc.collect()
        left = _top_levels(before)
    assert not left, (
        f"left open: {[(type(w).__name__, w.objectName()) for w in left]}; look for a missing "
        "parent, qtbot.addWidget or close(), or a lambda that keeps the widget alive"
    )


@pytest.fixture(autouse=True)
def no_key_left_held() -> Iterator[None]:
    """A key pressed with Ctrl or Shift stays with Qt, which asks for it at the next selection."""
    yield
    if QApplication.instance() is not None and _held() is not Qt.KeyboardModifier.NoModifier:
        widget = QWidget()
        QTest.keyRelease(widget, Qt.Key.Key_Control)
        widget.deleteLater()
        assert _held() is Qt.KeyboardModifier.NoModifier


def _held() -> Qt.KeyboardModifier:
    return QGuiApplication.keyboardModifiers()


def _top_levels(before: set[int]) -> list[QWidget]:
    return [
        widget
        for widget in QApplication.topLevelWidgets()
        if id(widget) not in before and widget.parent() is None
    ]


@pytest.fixture
def session(qapp: object, store: Path) -> Iterator[Session]:
    """A session on the store that the test module's ``store`` gives."""
    session = Session(store)
    yield session
    session.close()


@pytest.fixture
def made_up_session(qapp: object, memory: MillionMemory) -> Iterator[Session]:
    """A session on the made-up memory that the test module's ``memory`` gives."""
    session = Session(Path("made-up.hpm"), opener=lambda path, read_only: memory)
    yield session
    session.close()


@pytest.fixture
def window(
    qtbot: QtBot, qapp: object, own_settings: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[MainWindow]:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    settings = Settings(Preferences(theme=Scheme.LIGHT), own_settings)
    theme = Theme(qapp)  # type: ignore[arg-type]
    window = MainWindow(settings, Appearance(settings, theme), Problems())
    window.show()
    yield window
    window._closing = True
    window.close()
    window.deleteLater()
    theme.deleteLater()
