"""The frame of every dialog: it grows with its content, and scrolls where the screen is smaller."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QVBoxLayout, QWidget

from app.kit.controls.content_area import ContentArea
from app.kit.theme.spacing import LARGE, MEDIUM, SMALL

_SIDE = 20  # pixels beside the content
_FRAME = QSize(12, 40)  # what a window manager puts around a window, about


class Dialog(QDialog):
    """A dialog with its content in ``content``, and its buttons below, always in sight."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        body = QWidget()
        body.installEventFilter(self)
        self._area = ContentArea(body)
        self.content = QVBoxLayout(body)
        self.content.setContentsMargins(_SIDE, LARGE, _SIDE, SMALL)
        self._whole = QVBoxLayout(self)
        self._whole.setContentsMargins(0, 0, 0, 0)
        self._whole.setSpacing(0)
        self._whole.addWidget(self._area, 1)
        self._foot: QWidget | None = None
        self._later = QTimer(self, singleShot=True, interval=0)
        self._later.timeout.connect(self._grow)

    def set_buttons(self, buttons: QWidget) -> None:
        """Put the buttons below the content, where they stay while it scrolls."""
        foot = QVBoxLayout()
        foot.setContentsMargins(_SIDE, SMALL, _SIDE, MEDIUM)
        foot.addWidget(buttons)
        self._whole.addLayout(foot)
        self._foot = buttons

    def showEvent(self, event: QShowEvent) -> None:
        """Be as large as the content from the first."""
        super().showEvent(event)
        self._grow()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Grow when the content asks for more."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._later.start()
        return super().eventFilter(watched, event)

    def _grow(self) -> None:
        room = self.screen().availableGeometry().size() - _FRAME
        width = max(self.width(), self.sizeHint().width(), self.minimumWidth())
        width = min(width, room.width())
        needed = self._area.height_for(width)
        if self._foot is not None:
            needed += self._foot.sizeHint().height() + SMALL + MEDIUM
        self.resize(width, min(max(self.height(), needed), room.height()))
