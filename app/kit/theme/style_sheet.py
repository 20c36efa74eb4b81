"""The style of all controls: one sheet for the application, made from the palette and the scales.

Rows of tables, lists and trees have no rules here: their delegates paint them, thousands a second.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from PySide6.QtWidgets import QPushButton

from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL

RADIUS = 5  # of buttons and fields, in pixels
_BAR = 10  # pixels across a scroll bar
# Pixels at 100 % text size.
_BESIDE = {
    "ICON": 16,
    "BOX": 14,
    "ARROW": 12,
    "BESIDE_ARROW": 14,
    "SPIN_ARROW": 10,
    "DROP": 22,
    "BESIDE_DROP": 20,
}
_INSTALLED = Path(__file__).parents[2] / "resources" / "icons"
_CHECKOUT = Path(__file__).parents[3] / "resources" / "icons"


def icons_folder() -> Path:
    """Where the drawings of the program are: beside the package, or in the checkout."""
    return _INSTALLED if _INSTALLED.is_dir() else _CHECKOUT


class Look(StrEnum):
    """How much a button asks for: the one thing to do, one of several, or a side matter."""

    PRIMARY = "primary"
    USUAL = "usual"
    QUIET = "quiet"
    GRAVE = "grave"  # what cannot be taken back


def set_look(button: QPushButton, look: Look) -> None:
    """Give a button its look; a dialog's default button is primary by itself."""
    button.setProperty("look", look.value)
    button.style().unpolish(button)
    button.style().polish(button)


def style_sheet(dark: bool, text_scale: int = 100) -> str:
    """The sheet for the dark palette or the light one.

    What stands beside text, as arrows and icons, is as large as it: ``text_scale`` is per cent.
    """
    beside = {name: f"{round(size * text_scale / 100)}px" for name, size in _BESIDE.items()}
    colours = {name: colour.in_scheme(dark) for name, colour in Colour.__members__.items()}
    colours |= {
        "ICONS": icons_folder().as_posix(),
        "PRESSED": Colour.LINE.in_scheme(dark),
        "ON_PRIMARY": "#ffffff",
        "PRIMARY_HOVER": "#14579e" if not dark else "#3373b5",
        "THUMB": "#b9c1cc" if not dark else "#4a5562",
        "HAIR": f"{HAIR}px",
        "SMALL": f"{SMALL}px",
        "RADIUS": f"{RADIUS}px",
        "BAR": f"{_BAR}px",
        "HALF_BAR": f"{_BAR // 2 - 2}px",
        **beside,
        "FOCUSED_DROP": f"{round(_BESIDE['BESIDE_DROP'] * text_scale / 100) - 1}px",
    }
    sheet = _SHEET
    for name in sorted(colours, key=len, reverse=True):
        sheet = sheet.replace(f"${name}", colours[name])
    return sheet


