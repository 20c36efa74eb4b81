"""Light and dark palettes, and the text size, put on the application."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from app.kit.theme.colour import Colour
from app.kit.theme.style_sheet import style_sheet


class Scheme(StrEnum):
    """Which palette the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


class Theme(QObject):
    """Puts the scheme and the text size on the application; follows the system when asked to."""

    changed = Signal()

    def __init__(self, application: QApplication, *, dressed: bool = True) -> None:
        super().__init__(application)
        self._application = application
        self._dressed = dressed  # whether the style sheet is worn yet
        self._wearer: QApplication | QWidget = application
        self._base_size = application.font().pointSizeF()
        self._scheme = Scheme.SYSTEM
        self._dark = False
        self._text_scale = 100
        # Without it no widget that the style sheet speaks of follows the text size.
        application.setAttribute(Qt.ApplicationAttribute.AA_UseStyleSheetPropagationInWidgetStyles)
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
        self._text_scale = text_scale
        self._wear(dark)
        font = self._application.font()
        size = self._base_size * text_scale / 100
        if abs(font.pointSizeF() - size) > 0.01:
            font.setPointSizeF(size)
            self._application.setFont(font)
        self.changed.emit()

    def dress(self, window: QWidget) -> None:
        """Put the style sheet on a window and on all that belongs to it, where it waited for that.

        Under a sheet of the application each move into a layout styles all that is moved anew: the
        window was 50 ms slower to build, a view three times as slow. Under that of a window only
        what is in it is styled, once: views are built before they come into it.
        """
        if not self._dressed:
            self._dressed, self._wearer = True, window
            self._wear(self._dark)

    def _on_system_changed(self, scheme: Qt.ColorScheme) -> None:
        if self._scheme is Scheme.SYSTEM:
            self._wear(scheme is Qt.ColorScheme.Dark)
            self.changed.emit()

    def _wear(self, dark: bool) -> None:
        self._dark = dark
        self._application.setPalette(_palette(dark))
        if not self._dressed:
            return
        sheet = style_sheet(dark, self._text_scale)
        if sheet != self._wearer.styleSheet():
            self._wearer.setStyleSheet(sheet)


_ROLES: tuple[tuple[QPalette.ColorRole, Colour], ...] = (
    (QPalette.ColorRole.Window, Colour.WINDOW),
    (QPalette.ColorRole.WindowText, Colour.TEXT),
    (QPalette.ColorRole.Base, Colour.SURFACE),
    (QPalette.ColorRole.AlternateBase, Colour.STRIPE),
    (QPalette.ColorRole.Text, Colour.TEXT),
    (QPalette.ColorRole.PlaceholderText, Colour.FAINT),
    (QPalette.ColorRole.Button, Colour.RAISED),
    (QPalette.ColorRole.ButtonText, Colour.TEXT),
    (QPalette.ColorRole.Highlight, Colour.SELECTED),
    (QPalette.ColorRole.Accent, Colour.ACCENT),
    (QPalette.ColorRole.Link, Colour.ACCENT),
    (QPalette.ColorRole.LinkVisited, Colour.PERSON),
    (QPalette.ColorRole.ToolTipBase, Colour.SURFACE),
    (QPalette.ColorRole.ToolTipText, Colour.TEXT),
    (QPalette.ColorRole.Midlight, Colour.RAISED),
    (QPalette.ColorRole.Mid, Colour.LINE),
)
# What Fusion shades with.
_SHADES: tuple[tuple[QPalette.ColorRole, str, str], ...] = (
    (QPalette.ColorRole.BrightText, "#ffffff", "#ffffff"),
    (QPalette.ColorRole.HighlightedText, "#ffffff", "#ffffff"),
    (QPalette.ColorRole.Light, "#ffffff", "#39424d"),
    (QPalette.ColorRole.Dark, "#a3acb8", "#101317"),
    (QPalette.ColorRole.Shadow, "#6d7682", "#0a0c0f"),
)
_TEXT_ROLES = (
    QPalette.ColorRole.WindowText,
    QPalette.ColorRole.Text,
    QPalette.ColorRole.ButtonText,
)


def _palette(dark: bool) -> QPalette:
    palette = QPalette()
    for role, colour in _ROLES:
        palette.setColor(role, QColor(colour.in_scheme(dark)))
    for role, light_value, dark_value in _SHADES:
        palette.setColor(role, QColor(dark_value if dark else light_value))
    for role in _TEXT_ROLES:
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(Colour.FAINT.in_scheme(dark)))
    # A view paints with this group while the keyboard is elsewhere: so one sees where it is.
    unfocused = QPalette.ColorGroup.Inactive
    palette.setColor(unfocused, QPalette.ColorRole.Highlight, QColor(Colour.CHOSEN.in_scheme(dark)))
    palette.setColor(
        unfocused, QPalette.ColorRole.HighlightedText, QColor(Colour.TEXT.in_scheme(dark))
    )
    return palette
