"""What runs: a chip for each job while it does, a sentence in the log when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStatusBar

from app.kit.controls.job_chip import JobChip
from app.kit.engine_thread import Task
from app.kit.formatting import duration
from app.shell.problems import Problems


class Jobs(QObject):
    """Follows tasks from start to end; ``count_changed`` says that one began or ended."""

    count_changed = Signal()

    def __init__(
        self, status_bar: QStatusBar, log: Callable[[str], None], problems: Problems
    ) -> None:
        super().__init__(status_bar)
        self._status_bar, self._log, self._problems = status_bar, log, problems
        self._chips: dict[Task, JobChip] = {}

    def __len__(self) -> int:
        return len(self._chips)

    def follow(self, task: Task) -> None:
        """Show a task until it ends."""
        chip = JobChip(task, self._status_bar)
        started = time.monotonic()
        self._status_bar.addPermanentWidget(chip)
        chip.hide()
        self._chips[task] = chip
        self._share_room()
        title = task.title
        task.succeeded.connect(
            lambda result: self._on_success(task, result, time.monotonic() - started)
        )
        task.failed.connect(lambda error: self._on_failure(title, error))
        task.cancelled.connect(
            lambda: self._log(f"{title}: stopped. What had been stored by then stays.")
        )
        task.finished.connect(lambda: self._drop(task))
        self.count_changed.emit()

    def _on_success(self, task: Task, result: object, seconds: float) -> None:
        took = f"in {duration(round(seconds * 1_000_000))}"
        self._log(task.sentence(task.title, result, took))
        self._problems.settle(task.title)

    def _on_failure(self, title: str, error: Exception) -> None:
        self._log(f"{title}: failed. {error}")
        self._problems.report(error, title)

    def _drop(self, task: Task) -> None:
        chip = self._chips.pop(task)
        self._status_bar.removeWidget(chip)
        chip.deleteLater()
        self._share_room()
        self.count_changed.emit()

    def _share_room(self) -> None:
        for chip in self._chips.values():
            chip.share_room(len(self._chips))
