"""The backups of the open store, which the window makes by the store's plan as hpm run does."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal

from app.kit.engine_thread import Task
from app.kit.formatting import counted, size
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import (
    BackupPlan,
    BackupTurn,
    Changed,
    Every,
    Job,
    KnownBackup,
    Memory,
    back_up,
    backup_name,
    keep_backups,
    local_moment,
    open_memory,
    time_stamp,
)

_FIRST_MS = 15_000  # what a person waits for comes first
_LOOK_MS = 60_000
_SCHEDULER = "scheduler"
_EVERY = {Every.HOUR: "every hour", Every.DAY: "every day", Every.WEEK: "every week"}


class BackupKeeping(QObject):
    """Looks each minute whether a backup is due. ``news`` says that ``failure`` may be another."""

    news = Signal()

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self)
        self._running: Task | None = None
        self.failure = ""
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self.look)
        self._timer.start(_FIRST_MS)

    def look(self) -> None:
        """Look now; does nothing while a backup is made."""
        if self._running is None and not self._read.busy:
            self._read.ask(_due, self._on_due, self._on_failed)

    def _on_due(self, answer: tuple[bool, str]) -> None:
        due, failure = answer
        self._tell(failure)
        if not due or not self._session.writable:
            self._timer.start(_LOOK_MS)
            return
        self._running = task = self._session.read(_turn, "Planned backup", sentence=_made)
        task.finished.connect(self._on_finished)

    def _on_failed(self, _: Exception) -> None:
        self._timer.start(_LOOK_MS)

    def _on_finished(self) -> None:
        self._running = None
        self._session.changed.emit(Changed.SETTINGS | Changed.AUDIT)
        self.look()

    def _tell(self, failure: str) -> None:
        if failure != self.failure:
            self.failure = failure
            self.news.emit()


def _due(memory: Memory, _job: Job) -> tuple[bool, str]:
    return memory.backups.due(), memory.backups.plan().failure


def _turn(memory: Memory, job: Job) -> BackupTurn | None:
    """By a connection of its own: what a person does meanwhile does not wait for the copy."""
    with open_memory(memory.path, actor=_SCHEDULER) as writer:
        return keep_backups(writer, job)


def _made(title: str, turn: BackupTurn | None, took: str) -> str:
    if turn is None:
        return f"{title}: another program made it"
    if turn.failure:
        return f"{title}: failed. {turn.failure}"
    gone = f", {counted(len(turn.removed), 'old one')} removed" if turn.removed else ""
    return f"{title}: {size(turn.size)} in {turn.path}{gone}, {took}"


def back_up_now(session: Session) -> Task:
    """Make a backup in the folder of the plan, or beside the store."""

    def call(memory: Memory, job: Job) -> tuple[str, int]:
        beside = memory.path.with_name(f"{memory.path.stem}-backups")
        folder = Path(memory.backups.plan().folder or beside)
        folder.mkdir(mode=0o700, exist_ok=True)
        saved = back_up(memory, folder / backup_name(memory.path, time.time_ns() // 1000), job)
        return saved.path, saved.size

    return session.read(call, "Back up the store")


def backup_facts(memory: Memory, _job: Job) -> list[tuple[str, str]]:
    """What Health says of the backups of a store."""
    plan, backups = memory.backups.plan(), memory.backups.all()
    there = [backup for backup in backups if backup.exists]
    facts = [("By itself", _plan_text(plan)), ("Last backup", _last_text(there))]
    gone = len(backups) - len(there)
    known = f"{counted(len(there), 'backup')}, {size(sum(each.size for each in there))}"
    facts.append(("Known", f"{known}; {gone:,} not where they were" if gone else known))
    if plan.failure:
        facts.append(("Failed", f"⚠ {plan.failure}"))
    return facts


def _plan_text(plan: BackupPlan) -> str:
    if plan.every is Every.NEVER:
        return "never; hpm backups STORE --every day plans them"
    return (
        f"{_EVERY[plan.every]}, in {plan.folder}; kept are the last {plan.last:,}, "
        f"{plan.daily:,} daily and {plan.weekly:,} weekly ones"
    )


def _last_text(there: list[KnownBackup]) -> str:
    if not there:
        return "none is known; File ▸ Back Up Now makes one"
    moment = local_moment(there[0].made_at)
    return f"{time_stamp(moment) if moment else 'unknown'}, {there[0].path}"
