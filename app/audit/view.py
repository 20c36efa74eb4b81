"""The view of the audit log: everything that changed the memory, and whether it holds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QModelIndex, Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.audit import jobs
from app.audit.act_menu import act_menu
from app.audit.act_pane import ActPane
from app.audit.audit_filters import AuditFilters
from app.audit.audit_table import SENTENCE, AuditTable, described
from app.audit.export_dialog import ExportDialog, ask_export
from app.audit.row_facts import row_call
from app.audit.verification_panel import VerificationPanel
from app.kit.controls.content_area import ContentArea
from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel, tip
from app.kit.selection_facts import SelectionCall
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from app.kit.view import View
from app.kit.view_names import ViewName
from hpm_engine import (
    ActSpan,
    AuditChoices,
    AuditFilter,
    AuditRow,
    Changed,
    EpisodeQuery,
    ExportedLog,
    Job,
    Link,
    LinkKind,
    Memory,
)

Answer = tuple[AuditFilter, tuple[ActSpan, ...], AuditChoices]


class AuditTableView(RowView):
    """The table of acts; ``fold_asked`` says that one is to be opened or closed."""

    fold_asked = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space, and the arrow keys to the sides, open and close."""
        if event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Right, Qt.Key.Key_Left):
            self.fold_asked.emit()
        else:
            super().keyPressEvent(event)


