"""The searches saved in the open store; every change can be undone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import Changed, Job, Memory, SavedSearch

Change = Callable[[Memory], Changed]


class SavedSearches(QObject):
    """Saved searches, read and changed through the session; ``listed`` carries all of them."""

    listed = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, stack: QUndoStack, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session, self._stack = session, stack
        self._read = LatestRead(session, self)
        self.all: tuple[SavedSearch, ...] = ()
        session.changed.connect(self._on_changed)

    def read(self) -> None:
        """Read the searches; ``listed`` follows."""
        self._read.ask(_all, self._on_read, self.failed.emit)

    def named(self, name: str) -> SavedSearch | None:
        """The search of that name."""
        return next((search for search in self.all if search.name == name), None)

    def save(self, name: str, text: str) -> None:
        """Keep a search, in place of one that has its name."""
        before = self.named(name := " ".join(name.split()))
        back: Change = (
            (lambda memory: memory.searches.save(name, before.text))
            if before is not None
            else (lambda memory: memory.searches.delete(name))
        )
        self._do(f"Save “{name}”", lambda memory: memory.searches.save(name, text), back)

    def rename(self, name: str, new: str) -> None:
        """Give a search another name."""
        new = " ".join(new.split())
        self._do(
            f"Rename “{name}”",
            lambda memory: memory.searches.rename(name, new),
            lambda memory: memory.searches.rename(new, name),
        )

    def delete(self, search: SavedSearch) -> None:
        """Forget a search."""
        self._do(
            f"Delete “{search.name}”",
            lambda memory: memory.searches.delete(search.name),
            lambda memory: memory.searches.save(search.name, search.text),
        )

    def write(self, change: Change, title: str) -> Any:
        """Begin a change; returns its task."""

        def call(memory: Memory, _job: Job) -> Changed:
            return change(memory)

        return self._session.write(call, title)

    def _do(self, title: str, change: Change, back: Change) -> None:
        def done(changed: Changed) -> None:
            if changed is not Changed.NOTHING:
                self._stack.push(_Turn(self, title, change, back))

        self.write(change, title).succeeded.connect(done)

    def _on_read(self, searches: tuple[SavedSearch, ...]) -> None:
        self.all = searches
        self.listed.emit(searches)

    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.SEARCHES:
            self.read()


class _Turn(QUndoCommand):
    """One stored change, and the change that takes it back."""

    def __init__(self, searches: SavedSearches, title: str, change: Change, back: Change) -> None:
        super().__init__(title)
        self._searches, self._change, self._back = searches, change, back
        self._stored = True

    def undo(self) -> None:
        self._searches.write(self._back, f"Undo: {self.text()}")

    def redo(self) -> None:
        if self._stored:  # pushing calls redo for what has just been done
            self._stored = False
            return
        self._searches.write(self._change, f"Redo: {self.text()}")


def _all(memory: Memory, _job: Job) -> tuple[SavedSearch, ...]:
    return memory.searches.all()
