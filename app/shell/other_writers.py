"""Whether another program wrote to the open store: looked at twice a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer

from app.kit.engine_thread import Task
from app.kit.session import EVERYTHING, Session
from hpm_engine import Job, Memory

_LOOK_MS = 500
_AGAIN_MS = 100  # where something was read at that moment: others read at regular times, too
_FIRST_MS = 300  # the first rows come first


class OtherWriters(QObject):
    """Has every view read again what another program changed.

    A connection's own writes leave its number as it is. So the writer is asked for its number, once
    there is one; before, every change is another program's.
    """

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._known: tuple[bool, int] | None = None  # of the writer?, its number
        self._task: Task | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._timer.start(_FIRST_MS)

    def look(self) -> None:
        """Look now, or a moment later where a write, or the reading that followed one, goes on."""
        session = self._session
        busy = session.writing or (self._known is not None and session.reading)
        if self._task is not None:
            return
        if busy:
            self._timer.start(_AGAIN_MS)
            return
        of_writer = session.has_written

        def known(version: int) -> None:
            self._on_version(of_writer, version)

        self._task = task = session.ask_quietly(_version)
        task.succeeded.connect(known)
        task.finished.connect(self._on_finished)

    def _on_version(self, of_writer: bool, version: int) -> None:
        before, self._known = self._known, (of_writer, version)
        if before is not None and before[0] == of_writer and before[1] != version:
            self._session.changed.emit(EVERYTHING)

    def _on_finished(self) -> None:
        self._task = None
        self._timer.start(_LOOK_MS)


def _version(memory: Memory, _job: Job) -> int:
    return memory.version()
