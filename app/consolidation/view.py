"""Cycles of consolidation: run, preview, accept, undo; their history and their schedule."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)
from shiboken6 import isValid

from app.consolidation import jobs as consolidating
from app.consolidation.cycle_notice import CycleNotice
from app.consolidation.cycle_pane import CyclePane
from app.consolidation.cycle_table import CycleTable
from app.consolidation.preview_offer import PreviewOffer
from app.consolidation.schedule_dialog import ScheduleDialog
from app.consolidation.schedule_keeper import Keeping
from app.consolidation.schedule_line import ScheduleLine
from app.consolidation.tidying import keep_schedule
from app.consolidation.tier_standing import NO_VECTORS, TierStanding, read_standing
from app.consolidation.undo_cycles_dialog import UndoCyclesDialog
from app.kit.controls.notice_line import NoticeLine
from app.kit.controls.state_page import StatePage
from app.kit.engine_thread import Task
from app.kit.icons import Icon, icon
from app.kit.index_job import index
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.spin_box import spin_box
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.view import View
from app.kit.view_names import ViewName
from hpm_engine import (
    CYCLE_MEMORIES,
    Agreement,
    Changed,
    Consent,
    CyclePreview,
    CycleReport,
    CycleRun,
    Job,
    Memory,
    Progress,
    Schedule,
)

_CONCERNS = Changed.PROTOTYPES | Changed.EPISODES | Changed.RECALLS


class ConsolidationView(View):
    """The view of consolidation: the history above, one cycle or a preview below."""

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._navigator = session, navigator
        self._keeping: Keeping | None = None
        self._standing = LatestRead(session, self, whole_store=True)
        self._undoable = LatestRead(session, self)
        self.standing: TierStanding | None = None
        self.notice = CycleNotice(session)
        self.agreement = NoticeLine("What was forgotten")
        self.offer = PreviewOffer()
        self.facts = SafeLabel()
        self.memories = spin_box(CYCLE_MEMORIES)
        self.preview = QPushButton("Preview")
        self.run = QPushButton("Consolidate now")
        self.undo = QPushButton("Undo…")
        self.schedule = ScheduleLine()
        self.table = RowView("Cycles of consolidation")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = CycleTable(session, self)
        self.table.set_table(self.model)
        self.page = StatePage(self.table)
        self.pane = CyclePane(session)
        self._arrange()
        self._connect()
        self.setFocusProxy(self.table)
        self._update_buttons()
        self.reload()

    def _arrange(self) -> None:
        self.memories.setAccessibleName("Memories that a cycle may take")
        self.memories.setSuffix(" memories")
        self.memories.setToolTip(tip("How many a cycle may take; each is five steps of an episode"))
        self.preview.setToolTip(tip("What a cycle would do and forget; nothing is written."))
        self.run.setIcon(icon(Icon.CONSOLIDATION))
        self.run.setToolTip(tip("One cycle, checked on canaries; it can be undone."))
        self.undo.setToolTip(tip("Go back to before one of the last runs, byte for byte."))
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.facts, 1)
        top.addWidget(self.notice, 1)
        for part in (self.memories, self.preview, self.run, self.undo):
            top.addWidget(part)
        head = QVBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(6)
        head.addLayout(top)
        head.addWidget(self.schedule)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("cycles and the chosen one")
        split.setChildrenCollapsible(False)
        split.addWidget(self.page)
        split.addWidget(self.pane)
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.agreement)
        layout.addWidget(self.offer)
        layout.addLayout(head)
        layout.addWidget(split, 1)

    def _connect(self) -> None:
        self.preview.clicked.connect(self.preview_cycle)
        self.run.clicked.connect(self.run_cycle)
        self.undo.clicked.connect(self.ask_to_undo)
        self.schedule.change_asked.connect(self.change_schedule)
        self.offer.accepted.connect(self.accept)
        self.offer.discarded.connect(self.discard)
        self.notice.appeared.connect(lambda there: self.facts.setVisible(not there))
        self.notice.begun.connect(self.pane.begin_live)
        self.notice.progressed.connect(self._on_progress)
        self.notice.stopped.connect(self._on_stopped)
        self.notice.ended.connect(self._update_buttons)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.page_arrived.connect(self._on_row)
        self.model.failed.connect(self._on_failed)
        self.pane.step_wanted.connect(
            lambda episode_id, seq: self._navigator.go(Place(ViewName.EPISODES, episode_id, seq))
        )
        self.pane.prototype_wanted.connect(
            lambda key: self._navigator.go(Place(ViewName.PROTOTYPES, prototype_id=key))
        )

    # -- the frame's calls -----------------------------------------------------------------

    def follow(self, keeping: Keeping) -> None:
        """Show the schedule that the window keeps."""
        self._keeping = keeping
        self.schedule.follow(keeping)

    def refresh(self, changed: Changed) -> None:
        """Read again what a write changed; a preview of the state before is dropped."""
        if changed & Changed.PROTOTYPES:
            self.offer.clear()
        if changed & _CONCERNS:
            self.reload()

    def restore(self, place: Place) -> None:
        """Do nothing: places name episodes, not cycles."""

    def reload(self) -> None:
        """Read how consolidation stands."""
        self.page.show_loading("Reading the history…")
        self._standing.ask(read_standing, self._on_standing, self._on_failed)

    def _on_standing(self, standing: TierStanding) -> None:
        self.standing = standing
        self.facts.setText(standing.sentence())
        self._show_agreement(standing.agreement)
        self._update_buttons()
        self.model.show_cycles(standing.cycles)
        self._show_pane()
        if standing.cycles:
            self.page.show_content()
            if self.table.current_row() is None:
                self.table.selectRow(0)
        elif standing.waiting is None and standing.hindrance != NO_VECTORS:
            self.page.show_empty("Nothing can be consolidated", standing.hindrance)
        elif standing.waiting is None:
            self.page.show_empty(
                "Nothing can be consolidated yet",
                "Memories are made of the vectors of steps, and no step has one. Indexing for"
                " recall makes them.",
                "Index now",
                self._index,
            )
        elif standing.waiting:
            self.page.show_empty(
                "No cycle yet",
                f"{standing.sentence()} A preview shows what a cycle would learn and whether it"
                " would forget anything; nothing is written.",
                "Preview a cycle",
                self.preview_cycle,
            )
        else:
            text = "Import sessions and index them for recall first."
            self.page.show_empty("No cycle yet, and no memory waits", text)

    def _show_agreement(self, agreement: Agreement) -> None:
        if not agreement.refused:
            self.agreement.hide()
            return
        since = f"since cycle {agreement.cycle}" if agreement.cycle else "since the first cycle"
        text = (
            f"{agreement.refused} Forgotten {since}: {max(0.0, agreement.lost) * 100:.1f} points."
        )
        self.agreement.say(text, "Accept as new baseline", self._agree, Colour.WARN)
        self.agreement.button.setEnabled(self._session.writable)

    def _agree(self) -> None:
        self.agreement.hide()
        consolidating.agree(self._session)

    def _index(self) -> None:
        index(self._session)

    def _on_failed(self, error: Exception) -> None:
        self.standing = None
        self.facts.setText("")
        self._update_buttons()
        self.page.show_error("The history could not be read", error, self.reload)

    def _on_row(self) -> None:
        """Show the chosen cycle, unless a preview or a cycle under way is shown."""
        index = self.table.current_row()
        report = None if index is None else self.model.row(index)
        shown = self.pane.reading.report if self.pane.reading is not None else None
        keeps = self.offer.stands or (self.pane.live and self.notice.busy)
        if report is not None and report != shown and not keeps:
            self.pane.show_report(report)

    # -- cycles ----------------------------------------------------------------------------

    def run_cycle(self) -> None:
        """Run a cycle."""
        if self.run.isEnabled():
            self.offer.clear()
            task = consolidating.run(self._session, self.memories.value())
            self._follow(task, self._on_cycled)

    def preview_cycle(self) -> None:
        """Preview a cycle."""
        if self.preview.isEnabled():
            self.offer.clear()
            task = consolidating.preview(self._session, self.memories.value())
            self._follow(task, self._on_previewed)

    def ask_to_undo(self) -> None:
        """Ask which of the last runs of cycles to undo."""

        def call(memory: Memory, _job: Job) -> list[CycleRun]:
            return memory.consolidation.undoable()

        if self.undo.isEnabled():
            self._undoable.ask(call, self._show_undo, self._on_failed)

    def _show_undo(self, standing: list[CycleRun]) -> None:
        if standing:
            UndoCyclesDialog(standing, self._undo, self).open()

    def _undo(self, down_to: int) -> None:
        self.offer.clear()
        consolidating.undo(self._session, down_to)
        self._update_buttons()

    def _show_pane(self) -> None:
        """Show the pane where there is a cycle or the preview of one."""
        cycles = self.standing is not None and self.standing.cycles > 0
        self.pane.setVisible(cycles or self.offer.stands)

    def accept(self) -> None:
        """Publish what was previewed."""
        self.offer.clear()
        self._follow(consolidating.accept(self._session), self._on_cycled)

    def discard(self) -> None:
        """Show the chosen cycle again in place of the preview."""
        self.offer.clear()
        self.pane.clear()
        self._show_pane()
        self._on_row()

    def _follow(self, task: Task, then: Callable[[Any], None]) -> None:
        self._update_buttons()
        task.succeeded.connect(lambda result: then(result) if isValid(self) else None)

    def _on_cycled(self, report: CycleReport) -> None:
        """Say so where a cycle found no memory waiting."""
        if not report.memories and not report.refused:
            self.facts.setText("No memory waits.")

    def _on_previewed(self, report: CyclePreview) -> None:
        """Show a preview; that of a store that cannot be written cannot be accepted."""
        acceptable = self._session.writable and not report.refused and bool(report.memories)
        self.pane.show_report(report)
        self.offer.show_preview(report, acceptable)
        self._show_pane()

    def _on_progress(self, progress: Progress) -> None:
        if progress.figures:
            self.pane.show()
            self.pane.show_live(progress)

    def _on_stopped(self) -> None:
        """Show again what was there before a cycle that was stopped."""
        self.pane.end_live()
        self._show_pane()
        self._on_row()

    def _update_buttons(self) -> None:
        standing, idle = self.standing, not self.notice.busy
        writable = self._session.writable
        waiting = standing is not None and bool(standing.waiting)
        self.preview.setEnabled(idle and waiting)
        self.run.setEnabled(idle and waiting and writable)
        self.undo.setEnabled(idle and writable and standing is not None and standing.undoable > 0)

    # -- the schedule ----------------------------------------------------------------------

    def change_schedule(self) -> None:
        """Show the schedule, to be changed."""
        outlook = None if self._keeping is None else self._keeping.outlook
        if outlook is not None:
            ScheduleDialog(outlook.schedule, outlook.consent, self._keep, self).open()

    def _keep(self, schedule: Schedule, consent: Consent) -> None:
        keep_schedule(self._session, schedule, consent)
