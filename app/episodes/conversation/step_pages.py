"""The steps around the viewport, fetched a page at a time and forgotten when far away."""

from __future__ import annotations

from collections import OrderedDict
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.kit.session import Session
from hpm_engine import Job, Memory, Step

PAGE = 20  # steps
KEPT_PAGES = 20  # pages
MOST_ASKED = 3


class StepPages(QObject):
    """Pages of one episode's steps; ``arrived`` says which range has its text now."""

    arrived = Signal(int, int)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._episode: int | None = None
        self._generation = 0
        self._pages: OrderedDict[int, dict[int, Step]] = OrderedDict()
        self._asked: OrderedDict[int, Any] = OrderedDict()

    def show(self, episode_id: int | None) -> None:
        """Turn to another episode, or to the same one with other steps."""
        self._generation += 1
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        self._pages.clear()
        self._episode = episode_id

    def extend(self) -> None:
        """Read anew the last page of an episode that has grown; the others stay."""
        self._generation += 1
        for task in self._asked.values():
            task.cancel()
        self._asked.clear()
        for number in [number for number, page in self._pages.items() if len(page) < PAGE]:
            del self._pages[number]

    def step(self, seq: int) -> Step | None:
        """The step, if its page is here."""
        page = self._pages.get(seq // PAGE)
        return None if page is None else page.get(seq)

    def want(self, first: int, last: int) -> None:
        """Fetch the missing steps from ``first`` to ``last``; drop other requests."""
        if self._episode is None:
            return
        wanted = range(first // PAGE, last // PAGE + 1)
        for number in [number for number in self._asked if number not in wanted]:
            self._asked.pop(number).cancel()
        for number in wanted:
            if number in self._pages:
                self._pages.move_to_end(number)
            elif number not in self._asked and len(self._asked) < MOST_ASKED:
                self._request(self._episode, number)

    def _request(self, episode_id: int, number: int) -> None:
        generation = self._generation

        def call(memory: Memory, _job: Job) -> dict[int, Step]:
            steps = memory.steps.read(episode_id, number * PAGE, (number + 1) * PAGE)
            return {step.seq: step for step in steps}

        def answered(steps: dict[int, Step]) -> None:
            if generation == self._generation and isValid(self):
                self._keep(number, steps)

        def missed(error: Exception) -> None:
            if generation == self._generation and isValid(self):
                self._asked.pop(number, None)
                self.failed.emit(error)

        self._asked[number] = task = self._session.read(call)
        task.succeeded.connect(answered)
        task.failed.connect(missed)

    def _keep(self, number: int, steps: dict[int, Step]) -> None:
        self._asked.pop(number, None)
        self._pages[number] = steps
        while len(self._pages) > KEPT_PAGES:
            self._pages.popitem(last=False)
        self.arrived.emit(number * PAGE, (number + 1) * PAGE)
