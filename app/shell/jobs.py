"""What runs: a chip for each job while it does, a sentence in the log when it ends."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStatusBar

from app.ageing.jobs import Aged
from app.consolidation.jobs import Cycled, Previewed
from app.health.adaptation_jobs import Tuned, WeightsBack
from app.kit.controls.job_chip import JobChip
from app.kit.engine_thread import Task
from app.kit.formatting import counted, duration, number, size
from app.kit.index_job import Indexed, IndexedAgain
from app.masks.jobs import Compressed, Restored
from app.recall.recall_answer import Answer
from app.shell.problems import Problems
from hpm_engine import (
    CycleReport,
    Edit,
    FileReport,
    FileStatus,
    ImportReport,
    Verification,
    account_line,
    damaged_files,
    loss_sentence,
)


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
        title = task.title
        task.succeeded.connect(
            lambda result: self._on_success(title, result, time.monotonic() - started)
        )
        task.failed.connect(lambda error: self._on_failure(title, error))
        task.cancelled.connect(
            lambda: self._log(f"{title}: stopped. What had been stored by then stays.")
        )
        task.finished.connect(lambda: self._drop(task))
        self.count_changed.emit()

    def _on_success(self, title: str, result: object, seconds: float) -> None:
        self._log(sentence(title, result, seconds))
        if isinstance(result, ImportReport):
            self._tell_leftovers(result)

    def _on_failure(self, title: str, error: Exception) -> None:
        self._log(f"{title}: failed. {error}")
        self._problems.report(error, title)

    def _tell_leftovers(self, report: ImportReport) -> None:
        left = report.with_status(FileStatus.FAILED) + report.with_status(FileStatus.ASIDE)
        damaged = damaged_files(report.files)
        headline, texts = f"{counted(len(damaged), 'file')} came damaged", []
        if left:
            failed = len(report.with_status(FileStatus.FAILED))
            headline = f"{counted(len(left), 'file')} brought no episodes"
            text = f"{failed:,} could not be read" if failed else "None of them failed"
            texts.append(
                f"{text}; {len(left) - failed:,} hold no agent session and were set aside."
            )
        if damaged:  # an import that lost anything is no bare success
            texts.append(f"{loss_sentence(report)} All bytes are kept with the episodes.")
        if texts:
            details = [*map(_damage, damaged[:500]), *map(_leftover, left[:500])]
            self._problems.tell(headline, " ".join(texts), "\n".join(details))

    def _drop(self, task: Task) -> None:
        chip = self._chips.pop(task)
        self._status_bar.removeWidget(chip)
        chip.deleteLater()
        self.count_changed.emit()


def sentence(title: str, result: object, seconds: float) -> str:
    """What a job did, in one sentence."""
    took = f"in {duration(round(seconds * 1_000_000))}"
    if isinstance(result, ImportReport):
        parts = [f"{counted(result.episodes_added, 'episode')} added"]
        if result.episodes_extended:
            parts.append(f"{counted(result.episodes_extended, 'episode')} extended")
        if result.branches:
            branch = counted(result.branches, "branch", "branches")
            parts.append(f"{branch} kept beside the first of the same session")
        parts.append(f"{counted(result.steps_added, 'step')} from {size(result.raw_size)}")
        if unchanged := len(result.with_status(FileStatus.UNCHANGED)):
            parts.append(f"{counted(unchanged, 'file')} unchanged")
        if aside := len(result.with_status(FileStatus.ASIDE)):
            parts.append(f"{counted(aside, 'file')} set aside")
        if failed := len(result.with_status(FileStatus.FAILED)):
            parts.append(f"{counted(failed, 'file')} failed")
        lost = loss_sentence(result)
        return f"{title}: {', '.join(parts)}, {took}.{' ' if lost else ''}{lost}"
    if isinstance(result, Indexed):
        done = f"{counted(result.prepared.episodes, 'episode')} indexed"
        return f"{title}: {done}, {counted(result.encoded.vectors, 'vector')} made, {took}."
    if isinstance(result, IndexedAgain):
        return f"{title}: {counted(result.steps, 'step')} indexed again, {took}."
    if isinstance(result, Answer):
        return f"{title}: {counted(len(result.rows), 'hit')}, {took}."
    if isinstance(result, Compressed):
        made = result.report
        small = f", {number(made.too_small)} too small for it" if made.too_small else ""
        into = f"{size(made.raw_size)} of text in {size(made.stored_size)}"
        return f"{title}: {number(made.compressed)} compressed{small}; {into}, {took}."
    if isinstance(result, Restored):
        return f"{title}: {number(result.episodes)} made whole, {took}."
    if isinstance(result, Aged):
        return f"{title}: {result.sentence()}, {took}."
    if isinstance(result, Cycled):
        return f"{title}: {_cycled(result)}, {took}."
    if isinstance(result, Previewed):
        return f"{title}: {_learned(result.report)}, {took}. Nothing was written."
    if isinstance(result, Tuned | WeightsBack):
        return f"{title}: {result.sentence()}"
    if isinstance(result, Edit):
        return f"{result.title}."
    if isinstance(result, Verification):
        if result.broken_at is None:
            return f"{title}: the chain of {counted(result.rows, 'row')} holds, {took}."
        return f"{title}: the chain breaks at row {result.broken_at:,}. {result.reason}"
    return f"{title}: done {took}."


def _cycled(result: Cycled) -> str:
    report = result.report
    if report is None:
        return "an agent woke up, so it stopped and goes on later"
    if result.undone:
        first = report.run or report.id
        return f"{counted(result.undone, 'cycle')} undone, back to before cycle {first}"
    return _learned(report)


def _learned(report: CycleReport) -> str:
    if report.refused:
        return f"refused. {report.refused.rstrip('.')}"
    if not report.memories:
        return "no memory waits"
    learned = counted(report.memories, "memory", "memories")
    return f"{learned} learned, {counted(len(report.born), 'prototype')} born"


def _leftover(file: FileReport) -> str:
    reason = file.reason or file.status.value
    return reason if reason.startswith(file.path) else f"{file.path}: {reason}"


def _damage(file: FileReport) -> str:
    return f"{file.path}: {account_line(file.account)}" if file.account else file.path
