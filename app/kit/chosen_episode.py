"""The row of the selected episode, for commands that depend on what it is."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator
from app.kit.session import Session
from hpm_engine import Changed, Episode, Job, Memory

_SETTLE_MS = 60  # walking through a table asks only for where one stays


class ChosenEpisode(QObject):
    """Follows the navigator; ``row`` is None until the row of the episode there was read.

    ``failed`` has the error of a row that cannot be read.
    """

    arrived = Signal()
    failed = Signal(Exception)

    def __init__(self, session: Session, navigator: Navigator, parent: QObject) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._read = LatestRead(session, self)
        self._row: Episode | None = None
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._ask)
        navigator.moved.connect(self._on_moved)
        session.changed.connect(self._on_changed)

    @property
    def row(self) -> Episode | None:
        """The row of the episode that is selected now."""
        row = self._row
        return row if row is not None and row.id == self._navigator.current.episode_id else None

    def _on_moved(self) -> None:
        if self.row is None and self._navigator.current.episode_id is not None:
            self._timer.start()

    def _on_changed(self, changed: Changed) -> None:
        if changed & (Changed.EPISODES | Changed.MARKS):
            self._timer.start()

    def _ask(self) -> None:
        episode_id = self._navigator.current.episode_id
        if episode_id is None:
            return

        def call(memory: Memory, _job: Job) -> list[Episode]:
            return memory.episodes.get([episode_id])

        self._read.ask(call, self._on_row, self.failed.emit)

    def _on_row(self, rows: list[Episode]) -> None:
        self._row = rows[0] if rows else None
        self.arrived.emit()
