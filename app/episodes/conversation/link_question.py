"""The question whether a link of a trace is to be opened: never without asking."""

from __future__ import annotations

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPushButton, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.opening import is_web, open_address
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM

_WIDTH = 460  # pixels


class LinkQuestion(Dialog):
    """Shows the whole address, with nothing hidden in it; only then may it be opened."""

    def __init__(self, target: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Open a link?")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(_WIDTH)
        self._url = QUrl(target, QUrl.ParsingMode.StrictMode)
        self.address = SafeLabel(target, wrap=True)
        self.address.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        known = is_web(self._url)
        host = self._url.host(QUrl.ComponentFormattingOption.FullyEncoded)
        words = (
            f"It leads to {host or 'a program for mail'}, outside this program, and may tell others"
            " that you came."
            if known
            else "It is no address of the web, so it is not opened from here."
        )
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(self.address)
        column.addWidget(SafeLabel(words, wrap=True, tone=Colour.MUTED))
        self.buttons = DialogButtons(DialogButtons.StandardButton.Cancel)
        self.open_button = QPushButton("Open in the browser")
        self.open_button.setEnabled(known)
        self.copy_button = QPushButton("Copy the address")
        self.buttons.addButton(self.copy_button, DialogButtons.ButtonRole.ActionRole)
        self.buttons.addButton(self.open_button, DialogButtons.ButtonRole.ActionRole)
        self.open_button.setAutoDefault(False)
        self.copy_button.setAutoDefault(False)
        self.set_buttons(self.buttons)
        self.buttons.rejected.connect(self.reject)
        self.open_button.clicked.connect(self._open)
        self.copy_button.clicked.connect(self._copy)

    def _open(self) -> None:
        open_address(self._url)
        self.accept()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.address.whole_text())
        self.accept()