class AuditView(View):
    """What was done, newest first, as sentences; ``query_wanted`` carries a search to run."""

    query_wanted = Signal(object)

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._navigator = session, navigator
        self._acts = LatestRead(session, self, whole_store=True)
        self._rows, self._exact = LatestRead(session, self), LatestRead(session, self)
        self._searches = LatestRead(session, self)
        self._shown = AuditFilter()
        self._sought: int | None = None  # a row to be selected once the log was read
        self.filters = AuditFilters()
        self.table = AuditTableView("Audit log")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = AuditTable(session, self)
        self.table.set_table(self.model)
        self.page = StatePage(self.table)
        self.pane = ActPane(self._go, self._go_to_row)
        self.verification = VerificationPanel(session)
        self._export = QPushButton("Export…")
        self._export.setToolTip(tip("Write the log, or what the filters show, to a file."))
        self._exported = SafeLabel(tone=Colour.MUTED, wrap=True)
        self._arrange()
        self._connect()
        self.reload()

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, HAIR, SMALL, 0)
        top.addWidget(self.filters, 1)
        top.addWidget(self._export, 0, Qt.AlignmentFlag.AlignTop)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("log and act")
        split.setChildrenCollapsible(False)
        split.addWidget(self.page)
        act = ContentArea(self.pane)
        act.setMinimumHeight(6 * self.fontMetrics().height())  # its sentence, who and where to
        split.addWidget(act)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 1)
        split.setSizes([340, 120])  # of whatever height: the links of an act are in sight
        foot = QVBoxLayout()
        foot.setContentsMargins(SMALL, SMALL, SMALL, SMALL)
        foot.addWidget(self._exported)
        foot.addWidget(self.verification)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(split, 1)
        layout.addLayout(foot)
        self._exported.hide()

    def _connect(self) -> None:
        self.filters.changed.connect(self.reload)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.opened.connect(self.follow)
        self.table.doubleClicked.connect(self._on_double_click)
        self.table.clicked.connect(self._on_click)
        self.table.fold_asked.connect(self.toggle)
        self.table.set_menu(self._menu)
        self.model.page_arrived.connect(self._on_row)
        self.model.failed.connect(self._on_failed)
        self._export.clicked.connect(self.ask_export)

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, changed: Changed) -> None:
        """Read the log again: every write adds to it."""
        if changed & Changed.AUDIT or changed & (Changed.EPISODES | Changed.MARKS):
            self.reload()

    def restore(self, place: Place) -> None:
        """Select the act of the row that a place names; filters that hide it go."""
        if place.view is not ViewName.AUDIT or place.audit_row is None:
            return
        position = self.model.position_of(place.audit_row)
        if position < 0:  # not read yet, or filtered out
            self._sought = place.audit_row
            self.filters.clear()
        elif position != self.table.current_row():
            self.table.selectRow(position)

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """The chosen act."""
        return None if here.audit_row is None else row_call(here.audit_row, go)

    def show_history(self, episode_id: int) -> None:
        """Show what was done to one episode, and the recalls that gave it."""
        self.filters.show_episode(episode_id)

    def reload(self) -> None:
        """Read the acts that the filters let through, and show them."""
        wanted = self.filters.filter()

        def call(memory: Memory, job: Job) -> Answer:
            return wanted, memory.audit.acts(wanted, job), memory.audit.choices()

        self.page.show_loading("Reading the log…")
        self._acts.ask(call, self._on_acts, self._on_failed)

    def _on_acts(self, answer: Answer) -> None:
        wanted, spans, choices = answer
        same = wanted == self._shown
        top = self.table.verticalScrollBar().value() if same else 0
        chosen = self.model.span_at(self.table.current_row() or 0) if same else None
        self._shown = wanted
        self.filters.offer(choices)
        self.model.show_acts(wanted, spans)
        self.filters.count.setText(described(len(spans), sum(span.rows for span in spans)))
        self.pane.show_nothing()
        if spans:
            self.page.show_content()
            position = self.model.position(chosen.first) if chosen is not None else 0
            sought = -1 if self._sought is None else self.model.position_of(self._sought)
            self.table.selectRow(max(0, position) if sought < 0 else sought)
            if sought < 0:
                self.table.verticalScrollBar().setValue(top)
            else:
                self._sought = None
        elif wanted == AuditFilter():
            self.page.show_empty("Nothing logged yet", "Every change of the store leaves a row.")
        else:
            clear = self.filters.clear
            text = "Take filters away to see more."
            self.page.show_empty("No row matches", text, "Clear all filters", clear)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The log could not be read", error, self.reload)

    def _on_row(self) -> None:
        index = self.table.current_row()
        row = None if index is None else self.model.row(index)
        if row is None:
            return
        self.pane.show_act(row.act)
        number = row.act.span.last
        here = self._navigator.current
        if here.view is ViewName.AUDIT:
            self._navigator.go(replace(here, audit_row=number))

        def call(memory: Memory, _job: Job) -> AuditRow | None:
            return memory.audit.numbered(number)

        self._exact.ask(call, self._on_exact, self.pane.show_error)

    def _on_exact(self, row: AuditRow | None) -> None:
        if row is not None:
            self.pane.show_row(row)

    # -- acts that open --------------------------------------------------------------------

    def toggle(self) -> None:
        """Show the rows of the chosen act below it, or hide them."""
        position = self.table.current_row()
        span = None if position is None else self.model.span_at(position)
        if position is None or span is None or span.rows == 1:
            return
        if self.model.is_open(position):
            self._keeping_place(lambda: self.model.close_act(position))
            return
        wanted = self._shown

        def call(memory: Memory, _job: Job) -> tuple[ActSpan, ...]:
            return memory.audit.rows_of(wanted, span)

        def opened(rows: tuple[ActSpan, ...]) -> None:
            here = self.model.position(span.first)
            if here >= 0 and not self.model.is_open(here):
                self._keeping_place(lambda: self.model.open_act(here, rows))

        self._rows.ask(call, opened, self._on_failed)

    def _keeping_place(self, change: Callable[[], None]) -> None:
        position, top = self.table.current_row(), self.table.verticalScrollBar().value()
        change()
        if position is not None:
            self.table.selectRow(position)
        self.table.verticalScrollBar().setValue(top)

    def _on_click(self, index: QModelIndex) -> None:
        """A click on the arrow of an act opens it."""
        row = self.model.row(index.row())
        if row is None or not row.opens or self.model.columns[index.column()] is not SENTENCE:
            return
        left = self.table.visualRect(index).left()
        pointer = self.table.viewport().mapFromGlobal(self.cursor().pos())
        if 0 <= pointer.x() - left < self.fontMetrics().averageCharWidth() * 4:
            self.toggle()

    def _on_double_click(self, _: QModelIndex) -> None:
        self.follow()

    # -- links -----------------------------------------------------------------------------

    def follow(self) -> None:
        """Go to what the chosen act is about; one of several rows opens."""
        position = self.table.current_row()
        row = None if position is None else self.model.row(position)
        if row is None:
            return
        if row.act.link is not None:
            self._go(row.act.link)
        elif row.opens:
            self.toggle()

    def _menu(self) -> list[QAction | None]:
        position = self.table.current_row()
        return act_menu(self, None if position is None else self.model.row(position))

    def copy_exact(self) -> None:
        """Put the chosen row on the clipboard as it was hashed."""
        QGuiApplication.clipboard().setText(self.pane.exact.toPlainText())

    def _go(self, link: Link) -> None:
        if link.kind is LinkKind.SEARCH:
            self._run_search(link.key)
        elif link.kind is LinkKind.EPISODE:
            self._navigator.show(Place(ViewName.EPISODES, int(link.key)))
        elif link.kind is LinkKind.PROTOTYPE:
            self._navigator.show(Place(ViewName.PROTOTYPES, prototype_id=int(link.key)))
        elif link.kind is LinkKind.RECALL:
            self._navigator.show(Place(ViewName.RECALL, recall_id=int(link.key)))
        else:
            self._navigator.show(Place(ViewName.CONSOLIDATION, cycle=int(link.key)))

    def _run_search(self, name: str) -> None:
        def call(memory: Memory, _job: Job) -> str:
            return memory.searches.get(name).text

        def run(text: str) -> None:
            self.query_wanted.emit(EpisodeQuery(text=text))

        self._searches.ask(call, run, lambda error: self._say(f"✗ {error}", Colour.BAD))

    def _go_to_row(self, first: int) -> None:
        position = self.model.position(first)
        if position >= 0:
            self.table.selectRow(position)
            self.table.scrollTo(self.model.index(position, 0))

    # -- export ----------------------------------------------------------------------------

    def ask_export(self) -> ExportDialog:
        """Ask what of the log shall leave, with the filters as they are."""
        return ask_export(self._session, self.filters.filter(), self, self.export)

    def export(self, destination: Path, form: str, wanted: AuditFilter) -> None:
        """Write the rows of a filter to a file."""
        task = jobs.export(self._session, destination, form, wanted)
        task.succeeded.connect(lambda exported: self._on_exported(exported, destination))
        task.failed.connect(lambda error: self._say(f"✗ Not exported: {error}", Colour.BAD))

    def _on_exported(self, exported: ExportedLog, destination: Path) -> None:
        tone = Colour.GOOD if exported.whole else Colour.WARN
        self._say(f"✓ {jobs.told(exported, destination)}", tone)

    def _say(self, text: str, tone: Colour) -> None:
        self._exported.set_tone(tone)
        self._exported.setText(text)
        self._exported.show()
