"""Pins, tags, notes and names of prototypes, with undo and redo of every one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.kit.engine_thread import Call
from app.kit.formatting import counted
from app.kit.job_kind import Sentence, done, edited
from app.kit.session import Session
from hpm_engine import Edit, Job, Memory

_KEPT = 200  # changes that can be taken back


class Marks(QObject):
    """Changes marks through the session; what was done goes on ``stack`` once it is stored."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.stack = QUndoStack(self)
        self.stack.setUndoLimit(_KEPT)

    def pin(self, ids: Sequence[int], pinned: bool) -> None:
        """Pin or unpin episodes."""
        title = f"{'Pin' if pinned else 'Unpin'} {counted(len(ids), 'episode')}"
        self.edit(lambda memory, job: memory.marks.set_pinned(ids, pinned), title)

    def toggle_pin(self, ids: Sequence[int]) -> None:
        """Unpin episodes that are all pinned; pin them otherwise."""

        def toggle(memory: Memory, job: Job) -> Edit:
            all_pinned = all(episode.pinned for episode in memory.episodes.get(ids))
            return memory.marks.set_pinned(ids, not all_pinned)

        self.edit(toggle, f"Pin or unpin {counted(len(ids), 'episode')}")

    def add_tag(self, ids: Sequence[int], tag: str) -> None:
        """Give episodes a tag."""
        title = f"Tag {counted(len(ids), 'episode')}"
        self.edit(lambda memory, job: memory.marks.add_tag(ids, tag), title)

    def remove_tag(self, ids: Sequence[int], tag: str) -> None:
        """Take a tag from episodes."""
        title = f"Untag {counted(len(ids), 'episode')}"
        self.edit(lambda memory, job: memory.marks.remove_tag(ids, tag), title)

    def pin_prototypes(self, ids: Sequence[int], pinned: bool) -> None:
        """Pin or unpin prototypes."""
        title = f"{'Pin' if pinned else 'Unpin'} {counted(len(ids), 'topic')}"
        self.edit(lambda memory, job: memory.consolidation.set_pinned(ids, pinned), title)

    def rename_prototype(self, prototype_id: int, name: str) -> None:
        """Name a prototype; without a name it is called by its label."""
        call = partial(_rename, prototype_id, name)
        self.edit(call, "Rename a topic")

    def turn(self, call: Call, title: str, sentence: Sentence = done) -> None:
        """Run an undo or a redo; one that was not done ends the history, which no longer fits."""
        task = self._session.edit(call, title, sentence)
        task.failed.connect(self.stack.clear)
        task.cancelled.connect(self.stack.clear)

    def edit(self, call: Call, title: str, then: Callable[[], object] | None = None) -> None:
        """Do what gives an ``Edit``, let it be undone, and then go on with ``then``."""
        task = self._session.edit(call, title, edited)
        task.succeeded.connect(self._push)
        if then is not None:
            task.succeeded.connect(lambda _: then())

    def _push(self, edit: Edit) -> None:
        if edit.before != edit.after:
            self.stack.push(_Turn(edit, self))


def _rename(prototype_id: int, name: str, memory: Memory, _job: Job) -> Edit:
    return memory.consolidation.rename(prototype_id, name)


class _Turn(QUndoCommand):
    """One stored edit: undoing it and redoing it turn it into its inverse each time.

    The edit is only touched on the writer's thread once the command exists, so that undo and
    redo in quick succession each start from what the one before gave back.
    """

    def __init__(self, edit: Edit, marks: Marks) -> None:
        super().__init__(edit.title)
        self._edit, self._marks = edit, marks
        self._stored = True

    def undo(self) -> None:
        self._turn(f"Undo: {self.text()}")

    def redo(self) -> None:
        if self._stored:  # pushing calls redo for what has just been done
            self._stored = False
            return
        self._turn(f"Redo: {self.text()}")

    def _turn(self, title: str) -> None:
        self._marks.turn(self._invert, title, edited)

    def _invert(self, memory: Any, job: Job) -> Edit:
        inverse: Edit = memory.marks.undo(self._edit)
        self._edit = inverse
        return inverse
