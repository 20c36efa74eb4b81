"""A question before something that takes long or cannot be taken back."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM

_WIDTH = 72  # characters


class QuestionDialog(Dialog):
    """What would be done, what it costs, and two buttons; ``begin`` is called on agreement.

    ``leave`` is the button that leaves all as it is, the default.
    """

    def __init__(
        self,
        title: str,
        text: str,
        promise: str,
        button: str,
        begin: Callable[[], None],
        parent: QWidget,
        leave: str = "Cancel",
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(title)
        self.text = SafeLabel(text, wrap=True)
        buttons = DialogButtons()
        self.start = buttons.put(button, DialogButtons.ButtonRole.AcceptRole)
        buttons.put(leave, DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(begin)
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(self.text)
        column.addWidget(SafeLabel(promise, wrap=True, tone=Colour.MUTED))
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
