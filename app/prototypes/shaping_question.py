"""What merging or forgetting prototypes comes to, before it is done."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour


class ShapingQuestion(Dialog):
    """A dialog that names what goes; it calls ``begin`` when the person agrees."""

    def __init__(
        self, title: str, text: str, promise: str, begin: Callable[[], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(f"{title} prototypes")
        self.text = SafeLabel(text, wrap=True)
        buttons = DialogButtons()
        self.start = buttons.put(title, DialogButtons.ButtonRole.AcceptRole)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(begin)
        column = self.content
        column.setSpacing(10)
        column.addWidget(self.text)
        column.addWidget(SafeLabel(promise, wrap=True, tone=Colour.MUTED))
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 72)
