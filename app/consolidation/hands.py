"""When a person last touched the window, and whether something is held now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QDialog

from hpm_engine import local_now

PAUSE = timedelta(seconds=60)  # between the last touch and a run of the schedule
_TOUCHES = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
    QEvent.Type.Wheel,
    QEvent.Type.TabletPress,
    QEvent.Type.TouchBegin,
    QEvent.Type.TouchUpdate,
    QEvent.Type.InputMethod,
}


class Hands(QObject):
    """A watch over the keys, the mouse and the wheel of the program; it swallows nothing."""

    def __init__(self, parent: QObject, clock: Callable[[], datetime] = local_now) -> None:
        super().__init__(parent)
        self._clock = clock
        self._pointer: QPoint | None = None
        self._last: datetime | None = None
        if (program := QApplication.instance()) is not None:
            program.installEventFilter(self)

    def last(self) -> datetime | None:
        """The moment of the last touch; any thread may ask for it."""
        return self._last

    def resting(self) -> bool:
        """Whether a write may begin now: nothing is open or held, and nothing was just touched."""
        if self._last is not None and timedelta(0) <= self._clock() - self._last < PAUSE:
            return False
        held = QApplication.mouseButtons() != Qt.MouseButton.NoButton
        tops = QApplication.topLevelWidgets()
        asked = any(isinstance(window, QDialog) and window.isVisible() for window in tops)
        return not (held or asked or QApplication.activePopupWidget() is not None)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Remember the moment of a touch."""
        kind = event.type()
        if kind in _TOUCHES or (kind == QEvent.Type.MouseMove and self._moved(event)):
            self._last = self._clock()
        return False

    def _moved(self, event: QEvent) -> bool:
        """Whether the pointer itself moved: a widget that comes under it gets an event too."""
        if not isinstance(event, QMouseEvent):
            return False
        before, self._pointer = self._pointer, event.globalPosition().toPoint()
        return before is not None and before != self._pointer
