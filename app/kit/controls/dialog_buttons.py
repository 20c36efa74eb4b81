"""Buttons at the foot of a dialog: words only, since the style's icons vanish in the dark."""

from __future__ import annotations

from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialogButtonBox, QPushButton


class DialogButtons(QDialogButtonBox):
    """A row of buttons, none of which Enter presses unless it is made the default."""

    def put(self, text: str, role: QDialogButtonBox.ButtonRole) -> QPushButton:
        """Append a button."""
        button = self.addButton(text, role)
        button.setIcon(QIcon())
        button.setAutoDefault(False)
        return button
