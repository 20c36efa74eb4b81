"""Putting the open store under a passphrase, under another, or under none."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from app.passphrase.hidden_field import HiddenField
from hpm_engine import SHORTEST_PASSPHRASE

_WIDTH = 76  # characters
_PROTECTS = (
    "A passphrase encrypts the store on the disk. Whoever gets hold of its file, or of a backup "
    "made from then on, reads nothing without it. It does not protect from somebody who uses "
    "this computer under your name while the store is open."
)
_COSTS = (
    "Nobody can help who forgets the passphrase. The store is closed, written anew, checked and "
    "opened again; backups and exports made before stay as they are. Programs such as an agent's "
    "server need it too: the manual says how."
)
_SHORT = f"At least {SHORTEST_PASSPHRASE} characters. Several words are easy to keep in mind."
_OTHER = "The two are not the same yet."


class PassphraseDialog(Dialog):
    """Emits ``chosen`` with the new passphrase, or with ``None`` for none."""

    chosen = Signal(object)

    def __init__(self, path: Path, *, sealed: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Passphrase of the store")
        self.field = HiddenField("New passphrase")
        self.again = HiddenField("New passphrase, again")
        self.said = SafeLabel("", wrap=True, tone=Colour.MUTED)
        form = QFormLayout()
        form.addRow("&New passphrase", self.field)
        form.addRow("&Again", self.again)
        buttons = DialogButtons()
        text = "Change It" if sealed else "Encrypt the Store"
        self.change = buttons.put(text, DialogButtons.ButtonRole.AcceptRole)
        self.remove = buttons.put("Remove It", DialogButtons.ButtonRole.DestructiveRole)
        self.remove.setVisible(sealed)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.accepted.connect(lambda: self._choose(self.field.text()))
        self.remove.clicked.connect(lambda: self._choose(None))
        buttons.rejected.connect(self.reject)
        for field in (self.field, self.again):
            field.textChanged.connect(self._look)
        state = "is under a passphrase" if sealed else "is under no passphrase"
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(SafeLabel(f"{path.name} {state}.", wrap=True))
        column.addWidget(SafeLabel(_PROTECTS, wrap=True))
        column.addLayout(form)
        column.addWidget(self.said)
        column.addWidget(SafeLabel(_COSTS, wrap=True, tone=Colour.MUTED))
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self._look()
        self.field.setFocus()

    def _look(self) -> None:
        new, again = self.field.text(), self.again.text()
        short = len(new) < SHORTEST_PASSPHRASE
        self.change.setEnabled(not short and new == again)
        self.said.setText(_SHORT if short else "" if new == again else _OTHER)

    def _choose(self, passphrase: str | None) -> None:
        self.accept()
        self.chosen.emit(passphrase)
