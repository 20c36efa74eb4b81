"""The preferences in force: whoever depends on them hears when they change."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from PySide6.QtCore import QObject, Signal

from app.shell.preferences import Preferences, save


class Settings(QObject):
    """Holds the preferences and writes every change to their file."""

    changed = Signal(object)
    save_failed = Signal(object)

    def __init__(self, preferences: Preferences, folder: Path) -> None:
        super().__init__()
        self.folder = folder
        self._preferences = preferences

    @property
    def preferences(self) -> Preferences:
        """The preferences as they are now."""
        return self._preferences

    def update(self, **fields: Any) -> None:
        """Change some fields."""
        self.replace(msgspec.structs.replace(self._preferences, **fields))

    def replace(self, preferences: Preferences) -> None:
        """Change all fields at once; a file that cannot be written is reported, not fatal."""
        if preferences == self._preferences:
            return
        self._preferences = preferences
        self.changed.emit(preferences)
        try:
            save(preferences, self.folder)
        except OSError as error:
            self.save_failed.emit(error)
