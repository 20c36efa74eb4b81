from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from app.kit.theme.theme import Scheme, Theme


@pytest.fixture
def bare(qapp: QApplication) -> Iterator[QApplication]:
    """The application without the sheet that other tests left."""
    before = qapp.styleSheet()
    qapp.setStyleSheet("")
    yield qapp
    qapp.setStyleSheet(before)


def test_the_sheet_waits_for_the_window_and_is_of_the_scheme_then(
    bare: QApplication, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    theme = Theme(bare, dressed=False)
    theme.apply(Scheme.DARK, 100)
    assert window.styleSheet() == ""
    theme.dress(window)
    dark = window.styleSheet()
    assert "QPushButton" in dark
    theme.apply(Scheme.LIGHT, 100)
    assert window.styleSheet() not in ("", dark)


def test_what_is_built_before_it_comes_into_the_window_is_styled_once(
    bare: QApplication, qtbot: QtBot
) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    Theme(bare, dressed=False).dress(window)
    label, styled = QLabel("text"), list[QEvent.Type]()

    class Counter(QObject):
        def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.StyleChange:
                styled.append(event.type())
            return False

    counter = Counter()
    label.installEventFilter(counter)
    view: QWidget = label
    for _ in range(5):
        outer = QWidget()
        QVBoxLayout(outer).addWidget(view)
        view = outer
    assert not styled
    QVBoxLayout(window).addWidget(view)
    assert len(styled) == 1


def test_dialogs_of_the_window_wear_its_sheet(bare: QApplication, qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    Theme(bare, dressed=False).dress(window)
    button = QPushButton("Save", QDialog(window))
    plain = QPushButton("Save")
    qtbot.addWidget(plain)
    assert button.sizeHint() != plain.sizeHint()
    button = QPushButton("Save", window)
    assert button.sizeHint() != plain.sizeHint()
