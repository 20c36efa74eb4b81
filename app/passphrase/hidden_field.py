"""A field for a passphrase, which shows it only when asked to."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLineEdit

from app.kit.icons import Icon, icon

_MOST = 1_000  # characters


class HiddenField(QLineEdit):
    """A line of text shown as dots; its button shows it as it is."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setEchoMode(QLineEdit.EchoMode.Password)
        self.setAccessibleName(name)
        self.setMaxLength(_MOST)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 40)
        self._shown = QAction(icon(Icon.SHOW), "Show the passphrase", self)
        self._shown.setCheckable(True)
        self._shown.toggled.connect(self._show)
        self.addAction(self._shown, QLineEdit.ActionPosition.TrailingPosition)

    def _show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.setEchoMode(mode)
