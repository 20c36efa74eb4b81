"""Windows on the screen that there is: none is larger, none begins outside."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

_FRAME = QSize(12, 40)  # what a window manager puts around a window, about


def fit_on_screen(window: QWidget, wanted: QSize) -> None:
    """Give a window a size, or what of it the screen has room for, and keep it on the screen."""
    room = window.screen().availableGeometry()
    window.resize(wanted.boundedTo(room.size() - _FRAME))
    frame = QRect(window.pos(), window.size())
    if not room.contains(frame) and not window.isMaximized() and not window.isFullScreen():
        frame.moveLeft(max(room.left(), min(frame.left(), room.right() + 1 - frame.width())))
        frame.moveTop(max(room.top(), min(frame.top(), room.bottom() + 1 - frame.height())))
        window.move(frame.topLeft())
