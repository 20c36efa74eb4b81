from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QHeaderView,
    QLineEdit,
    QPushButton,
    QSlider,
    QSpinBox,
    QTabBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from app.consolidation.row_list import RowList
from app.kit.controls.check_box import CheckBox
from app.kit.controls.radio_button import RadioButton
from app.kit.panel import LinkButton
from app.kit.theme.colour import Colour
from app.kit.theme.style_sheet import icons_folder, style_sheet
from app.kit.theme.theme import Scheme, Theme

CONTROLS = {
    "button": lambda: QPushButton("Save"),
    "tool button": lambda: QToolButton(text="More"),
    "check box": lambda: CheckBox("Pinned"),
    "radio button": lambda: RadioButton("Once"),
    "line": lambda: QLineEdit("text"),
    "number": QSpinBox,
    "choice": QComboBox,
    "slider": lambda: QSlider(Qt.Orientation.Horizontal),
    "tabs": lambda: tabs(),
    "link": lambda: LinkButton("12 episodes", "the episodes"),
    "rows": lambda: rows(),
}


@pytest.fixture
def theme(qapp: QApplication) -> Iterator[Theme]:
    theme = Theme(qapp)
    theme.apply(Scheme.LIGHT, 100)
    yield theme
    theme.apply(Scheme.LIGHT, 100)
    theme.deleteLater()


def tabs() -> QTabBar:
    bar = QTabBar()
    bar.addTab("This episode")
    bar.addTab("All")
    return bar


def rows() -> RowList:
    rows = RowList("Cycles", ("Name",), (100,))
    rows.show_rows([("first",), ("second",)])
    rows.setCurrentItem(rows.topLevelItem(0))
    return rows


@pytest.mark.parametrize("dark", [False, True])
def test_the_sheet_is_whole(dark: bool) -> None:
    sheet = style_sheet(dark)
    assert "$" not in sheet
    assert "::item" not in sheet.replace("QMenuBar::item", "").replace("QMenu::item", "").replace(
        "QStatusBar::item", ""
    ), "rows are painted by delegates; a rule for them slows every paint"
    pictures = re.findall(r"url\(([^)]*)\)", sheet)
    assert pictures
    for picture in pictures:
        assert not QImage(picture).isNull()
    assert icons_folder().is_dir()


@pytest.mark.parametrize("scheme", [Scheme.LIGHT, Scheme.DARK])
@pytest.mark.parametrize("kind", CONTROLS)
def test_focus_is_seen_on_every_kind_of_control(
    qtbot: QtBot, theme: Theme, kind: str, scheme: Scheme
) -> None:
    theme.apply(scheme, 100)
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    control, other = CONTROLS[kind](), QPushButton("Elsewhere")
    column.addWidget(control)
    column.addWidget(other)
    with qtbot.waitActive(page):
        page.show()
    other.setFocus()
    QApplication.processEvents()
    without = control.grab().toImage()
    control.setFocus(Qt.FocusReason.TabFocusReason)
    QApplication.processEvents()
    focused = control.grab().toImage()
    assert without.size() == focused.size()
    changed = sum(
        without.pixelColor(x, y) != focused.pixelColor(x, y)
        for x in range(without.width())
        for y in range(without.height())
    )
    assert changed >= 30  # a cursor alone is some 15


def test_headers_follow_the_theme(qtbot: QtBot, theme: Theme) -> None:
    """A header that was styled when it was made stayed white in the dark."""
    theme.apply(Scheme.LIGHT, 100)
    shown = rows()
    qtbot.addWidget(shown)
    shown.resize(300, 100)
    shown.show()
    header = shown.header()
    assert isinstance(header, QHeaderView)
    for scheme, ground in ((Scheme.LIGHT, 0), (Scheme.DARK, 1), (Scheme.LIGHT, 0)):
        theme.apply(scheme, 100)
        QApplication.processEvents()
        seen = header.grab().toImage().pixelColor(header.width() - 30, 3)
        assert seen == QColor(Colour.WINDOW.value[ground])


def test_headers_follow_the_text_size(qtbot: QtBot, theme: Theme) -> None:
    shown = rows()
    qtbot.addWidget(shown)
    shown.show()
    before = shown.header().sizeHint().height()
    theme.apply(Scheme.LIGHT, 200)
    QApplication.processEvents()
    assert shown.header().sizeHint().height() > 1.5 * before


def test_every_styled_control_follows_the_text_size(qtbot: QtBot, theme: Theme) -> None:
    """Qt leaves the font of what a style sheet speaks of as it was, unless asked not to."""
    page = QWidget()
    qtbot.addWidget(page)
    column = QVBoxLayout(page)
    controls = {name: make() for name, make in CONTROLS.items()}
    for control in controls.values():
        column.addWidget(control)
    page.show()
    before = {name: control.fontMetrics().height() for name, control in controls.items()}
    theme.apply(Scheme.LIGHT, 200)
    QApplication.processEvents()
    small = [
        name
        for name, control in controls.items()
        if control.fontMetrics().height() < 1.5 * before[name]
    ]
    assert not small
