"""Whether the open store is still in its file: looked at now and then, and told once."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Job, Memory, StoreReplaced

_LOOK_MS = 2_000
TITLE = "The open store's file has changed"


class SameStore(QObject):
    """Looks at a store's file, also at one that is only read; ``lost`` says what happened to it."""

    lost = Signal(str)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._look = LatestRead(session, self, whole_store=True)
        self._timer = QTimer(self, interval=_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()

    def look(self) -> None:
        """Look now, unless a look is under way."""
        if not self._look.busy:
            self._look.ask(_trouble, self._on_looked, self._on_failed)

    def _on_looked(self, trouble: str) -> None:
        if trouble:
            self._timer.stop()
            self.lost.emit(trouble)

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, StoreReplaced):
            self._on_looked(str(error))


def _trouble(memory: Memory, _job: Job) -> str:
    return memory.trouble()
