"""Light and dark palettes, and the text size, put on the application."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication


class Scheme(StrEnum):
    """Which palette the window wears."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


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
