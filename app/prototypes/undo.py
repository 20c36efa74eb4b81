"""Merging and forgetting prototypes, with undo and redo."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QUndoCommand

from app.kit.formatting import counted
from app.kit.mark_undo import Marks
from app.kit.session import Session
from hpm_engine import CycleReport, Job, Memory


def merge(session: Session, marks: Marks, ids: Sequence[int]) -> None:
    """Make one prototype of several."""
    _Shaping(session, marks, tuple(ids), merging=True).begin()


def forget(session: Session, marks: Marks, ids: Sequence[int]) -> None:
    """Take prototypes away."""
    _Shaping(session, marks, tuple(ids), merging=False).begin()


class _Shaping(QUndoCommand):
    """One merge or forgetting; undoing it puts back what stood, if no cycle came after it.

    Its cycle is only touched on the writer's thread once the command exists.
    """

    def __init__(
        self, session: Session, marks: Marks, ids: tuple[int, ...], *, merging: bool
    ) -> None:
        title = f"{'Merge' if merging else 'Forget'} {counted(len(ids), 'topic')}"
        super().__init__(title)
        self._session, self._marks, self._ids = session, marks, ids
        self._merging = merging
        self._cycle_id: int | None = None
        self._stored = True

    def begin(self) -> None:
        """Merge or forget; that can be undone once it is stored."""
        task = self._session.edit(self._do, self.text())
        task.succeeded.connect(lambda _: self._marks.stack.push(self))

    def undo(self) -> None:
        self._marks.turn(self._take_back, f"Undo: {self.text()}")

    def redo(self) -> None:
        if self._stored:  # pushing calls redo for what has just been done
            self._stored = False
            return
        self._marks.turn(self._do, f"Redo: {self.text()}")

    def _do(self, memory: Memory, _job: Job) -> CycleReport:
        tier = memory.consolidation
        report = tier.merge(self._ids) if self._merging else tier.forget(self._ids)
        self._cycle_id = report.id
        return report

    def _take_back(self, memory: Memory, _job: Job) -> CycleReport:
        return memory.consolidation.undo(only=self._cycle_id)
