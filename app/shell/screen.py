"""Windows on the screen that there is: none is larger, none begins outside."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize
from PySide6.QtWidgets import QWidget

_FRAME = QSize(12, 40)  # what a window manager puts around a window, about


def fit_on_screen(window: QWidget, wanted: QSize) -> None:
    """Give a window a size, or what of it the screen has room for, and keep it on the screen."""
    room = window.screen().availableGeometry()
    window.resize(wanted.boundedTo(room.size() - _FRAME))
    place = QRect(window.pos(), window.size())
    if not room.contains(place) and not window.isMaximized() and not window.isFullScreen():
        place.moveLeft(max(room.left(), min(place.left(), room.right() + 1 - place.width())))
        place.moveTop(max(room.top(), min(place.top(), room.bottom() + 1 - place.height())))
        window.move(place.topLeft())
