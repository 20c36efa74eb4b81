"""Python's garbage, collected on the window's thread alone.

A widget or task in a cycle dies where the collector runs. On an engine's thread that would be
beneath Qt's feet, while the window's thread may still handle the object's events.
"""

from __future__ import annotations

import gc

from PySide6.QtCore import QObject, QTimer

_EVERY_MS = 1_000
_YOUNG = 2_000  # objects made since the last look that are worth one
_ALL_EVERY = 60  # looks: one among so many is at everything


class GarbageCollection(QObject):
    """Takes the collector over from Python, which would run it on whatever thread is at work."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._looks = 0
        self._was_enabled = gc.isenabled()
        gc.disable()
        gc.freeze()  # what stands now stays to the end: a look at it would be a dropped frame
        self._timer = QTimer(self)
        self._timer.timeout.connect(self.look)
        self._timer.start(_EVERY_MS)

    def look(self) -> None:
        """Collect what was made lately, and now and then everything."""
        self._looks += 1
        if self._looks % _ALL_EVERY == 0:
            gc.collect()
        elif gc.get_count()[0] > _YOUNG:
            gc.collect(1)

    def stop(self) -> None:
        """Give the collector back."""
        self._timer.stop()
        gc.unfreeze()
        if self._was_enabled:
            gc.enable()
