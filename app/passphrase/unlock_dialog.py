"""The question for the passphrase of a store that is to be opened."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from app.passphrase.hidden_field import HiddenField

_WIDTH = 64  # characters
_CHECKING = "Trying the passphrase…"


class UnlockDialog(Dialog):
    """Emits ``given`` with each passphrase that is tried; stays until it is the right one."""

    given = Signal(str)

    def __init__(self, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Passphrase")
        self.field = HiddenField("Passphrase of the store")
        self.said = SafeLabel("", wrap=True, tone=Colour.MUTED)
        buttons = DialogButtons()
        self.unlock = buttons.put("Open", DialogButtons.ButtonRole.AcceptRole)
        self.unlock.setDefault(True)
        self.unlock.setEnabled(False)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self._give)
        buttons.rejected.connect(self.reject)
        self.field.textChanged.connect(lambda text: self.unlock.setEnabled(bool(text)))
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(SafeLabel(f"{path.name} is under a passphrase.", wrap=True))
        column.addWidget(self.field)
        column.addWidget(self.said)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self.field.setFocus()

    def tell(self, text: str) -> None:
        """Say what was the matter, and let the person try again."""
        self.said.setText(text)
        self.field.setEnabled(True)
        self.unlock.setEnabled(True)
        self.field.selectAll()
        self.field.setFocus()

    def _give(self) -> None:
        self.said.setText(_CHECKING)
        self.field.setEnabled(False)
        self.unlock.setEnabled(False)
        self.given.emit(self.field.text())
