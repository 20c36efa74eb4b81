"""Where the person is in the window, and the way back."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from app.kit.view_names import ViewName


@dataclass(frozen=True, slots=True)
class Place:
    """A view with what is selected in it: an episode, and a step of it by its number.

    ``recall_id`` is the recorded recall among whose hits it was selected, ``prototype_id`` the
    prototype that leads to the Prototypes view or is selected there, ``cycle`` a cycle of
    consolidation by its moment, ``audit_row`` a row of the audit log by its number, ``note_id`` a
    note of an agent's memory.
    """

    view: ViewName
    episode_id: int | None = None
    seq: int | None = None
    recall_id: int | None = None
    prototype_id: int | None = None
    cycle: int | None = None
    audit_row: int | None = None
    note_id: int | None = None

    @property
    def selects(self) -> bool:
        """Whether something is selected there."""
        keys = (self.episode_id, self.recall_id, self.prototype_id, self.cycle)
        return any(key is not None for key in (*keys, self.audit_row, self.note_id))


class Navigator(QObject):
    """The selection and its history; ``moved`` tells the window and every view.

    Steps of one episode share an entry, and so do selections that follow each other within
    ``settle`` seconds: walking back passes the places where the person stayed.
    """

    moved = Signal(object)

    def __init__(
        self,
        start: Place,
        *,
        settle: float = 0.7,
        limit: int = 200,
        clock: Callable[[], float] = time.monotonic,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._places = [start]
        self._at = 0
        self._settle, self._limit, self._clock = settle, limit, clock
        self._moved_at = float("-inf")

    @property
    def current(self) -> Place:
        """Where the person is now."""
        return self._places[self._at]

    @property
    def can_go_back(self) -> bool:
        """Whether there is an earlier place."""
        return self._at > 0

    @property
    def can_go_forward(self) -> bool:
        """Whether a later place was left by going back."""
        return self._at + 1 < len(self._places)

    def go(self, place: Place) -> None:
        """Move to a place; does nothing when already there."""
        if place == self.current:
            return
        now = self._clock()
        if self._continues(place, now):
            self._places[self._at] = place
        else:
            self._places = [*self._places[: self._at + 1], place][-self._limit :]
            self._at = len(self._places) - 1
        self._moved_at = now
        self.moved.emit(place)

    def show(self, place: Place) -> None:
        """Move to a place; already there, show it again: its view may have another selection."""
        if place == self.current:
            self.moved.emit(place)
        else:
            self.go(place)

    def back(self) -> None:
        """Return to the place before, if there is one."""
        self._step(-1)

    def forward(self) -> None:
        """Undo the last ``back``, if there was one."""
        self._step(1)

    def _continues(self, place: Place, now: float) -> bool:
        here = self.current
        if place.view is not here.view or self.can_go_forward:
            return False
        if not here.selects:
            return True
        if place.recall_id != here.recall_id:
            return False
        chosen_there = replace(place, prototype_id=None, cycle=None, audit_row=None, note_id=None)
        if now - self._moved_at < self._settle or chosen_there == here:
            return True
        same_episode = here.episode_id is not None and place.episode_id == here.episode_id
        return same_episode and replace(place, seq=here.seq) == here

    def _step(self, by: int) -> None:
        if 0 <= self._at + by < len(self._places):
            self._at += by
            self._moved_at = float("-inf")
            self.moved.emit(self.current)
