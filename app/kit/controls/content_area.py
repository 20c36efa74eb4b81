"""Content that has as much room as it needs, and scrolls where there is less."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget


class ContentArea(QScrollArea):
    """As large as what is in it, if there is room."""

    def __init__(self, body: QWidget) -> None:
        super().__init__(widgetResizable=True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(body)
        self._body = body
        for ground in (body, self.viewport()):
            ground.setAutoFillBackground(False)  # what lies behind shows through
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its content has what needs the keyboard

    def height_for(self, width: int) -> int:
        """The height of the content at a width, without a scroll bar."""
        body = self._body
        return body.heightForWidth(width) if body.hasHeightForWidth() else body.sizeHint().height()

    def sizeHint(self) -> QSize:
        """That of the content."""
        return self._body.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Narrower only where the screen is: the content may scroll down, hardly aside."""
        line = self.fontMetrics().height()
        return QSize(self._body.minimumSizeHint().width(), 4 * line)
