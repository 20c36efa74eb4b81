"""The look: palettes for light and dark, the few named colours, and the text size."""

from __future__ import annotations

from enum import Enum, StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QHeaderView

TEXT_SCALES = (80, 90, 100, 110, 125, 150, 175, 200)


class Scheme(StrEnum):
    """Which palette the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Colour(Enum):
    """A colour by its meaning, as (light, dark); safe for colour-blind eyes, never used alone.

    Text colours have a contrast of 4.5:1 or more against ``SURFACE`` and the window.
    """

    ACCENT = ("#0a5fb4", "#6cb4ff")
    GOOD = ("#00695f", "#3fc9b0")
    WARN = ("#8a5500", "#f0b429")
    BAD = ("#b3261e", "#ff8a73")
    MUTED = ("#5a6472", "#9aa5b4")
    FAINT = ("#8a93a0", "#6d7886")  # for lines of text nobody must read, and idle marks
    LINE = ("#d5dae1", "#38404b")  # separators and card borders
    SURFACE = ("#ffffff", "#1e2329")  # cards and tables
    RAISED = ("#eef1f5", "#2b323b")  # headers, chips, hovered rows
    MATCH = ("#ffe08a", "#6b5410")  # behind the words that a search found
    USER = ("#7a4d9f", "#cfa6f2")
    AGENT = ("#0a5fb4", "#6cb4ff")
    TOOL = ("#00695f", "#3fc9b0")
    SYSTEM = ("#5a6472", "#9aa5b4")
    SERIES_1 = ("#0a5fb4", "#6cb4ff")
    SERIES_2 = ("#c25a00", "#ffab5e")
    SERIES_3 = ("#00796b", "#3fc9b0")
    SERIES_4 = ("#8e4a8b", "#dc9bd8")
    SERIES_5 = ("#6f6200", "#d9c84a")

    def qcolor(self) -> QColor:
        """The colour for the palette that the program wears now."""
        return QColor(self.value[1 if is_dark() else 0])


def is_dark() -> bool:
    """Whether the program wears its dark palette now."""
    return QGuiApplication.palette().color(QPalette.ColorRole.Window).lightness() < 128


def fixed_font() -> str:
    """The family for code, paths and digests."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()


_HEADER_STYLE = """
QHeaderView::section {
  padding: 3px 7px; border: none; border-right: 1px solid palette(midlight);
  border-bottom: 1px solid palette(mid); background: palette(button);
  color: palette(button-text);
}
QHeaderView::up-arrow, QHeaderView::down-arrow { image: none; width: 0; height: 0; }
"""


def style_header(header: QHeaderView) -> None:
    """Give a table header flat sections with room, and leave the arrow to its text."""
    header.setStyleSheet(_HEADER_STYLE)


class Theme(QObject):
    """Puts the scheme and the text size on the application; follows the system when asked to."""

    changed = Signal()

    def __init__(self, application: QApplication) -> None:
        super().__init__(application)
        self._application = application
        self._base_size = application.font().pointSizeF()
        self._scheme = Scheme.SYSTEM
        application.setStyle("Fusion")
        application.styleHints().colorSchemeChanged.connect(self._on_system_changed)

    def apply(self, scheme: Scheme, text_scale: int) -> None:
        """Wear a scheme, with text at ``text_scale`` per cent of the system's size."""
        self._scheme = scheme
        hints = self._application.styleHints()
        wanted = {Scheme.LIGHT: Qt.ColorScheme.Light, Scheme.DARK: Qt.ColorScheme.Dark}
        hints.setColorScheme(wanted.get(scheme, Qt.ColorScheme.Unknown))
        dark = hints.colorScheme() is Qt.ColorScheme.Dark
        # Offscreen and on bare X11 the platform ignores the request, so the palette decides.
        if scheme is not Scheme.SYSTEM:
            dark = scheme is Scheme.DARK
        self._application.setPalette(_palette(dark))
        font = self._application.font()
        size = self._base_size * text_scale / 100
        if abs(font.pointSizeF() - size) > 0.01:
            font.setPointSizeF(size)
            self._application.setFont(font)
        self.changed.emit()

    def _on_system_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._application.setPalette(_palette(scheme is Qt.ColorScheme.Dark))
            self.changed.emit()


_ROLES: tuple[tuple[QPalette.ColorRole, str, str], ...] = (
    (QPalette.ColorRole.Window, "#f5f7f9", "#171b20"),
    (QPalette.ColorRole.WindowText, "#1b2129", "#e3e8ee"),
    (QPalette.ColorRole.Base, "#ffffff", "#1e2329"),
    (QPalette.ColorRole.AlternateBase, "#f7f9fb", "#22282f"),
    (QPalette.ColorRole.Text, "#1b2129", "#e3e8ee"),
    (QPalette.ColorRole.PlaceholderText, "#6b7482", "#8d98a7"),
    (QPalette.ColorRole.Button, "#e9edf1", "#2b323b"),
    (QPalette.ColorRole.ButtonText, "#1b2129", "#e3e8ee"),
    (QPalette.ColorRole.BrightText, "#ffffff", "#ffffff"),
    (QPalette.ColorRole.Highlight, "#1a66b8", "#2a64a3"),
    (QPalette.ColorRole.HighlightedText, "#ffffff", "#ffffff"),
    (QPalette.ColorRole.Accent, "#0a5fb4", "#6cb4ff"),
    (QPalette.ColorRole.Link, "#0a5fb4", "#6cb4ff"),
    (QPalette.ColorRole.LinkVisited, "#7a4d9f", "#cfa6f2"),
    (QPalette.ColorRole.ToolTipBase, "#ffffff", "#2b323b"),
    (QPalette.ColorRole.ToolTipText, "#1b2129", "#e3e8ee"),
    (QPalette.ColorRole.Light, "#ffffff", "#39424d"),
    (QPalette.ColorRole.Midlight, "#eef1f5", "#323a44"),
    (QPalette.ColorRole.Mid, "#c3cad3", "#454f5b"),
    (QPalette.ColorRole.Dark, "#a3acb8", "#101317"),
    (QPalette.ColorRole.Shadow, "#6d7682", "#0a0c0f"),
)
_DISABLED = ("#98a1ad", "#66717f")


def _palette(dark: bool) -> QPalette:
    palette = QPalette()
    for role, light_value, dark_value in _ROLES:
        palette.setColor(role, QColor(dark_value if dark else light_value))
    for role in (
        QPalette.ColorRole.WindowText,
        QPalette.ColorRole.Text,
        QPalette.ColorRole.ButtonText,
    ):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(_DISABLED[dark]))
    return palette
