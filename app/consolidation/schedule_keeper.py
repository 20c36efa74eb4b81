"""The schedule of the open store, which the window keeps by the rules of ``hpm run``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from app.ageing.jobs import age_by_schedule
from app.consolidation.hands import Hands
from app.consolidation.jobs import run_by_schedule
from app.consolidation.tidied_notice import Tidied
from app.kit.engine_thread import Task
from app.kit.job_kind import JobKind
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from hpm_engine import (
    AgeingReport,
    Changed,
    Consent,
    CycleReport,
    Job,
    Keeper,
    Memory,
    Originals,
    Outlook,
    Trigger,
    Wait,
    agents_folders,
)

_FIRST_LOOK_MS = 3_000  # rows and figures are read first
_LOOK_MS = 20_000

_WAITS = {
    Wait.NEVER: "Learns only when asked",
    Wait.CONSENT: "Compresses and learns only when asked",
    Wait.MAINS: "Waits for mains power",
    Wait.AGREEMENT: "Learning waits for you to accept what was forgotten",
    Wait.WORK: "Waits for agents to work: there is nothing to learn",
    Wait.VECTORS: "Learns nothing until the store is prepared for recall",
}


class Keeping(QObject):
    """The keeper of the window's schedule: it looks now and then, and ages and consolidates.

    ``news`` says that it looked or ran; ``outlook`` is ``None`` until the first look, and where the
    store cannot be read. ``wanted`` carries the id of a store that nobody was asked about, and
    whether its ageing deletes whole texts; ``tidied`` what was done, once a run is over.
    """

    news = Signal()
    wanted = Signal(str, bool)
    tidied = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._hands = Hands(self)
        self._keeper = Keeper(agents_folders, person=self._hands.last)
        self._look = LatestRead(session, self, patient=True)
        self._asked = False  # whether ``wanted`` was emitted
        self.done = Tidied()  # since a person last looked
        self._fresh = False
        self.outlook: Outlook | None = None
        self.running: Task | None = None
        self._timer = QTimer(self, singleShot=True, interval=_FIRST_LOOK_MS)
        self._timer.timeout.connect(self.look)
        self._timer.start()
        session.changed.connect(self._on_changed)
        session.job_started.connect(self._on_job)

    def look(self) -> None:
        """Look whether a run is due; does nothing while one is under way."""
        if self.running is not None or self._look.busy:
            return

        def call(memory: Memory, _job: Job) -> tuple[Outlook, str, bool]:
            outlook = self._keeper.look(memory)
            if memory.figures.has_vectors():
                _ = memory.consolidation  # loads numpy here, for which else a person waits later
            silent = self._asked or outlook.consent is not Consent.UNASKED
            if silent or not memory.figures.stats().episodes:
                return outlook, "", False
            ageing = memory.settings.ageing()
            deletes = ageing.automatic and ageing.originals is not Originals.KEPT
            return outlook, memory.settings.all().get("store_id", ""), deletes

        self._look.ask(call, self._on_outlook, self._on_failed)

    def sentence(self) -> str:
        """What the keeper waits for, in words; empty until the first look."""
        if self.running is not None:
            aging = self.running.kind is JobKind.AGE
            return "Compressing old episodes by itself" if aging else "Learning by itself"
        if self.outlook is None:
            return ""
        if not self._session.writable:
            return "Learns nothing: the store cannot be written"
        if self.outlook.due is not None:
            what = "Automatic compression" if self.outlook.ages else "Learning"
            busy = self._session.writing
            return f"{what} is due, and waits {'for what is written now' if busy else 'for you'}"
        if self.outlook.waits is Wait.REST and self.outlook.rest_until is not None:
            until = f"{self.outlook.rest_until:%H:%M}"
            return f"Begins at {until} unless you or an agent does something until then"
        if self.outlook.waits in _WAITS:
            return _WAITS[self.outlook.waits]
        return f"Begins next {self.outlook.next_runs[0]:%a %Y-%m-%d %H:%M}"

    def _on_outlook(self, answer: tuple[Outlook, str, bool]) -> None:
        outlook, store_id, deletes = answer
        self.outlook = outlook
        free = self._session.writable and not self._session.writing
        if outlook.due is not None and free and self._hands.resting():
            (self._age if outlook.ages else self._run)(outlook.due)
        else:
            self._timer.start(_LOOK_MS)
        if store_id and self._session.writable:
            self._asked = True
            self.wanted.emit(store_id, deletes)
        if outlook.due is None and self._fresh:
            self._fresh = False
            self.tidied.emit(self.done)
        self.news.emit()

    def _on_failed(self, _: Exception) -> None:
        """Wait for the next look; the view that reads the same store says what went wrong."""
        self.outlook = None
        self._timer.start(_LOOK_MS)
        self.news.emit()

    def _run(self, trigger: Trigger) -> None:
        self._follow(run_by_schedule(self._session, self._keeper, trigger), self._on_cycled)

    def _age(self, trigger: Trigger) -> None:
        self._follow(age_by_schedule(self._session, self._keeper, trigger), self._on_aged)

    def _follow(self, task: Task, then: Callable[[Any], None]) -> None:
        self.running = task
        task.succeeded.connect(then)
        task.cancelled.connect(self._keeper.put_off)
        task.finished.connect(self._on_finished)

    def _on_cycled(self, report: CycleReport | None) -> None:
        if report is not None:
            self._add(self.done.with_cycle(report))

    def _on_aged(self, report: AgeingReport | None) -> None:
        if report is not None:
            self._add(self.done.with_ageing(report))

    def _add(self, done: Tidied) -> None:
        self._fresh = self._fresh or done != self.done
        self.done = done

    def seen(self) -> None:
        """Forget what was done: a person has seen it."""
        self.done = Tidied()

    def _on_job(self, task: Task) -> None:
        """Put the schedule off after an undoing, which it would else do again at once."""
        if task.kind is JobKind.UNDO_CYCLES:
            task.succeeded.connect(lambda _: self._keeper.put_off())

    def _on_finished(self) -> None:
        self.running = None
        self.news.emit()
        self.look()

    def _on_changed(self, changed: Changed) -> None:
        if changed & (Changed.SETTINGS | Changed.PROTOTYPES):
            self.look()