# Focus is a border of two pixels in the accent; the padding gives the second pixel up for it, so
# that nothing moves.
_SHEET = """
QPushButton {
  background: $SURFACE; color: $TEXT; border: 1px solid $EDGE; border-radius: $RADIUS;
  padding: 4px 13px;
}
QPushButton:hover { background: $RAISED; }
QPushButton:pressed, QPushButton:checked { background: $CHOSEN; }
QPushButton:focus { border: 2px solid $ACCENT; padding: 3px 12px; }
QPushButton:disabled { color: $FAINT; border-color: $LINE; background: transparent; }
QPushButton:default, QPushButton[look="primary"] {
  background: $SELECTED; color: $ON_PRIMARY; border-color: $SELECTED;
}
QPushButton:default:hover, QPushButton[look="primary"]:hover { background: $PRIMARY_HOVER; }
QPushButton:default:focus, QPushButton[look="primary"]:focus { border: 2px solid $TEXT; }
QPushButton:default:disabled, QPushButton[look="primary"]:disabled {
  background: transparent; color: $FAINT; border-color: $LINE;
}
QPushButton[look="quiet"] { background: transparent; border-color: transparent; color: $ACCENT; }
QPushButton[look="quiet"]:hover { background: $RAISED; }
QPushButton[look="quiet"]:focus { border: 2px solid $ACCENT; }
QPushButton[look="grave"] { background: $SURFACE; color: $BAD; border-color: $BAD; }
QPushButton[look="grave"]:hover { background: $BAD_TINT; }
QPushButton[look="grave"]:focus { border: 2px solid $BAD; }
QPushButton::menu-indicator { image: url($ICONS/chevron-down.svg); width: $ARROW; right: 6px; }

QToolButton {
  background: transparent; color: $TEXT; border: 1px solid transparent; border-radius: $RADIUS;
  padding: 3px;
}
QToolButton:hover { background: $RAISED; border-color: $LINE; }
QToolButton:pressed { background: $CHOSEN; }
QToolButton:checked { background: $CHOSEN; }
QToolButton:focus { border: 2px solid $ACCENT; padding: 2px; }
QToolButton:disabled { color: $FAINT; }
QToolButton::menu-indicator { image: none; }
QToolButton[popupMode="2"] { padding-right: $BESIDE_ARROW; }
QToolButton[popupMode="2"]::menu-indicator {
  image: url($ICONS/chevron-down.svg); width: $ARROW;
  subcontrol-origin: padding; subcontrol-position: right center; right: 2px;
}

QLineEdit, QAbstractSpinBox, QComboBox {
  background: $SURFACE; color: $TEXT; border: 1px solid $EDGE; border-radius: $RADIUS;
  padding: 3px 6px;
  selection-background-color: $SELECTED; selection-color: #ffffff;
}
QLineEdit:focus, QAbstractSpinBox:focus, QComboBox:focus {
  border: 2px solid $ACCENT; padding: 2px 5px;
}
QLineEdit:disabled, QAbstractSpinBox:disabled, QComboBox:disabled {
  background: transparent; color: $FAINT; border-color: $LINE;
}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit, QLineEdit[frame="false"] {
  border: none; padding: 0; background: transparent;
}
QComboBox { padding-right: $BESIDE_DROP; }
QComboBox:focus { padding-right: $FOCUSED_DROP; }
QComboBox:hover { background: $RAISED; }
QComboBox::drop-down {
  subcontrol-origin: border; subcontrol-position: right center; width: $DROP; border: none;
}
QComboBox::down-arrow { image: url($ICONS/chevron-down.svg); width: $ARROW; height: $ARROW; }
QComboBox QAbstractItemView {
  background: $SURFACE; color: $TEXT; border: 1px solid $EDGE; outline: none;
  selection-background-color: $SELECTED; selection-color: #ffffff;
}
QAbstractSpinBox { padding-right: $BESIDE_DROP; }
QAbstractSpinBox:focus { padding-right: $FOCUSED_DROP; }
QAbstractSpinBox::up-button {
  subcontrol-origin: border; subcontrol-position: top right; width: $BESIDE_DROP; border: none;
}
QAbstractSpinBox::down-button {
  subcontrol-origin: border; subcontrol-position: bottom right; width: $BESIDE_DROP; border: none;
}
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $RAISED; }
QAbstractSpinBox::up-arrow {
  image: url($ICONS/chevron-up.svg); width: $SPIN_ARROW; height: $SPIN_ARROW;
}
QAbstractSpinBox::down-arrow {
  image: url($ICONS/chevron-down.svg); width: $SPIN_ARROW; height: $SPIN_ARROW;
}
QDateEdit::drop-down, QDateTimeEdit::drop-down {
  subcontrol-origin: border; subcontrol-position: right center; width: $DROP; border: none;
}
QDateEdit::down-arrow, QDateTimeEdit::down-arrow {
  image: url($ICONS/chevron-down.svg); width: $ARROW; height: $ARROW;
}

QPlainTextEdit, QTextEdit {
  background: $SURFACE; color: $TEXT;
  selection-background-color: $SELECTED; selection-color: #ffffff;
}
QPlainTextEdit:focus, QTextEdit:focus { border: 1px solid $ACCENT; }

QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: $BAR; }
QScrollBar:horizontal { height: $BAR; }
QScrollBar::handle { background: $THUMB; border-radius: $HALF_BAR; margin: 2px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::handle:hover, QScrollBar::handle:pressed { background: $EDGE; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; border: none; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QAbstractScrollArea::corner { background: transparent; border: none; }

QHeaderView { background: $WINDOW; border: none; }
QHeaderView::section {
  background: $WINDOW; color: $MUTED; border: none;
  border-right: 1px solid $LINE; border-bottom: 1px solid $LINE; padding: 4px 7px;
}
QHeaderView::section:hover { background: $RAISED; color: $TEXT; }
QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }
QTableCornerButton::section { background: $WINDOW; border: none; }

QTabWidget::pane { border: none; border-top: 1px solid $LINE; }
QTabBar { background: transparent; }
QTabBar::tab {
  background: transparent; color: $MUTED; border: 2px solid transparent;
  border-bottom: 2px solid transparent; padding: 5px 11px;
}
QTabBar::tab:hover { color: $TEXT; background: $RAISED; }
QTabBar::tab:selected { color: $TEXT; border-bottom: 2px solid $ACCENT; }
QTabBar::tab:focus:selected { border: 2px solid $ACCENT; }
QTabBar::tab:disabled { color: $FAINT; }

QToolButton, QPushButton, QLineEdit, QTabBar { icon-size: $ICON; }
QCheckBox::indicator, QRadioButton::indicator { width: $BOX; height: $BOX; }

QMenuBar { background: $WINDOW; color: $TEXT; border: none; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: $RADIUS; }
QMenuBar::item:selected, QMenuBar::item:pressed { background: $CHOSEN; }
QMenu { background: $SURFACE; color: $TEXT; border: 1px solid $EDGE; padding: $HAIR; }
QMenu::item { padding: 5px 22px 5px 8px; border-radius: $HAIR; }
QMenu::item:selected { background: $SELECTED; color: #ffffff; }
QMenu::item:disabled { color: $FAINT; background: transparent; }
QMenu::icon { padding-left: 6px; }
QMenu::indicator { width: $BOX; height: $BOX; padding-left: 6px; }
QMenu::indicator:checked { image: url($ICONS/check.svg); }
QMenu::separator { height: 1px; background: $LINE; margin: $HAIR $SMALL; }
QMenu::right-arrow {
  image: url($ICONS/chevron-right.svg); width: $ARROW; height: $ARROW; right: 6px;
}
QToolTip { background: $SURFACE; color: $TEXT; border: 1px solid $EDGE; padding: $HAIR; }

QToolBar {
  background: $WINDOW; border: none; border-bottom: 1px solid $LINE;
  spacing: $HAIR; padding: $HAIR;
}
QStatusBar { background: $WINDOW; border-top: 1px solid $LINE; }
QStatusBar::item { border: none; }
QDockWidget::title { background: $WINDOW; padding: 5px $SMALL; text-align: left; }
QMainWindow::separator { background: $LINE; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $ACCENT; }
QSplitter::handle { background: $LINE; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }
QSplitter::handle:hover, QSplitter::handle:pressed { background: $ACCENT; }

QGroupBox { border: 1px solid $LINE; border-radius: $RADIUS; margin-top: 10px; padding: $SMALL; }
QGroupBox::title { subcontrol-origin: margin; left: $SMALL; padding: 0 $HAIR; color: $MUTED; }
QProgressBar { background: $RAISED; border: none; border-radius: 3px; text-align: center; }
QProgressBar::chunk { background: $ACCENT; border-radius: 3px; }
QSlider::groove:horizontal { background: $LINE; height: 4px; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $ACCENT; height: 4px; border-radius: 2px; }
QSlider::handle:horizontal {
  background: $SURFACE; border: 2px solid $ACCENT; width: 10px; margin: -5px 0; border-radius: 7px;
}
QSlider::handle:horizontal:hover { background: $CHOSEN; }
QSlider::handle:horizontal:focus { background: $ACCENT; border-color: $TEXT; }
QSlider::handle:horizontal:disabled { border-color: $LINE; }
QSlider::sub-page:horizontal:disabled { background: $LINE; }
"""
