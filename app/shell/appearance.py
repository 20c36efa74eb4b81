"""Theme, text size and times, from the preferences and from the commands that change them."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from app.kit.list_times import ListTimes
from app.kit.table.table_view import RowView
from app.kit.theme.colour import is_dark
from app.kit.theme.theme import Scheme, Theme
from app.kit.theme.type_scale import TEXT_SCALES
from app.shell.preferences import Preferences
from app.shell.settings import Settings


class Appearance(QObject):
    """Keeps the theme in step with the preferences."""

    def __init__(self, settings: Settings, theme: Theme) -> None:
        super().__init__(theme)
        self._settings, self._theme = settings, theme
        settings.changed.connect(self._apply)
        self._apply(settings.preferences)

    def dress(self, window: QWidget) -> None:
        """Complete the theme, before the window is shown."""
        self._theme.dress(window)

    def toggle_theme(self) -> None:
        """Change to the other of light and dark, and stay with it."""
        self._settings.update(theme=Scheme.LIGHT if is_dark() else Scheme.DARK)

    def scale_text(self, by: int) -> None:
        """Go to the next larger (1) or smaller (-1) text size, or back to the normal one (0)."""
        now = self._settings.preferences.text_scale
        if by > 0:
            scale = next((step for step in TEXT_SCALES if step > now), now)
        elif by < 0:
            scale = next((step for step in reversed(TEXT_SCALES) if step < now), now)
        else:
            scale = 100
        self._settings.update(text_scale=scale)

    def _apply(self, preferences: Preferences) -> None:
        self._theme.apply(preferences.theme, preferences.text_scale)
        if ListTimes.relative != preferences.relative_times:
            ListTimes.relative = preferences.relative_times
            for widget in QApplication.allWidgets():
                if isinstance(widget, RowView):
                    widget.viewport().update()
