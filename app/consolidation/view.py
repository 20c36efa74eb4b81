"""What is learned from many episodes: learn, preview, accept, undo; the history, the schedule."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QVBoxLayout, QWidget
from shiboken6 import isValid

from app.consolidation import jobs as consolidating
from app.consolidation.cycle_pane import CyclePane
from app.consolidation.learn_card import LearnCard
from app.consolidation.run_card import RunCard
from app.consolidation.run_facts import run_call
from app.consolidation.run_menu import RunMenu
from app.consolidation.run_table import RunTable
from app.consolidation.schedule_dialog import ScheduleDialog
from app.consolidation.schedule_keeper import Keeping
from app.consolidation.schedule_line import ScheduleLine
from app.consolidation.tidying import keep_schedule
from app.consolidation.tier_standing import NO_VECTORS, TierStanding, read_standing
from app.consolidation.undo_cycles_dialog import UndoCyclesDialog
from app.kit.controls.content_area import ContentArea
from app.kit.controls.details import Details
from app.kit.controls.notice_line import NoticeLine
from app.kit.controls.state_page import StatePage
from app.kit.engine_thread import Task
from app.kit.index_job import index
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.selection_facts import SelectionCall
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.view import View
from app.kit.view_names import ViewName
from hpm_engine import (
    Agreement,
    Changed,
    Consent,
    CyclePreview,
    CycleReport,
    CycleRun,
    Progress,
    RunReport,
    Schedule,
    run_of,
)

_CONCERNS = Changed.PROTOTYPES | Changed.EPISODES | Changed.RECALLS


class ConsolidationView(View):
    """The view of consolidation: what waits, the history and the chosen run of it in words."""

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._navigator = session, navigator
        self._keeping: Keeping | None = None
        self._standing = LatestRead(session, self, whole_store=True)
        self._undoable = LatestRead(session, self)
        self._previewed: CyclePreview | None = None
        self.standing: TierStanding | None = None
        self.agreement = NoticeLine("What was forgotten")
        self.head = LearnCard(session)
        self.notice = self.head.notice
        self.schedule = ScheduleLine()
        self.table = RowView("What was learned")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = RunTable(session, self)
        self.table.set_table(self.model)
        self.card = RunCard(session)
        self.page = StatePage(self._history())
        self.pane = CyclePane(session)
        self.research = Details("For researchers", ContentArea(self.pane), "consolidation")
        self._arrange()
        self._connect()
        self.setFocusProxy(self.table)
        self._update_buttons()
        self.reload()

    def _history(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("runs and the chosen one")
        split.setChildrenCollapsible(False)
        for part, share in ((self.table, 5), (self.card, 3)):
            split.addWidget(part)
            split.setStretchFactor(split.count() - 1, share)
        return split

    def _arrange(self) -> None:
        self.research.setContentsMargins(MEDIUM, HAIR, MEDIUM, HAIR)
        self.schedule.setContentsMargins(MEDIUM, HAIR, MEDIUM, HAIR)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(0)
        self._layout.addWidget(self.head)
        self._layout.addWidget(self.agreement)
        self._layout.addWidget(self.schedule)
        self._layout.addWidget(self.page, 1)
        self._layout.addWidget(self.research)

    def _connect(self) -> None:
        self.head.prepare_asked.connect(self._prepare)
        self.head.all.clicked.connect(self.learn_all)
        self.head.some.clicked.connect(self.run_cycle)
        self.head.preview.clicked.connect(self.preview_cycle)
        self.head.undo.clicked.connect(lambda: self.ask_to_undo())
        self.schedule.change_asked.connect(self.change_schedule)
        self.card.accepted.connect(self.accept)
        self.card.discarded.connect(self.discard)
        self.card.undo_asked.connect(self._undo_shown)
        self.notice.begun.connect(self.pane.begin_live)
        self.notice.begun.connect(self._update_buttons)
        self.notice.progressed.connect(self._on_progress)
        self.notice.stopped.connect(self._on_stopped)
        self.notice.ended.connect(self._update_buttons)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.set_menu(RunMenu(self, self._session, self._navigator).entries)
        self.model.page_arrived.connect(self._on_row)
        self.model.failed.connect(self._on_failed)
        self.research.folded.connect(self._on_folded)
        self.pane.memories.valueChanged.connect(self._update_buttons)
        self.pane.step_wanted.connect(
            lambda episode_id, seq: self._navigator.go(Place(ViewName.EPISODES, episode_id, seq))
        )
        for part in (self.card.topic_wanted, self.pane.prototype_wanted):
            part.connect(self._show_topic)

    def _show_topic(self, key: int) -> None:
        self._navigator.go(Place(ViewName.PROTOTYPES, prototype_id=key))

    # -- the frame's calls -----------------------------------------------------------------

    def follow(self, keeping: Keeping) -> None:
        """Show the schedule that the window keeps."""
        self._keeping = keeping
        self.schedule.follow(keeping)

    def refresh(self, changed: Changed) -> None:
        """Read again what a write changed; a preview of the state before is dropped."""
        if changed & Changed.PROTOTYPES and self.card.stands:
            self._drop_preview()
        if changed & _CONCERNS:
            self.reload()

    def restore(self, place: Place) -> None:
        """Do nothing: places name episodes, not cycles."""

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """The chosen run."""
        return run_call(here.cycle, go)

    def reload(self) -> None:
        """Read how consolidation stands."""
        self.page.show_loading("Reading the history…")
        self._standing.ask(read_standing, self._on_standing, self._on_failed)

    def _on_standing(self, standing: TierStanding) -> None:
        self.standing = standing
        self._show_agreement(standing.agreement)
        self.schedule.hinder(standing.hindrance)
        self._update_buttons()
        self.model.show_runs(standing.runs)
        self.research.setVisible(standing.runs > 0)
        if standing.runs or self.card.stands:
            self.page.show_content()
            if self.table.current_row() is None and standing.runs:
                self.table.selectRow(0)
        elif standing.waiting is None and standing.hindrance != NO_VECTORS:
            self.page.show_empty("Nothing can be learned", standing.hindrance)
        elif standing.waiting is None:
            self.page.show_empty(
                "Nothing can be learned yet",
                "Episodes have to be findable by meaning first: that is what preparing them for"
                " recall does.",
                "Prepare for recall",
                self._prepare,
            )
        elif standing.waiting:
            self.page.show_empty(
                "Nothing was learned yet",
                "What many episodes say becomes a topic that recall can use. A preview shows what"
                " would be learned, and whether anything would be forgotten; nothing is written.",
                "Preview",
                self.preview_cycle,
            )
        else:
            text = "Import sessions and prepare them for recall first."
            self.page.show_empty("There is nothing to learn yet", text)

    def _show_agreement(self, agreement: Agreement) -> None:
        if not agreement.refused:
            self.agreement.hide()
            return
        lost = f"Forgotten so far: {max(0.0, agreement.lost) * 100:.1f} points."
        text = f"{agreement.refused} {lost}"
        self.agreement.say(text, "Accept what was forgotten", self._agree, Colour.WARN)
        self.agreement.button.setEnabled(self._session.writable)

    def _agree(self) -> None:
        self.agreement.hide()
        consolidating.agree(self._session)

    def _prepare(self) -> None:
        index(self._session)

    def _on_failed(self, error: Exception) -> None:
        self.standing = None
        self._update_buttons()
        self.page.show_error("The history could not be read", error, self.reload)

    def _on_row(self) -> None:
        """Show the chosen run, unless a preview or learning under way is shown."""
        row = self.table.current_row()
        run = None if row is None else self.model.row(row)
        here = self._navigator.current
        if run is not None and here.view is ViewName.CONSOLIDATION:
            self._navigator.go(replace(here, cycle=run.at))
        if run is None or self.card.stands:
            return
        if self.card.reading is None or run != self.card.reading.run:
            self.card.show_run(run)
        if self.research.is_open and not (self.pane.live and self.notice.busy):
            self.pane.show_run(run)

    def _on_folded(self, folded: bool) -> None:
        """Give what is unfolded most of the page, and read it only then."""
        self._layout.setStretchFactor(self.research, 0 if folded else 2)
        if folded:
            return
        if self._previewed is not None:
            self.pane.show_report(self._previewed)
        self._on_row()

    # -- learning --------------------------------------------------------------------------

    def learn_all(self) -> None:
        """Learn all that waits, in one run."""
        if self.head.all.isEnabled():
            self._drop_preview()
            task = consolidating.learn_all(self._session, self.pane.memories.value())
            self._follow(task, self._on_learned)

    def run_cycle(self) -> None:
        """Run a cycle."""
        if self.head.some.isEnabled():
            self._drop_preview()
            task = consolidating.run(self._session, self.pane.memories.value())
            self._follow(task, self._on_learned)

    def preview_cycle(self) -> None:
        """Preview a cycle."""
        if self.head.preview.isEnabled():
            self._drop_preview()
            task = consolidating.preview(self._session, self.pane.memories.value())
            self._follow(task, self._on_previewed)

    def accept(self) -> None:
        """Apply what was previewed."""
        self._drop_preview()
        self._follow(consolidating.accept(self._session), self._on_learned)

    def discard(self) -> None:
        """Show the chosen run again in place of the preview."""
        self._drop_preview()
        if self.standing is not None:
            self._on_standing(self.standing)
        self._on_row()

    def _drop_preview(self) -> None:
        if self.card.stands:
            self._previewed = None
            self.card.clear()
            self.pane.clear()

    def _follow(self, task: Task, then: Callable[[Any], None]) -> None:
        self._update_buttons()
        task.succeeded.connect(lambda result: then(result) if isValid(self) else None)

    def _on_learned(self, report: CycleReport | RunReport) -> None:
        """Say so where there was nothing to learn; else show the newest run once it is read."""
        if not report.memories and not report.refused:
            self.head.say("There was nothing to learn.")
        self.table.clearSelection()
        self.table.setCurrentIndex(QModelIndex())

    def _on_previewed(self, report: CyclePreview) -> None:
        """Show a preview."""
        self._previewed = report
        self.page.show_content()
        self.research.show()
        self.card.show_run(run_of([report]), preview=True)
        if self.research.is_open:
            self.pane.show_report(report)

    def _on_progress(self, progress: Progress) -> None:
        if progress.figures and self.research.is_open:
            self.pane.show_live(progress)

    def _on_stopped(self) -> None:
        """Show again what was there before a cycle that was stopped."""
        self.pane.end_live()
        self._on_row()

    def _update_buttons(self) -> None:
        self.head.show_standing(self.standing, self.pane.memories.value())

    # -- undoing ---------------------------------------------------------------------------

    def ask_to_undo(self, wanted: int | None = None) -> None:
        """Ask which of the last runs to undo; ``wanted`` is the first cycle of one of them."""
        if self.head.undo.isEnabled():
            self._undoable.ask(
                consolidating.undoable, lambda runs: self._show_undo(runs, wanted), self._on_failed
            )

    def _show_undo(self, standing: list[CycleRun], wanted: int | None) -> None:
        if wanted is not None and wanted not in {run.first for run in standing}:
            self.head.say("Only the last runs can be undone, and this is an earlier one.")
        elif standing:
            UndoCyclesDialog(standing, self._undo, self, wanted).open()

    def _undo_shown(self) -> None:
        """Undo the run that is shown, which is the last."""
        reading = self.card.reading
        if reading is not None and reading.run.first is not None and not self.notice.busy:
            self._undo(reading.run.first)

    def _undo(self, down_to: int) -> None:
        self._drop_preview()
        consolidating.undo(self._session, down_to)
        self._update_buttons()

    # -- the schedule ----------------------------------------------------------------------

    def change_schedule(self) -> None:
        """Show the schedule, to be changed."""
        outlook = None if self._keeping is None else self._keeping.outlook
        if outlook is not None:
            ScheduleDialog(outlook.schedule, outlook.consent, self._keep, self).open()

    def _keep(self, schedule: Schedule, consent: Consent) -> None:
        keep_schedule(self._session, schedule, consent)
