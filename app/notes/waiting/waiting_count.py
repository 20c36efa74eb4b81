"""How many proposals wait for a person."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Changed, Job, Memory, ProposalState


class WaitingCount(QObject):
    """Counts them again whenever notes changed, also by another program; ``counted`` tells."""

    counted = Signal(int)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        session.changed.connect(self._on_changed)

    def read(self) -> None:
        """Count them now."""
        self._read.ask(_count, self.counted.emit, lambda error: self.counted.emit(0))

    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.NOTES:
            self.read()


def _count(memory: Memory, _job: Job) -> int:
    return memory.proposals.count([ProposalState.WAITING])
