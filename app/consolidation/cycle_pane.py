"""The cycles of a run for researchers: curves, what EWC held, what was replayed and why."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QScrollArea,
    QSplitter,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from app.consolidation.cycle_curves import CycleCurves
from app.consolidation.cycle_reading import CycleReading, read_cycle
from app.consolidation.cycle_table import CycleTable, found_in_words, percent, signed, state
from app.consolidation.row_list import RowList
from app.kit.controls.content_area import ContentArea
from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.state_page import StatePage
from app.kit.formatting import NOTHING, counted, duration, exact_time, local_time, number
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.spin_box import spin_box
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from hpm_engine import (
    CYCLE_MEMORIES,
    FORGETTING_BOUND,
    CycleReport,
    Job,
    Memory,
    Progress,
    Retention,
    RunReport,
)

_MEASURES = (  # field, name, whether it is a difference, and what it means
    ("acc", "ACC", False, "The mean over projects of the canaries there are by then"),
    ("just_learned", "Just learned", False, "The same right after each project was first learned"),
    ("ratio", "Retention", False, "Found again now, divided by just learned"),
    ("bwt", "BWT", True, "Backward transfer: negative where earlier projects lost"),
    ("forgetting", "Forgetting", True, "How far below their best earlier projects are"),
)
_CHARACTERS = 56  # the width of the facts beside the curves
_WHY = (  # what each list shows
    "What pulled at a prototype and was held back, since earlier memories care where it is. Enter"
    " shows the prototype.",
    "Drawn at random from all long-term memories and learned again beside the new ones, so that"
    " what is known pulls too; “Cycles” counts those that replayed it. Enter shows the step.",
    "Born where memories were badly explained; merged with one that said the same; retired when"
    " nothing used it.",
)


class CyclePane(QWidget):
    """The cycles of one run, and one of them in full.

    ``step_wanted`` names an episode and a step of it, ``prototype_wanted`` a prototype.
    """

    step_wanted = Signal(int, int)
    prototype_wanted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self, whole_store=True)
        self._run: RunReport | None = None
        self.reading: CycleReading | None = None
        self.live = ""  # which cycle under way is shown, by what its reports say; "" for none
        self.memories = spin_box(CYCLE_MEMORIES)
        self.model = CycleTable(session, self)
        self.cycles = RowView("Cycles of the run")
        self.cycles.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.cycles.set_table(self.model)
        self._title = SafeLabel(bold=True)
        self._reason = SafeLabel(wrap=True, tone=Colour.BAD)
        self.facts = FactList("In numbers")
        self.measures = FactList("Forgetting, before → after")
        self.curves = CycleCurves()
        name = "Prototypes that EWC held"
        self.held = RowList(
            name, ("Prototype", "Penalty (nats)", "Moved (cosine)"), (280, 110, 110), right=(1, 2)
        )
        self.replayed = RowList(
            "Memories that were replayed",
            ("Title", "Project", "Memory", "Cycles"),
            (280, 110, 70, 60),
            right=(2, 3),
        )
        self.fates = RowList(
            "Prototypes born, merged and retired", ("Fate", "About"), (170, 300), wide=1
        )
        self.lists = QTabWidget()
        self.why = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.held.opened.connect(self._on_held)
        self.replayed.opened.connect(self._on_replayed)
        self.fates.opened.connect(self._on_fate)
        self.cycles.selectionModel().currentRowChanged.connect(self._on_cycle)
        self.model.page_arrived.connect(self._on_arrived)
        self.clear()

    def _content(self) -> QWidget:
        self.memories.setAccessibleName("Memories that a cycle may take")
        self.memories.setSuffix(" memories a cycle")
        self.memories.setToolTip(tip("How many a cycle may take; each is five steps of an episode"))
        self.lists.setDocumentMode(True)
        for page in (self.held, self.replayed, self.fates):
            self.lists.addTab(page, "")
        self.lists.currentChanged.connect(lambda page: self.why.setText(_WHY[page]))
        self.why.setText(_WHY[0])
        summary = QWidget()
        column = QVBoxLayout(summary)
        column.setContentsMargins(12, 6, 8, 6)
        column.setSpacing(8)
        for part in (self._title, self._reason, self.facts, self.measures):
            column.addWidget(part)
        column.addWidget(self.memories, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(summary)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setAccessibleName("What the cycle did")
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumWidth(self.fontMetrics().averageCharWidth() * _CHARACTERS)
        right = QWidget()
        rows = QVBoxLayout(right)
        rows.setContentsMargins(0, 6, 8, 6)
        rows.setSpacing(6)
        line = self.fontMetrics().height()
        self.curves.setMinimumHeight(8 * line)  # words above and below, and a curve between
        self.lists.setMinimumHeight(8 * line)
        rows.addWidget(self.curves, 2)
        rows.addWidget(self.lists, 3)
        rows.addWidget(self.why)
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("cycle and its curves")
        split.setChildrenCollapsible(False)
        split.addWidget(scroll)
        split.addWidget(ContentArea(right))
        split.setStretchFactor(0, 2)
        split.setStretchFactor(1, 3)
        content = QWidget()
        whole = QVBoxLayout(content)
        whole.setContentsMargins(0, 0, 0, 0)
        self.cycles.setMinimumHeight(5 * line)
        whole.addWidget(self.cycles, 1)
        whole.addWidget(split, 3)
        return content

    def clear(self) -> None:
        """Show that no cycle is chosen."""
        self._read.cancel()
        self.reading = self._run = None
        text = "Choose one to see what it learned, what was held and what was replayed."
        self.page.show_empty("No cycle is chosen", text)

    def show_live(self, progress: Progress) -> None:
        """Show how a cycle under way learns; the first report of each begins the curves anew."""
        if not progress.figures:
            return
        cycle = progress.note or "learning"
        if self.live != cycle:
            self._begin_live()
            self.live = cycle
        self.curves.add(progress.figures)

    def _begin_live(self) -> None:
        """Clear what was shown: nothing of another cycle stands beside the new curves."""
        self._read.cancel()
        self.reading = None
        self._title.setText("◌ under way")
        self._title.set_tone(Colour.ACCENT)
        self._reason.hide()
        for facts in (self.facts, self.measures):
            facts.show_facts(())
        for page, (title, _) in self._pages():
            page.show_rows(())
            self.lists.setTabText(self.lists.indexOf(page), title)
        self.curves.begin()
        self.page.show_content()

    def begin_live(self) -> None:
        """Begin anew: the next report is of another cycle."""
        self.live = ""

    def end_live(self) -> None:
        """Clear what a cycle that is over or stopped has shown."""
        if self.live:
            self.live = ""
            self.clear()

    def show_run(self, run: RunReport) -> None:
        """Show the cycles of a run, and the last of them in full."""
        if self._run is not None and run == self._run and self.reading is not None:
            return
        self._run, self.reading = run, None
        self.cycles.setVisible(run.cycles > 1)
        self.model.show_run(run)
        self.page.show_loading("Reading the cycles…")
        self._on_arrived()

    def _on_arrived(self) -> None:
        """Choose the last cycle of a run that was just read, though nobody looked at its rows."""
        if self._run is None or self.live:
            return
        if self.model.row(0, fetch=True) is not None and self.cycles.current_row() is None:
            self.cycles.selectRow(0)

    def _on_cycle(self) -> None:
        row = self.cycles.current_row()
        report = None if row is None else self.model.row(row)
        if report is not None:
            self.show_report(report)

    def show_report(self, report: CycleReport) -> None:
        """Show a cycle, or the preview of one; its names follow."""

        def call(memory: Memory, job: Job) -> CycleReading:
            return read_cycle(memory, job, report)

        def again() -> None:
            self.show_report(report)

        self.live = ""
        self.page.show_loading("Reading the cycle…")
        self._read.ask(
            call,
            self._show,
            lambda error: self.page.show_error("The cycle could not be read", error, again),
        )

    def _show(self, reading: CycleReading) -> None:
        self.reading, report = reading, reading.report
        mark = state(report)
        self._title.setText(f"{mark}: {_name(report)}")
        self._title.set_tone(mark.colour)
        self._reason.setText(report.refused)
        self._reason.setVisible(bool(report.refused))
        self.facts.show_facts(_facts(report))
        self.measures.show_facts(_measures(report))
        self.curves.show_report(report)
        self.held.show_rows(
            [(row.name, f"{row.nats:,.2f}", f"{row.moved:.4f}") for row in reading.held]
        )
        self.replayed.show_rows(
            [
                (row.name, row.project, number(row.number + 1), number(row.times))
                for row in reading.replayed
            ]
        )
        self.fates.show_rows([(row.fate, row.name) for row in reading.fates])
        for page, (title, count) in self._pages(report):
            self.lists.setTabText(self.lists.indexOf(page), f"{title} ({number(count)})")
        self.page.show_content()

    def _pages(self, of: CycleReport | None = None) -> list[tuple[RowList, tuple[str, int]]]:
        """The lists, each with its name and how many rows it has."""
        fates = 0 if of is None else len(of.born) + len(of.merged) + len(of.retired)
        return [
            (self.held, ("Held by EWC", 0 if of is None else len(of.held_by))),
            (self.replayed, ("Replayed", 0 if of is None else len(of.replayed))),
            (self.fates, ("Born, merged, retired", fates)),
        ]

    def _on_held(self, row: int) -> None:
        if self.reading is not None:
            self.prototype_wanted.emit(self.reading.held[row].prototype_id)

    def _on_fate(self, row: int) -> None:
        if self.reading is not None:
            self.prototype_wanted.emit(self.reading.fates[row].prototype_id)

    def _on_replayed(self, row: int) -> None:
        if self.reading is None:
            return
        chosen = self.reading.replayed[row]
        self.step_wanted.emit(chosen.episode_id, chosen.seq or 0)


def _name(report: CycleReport) -> str:
    if report.refused:
        return "a cycle that would have forgotten too much"
    return "what a cycle would do" if report.id is None else f"cycle {number(report.id)}"


def _facts(report: CycleReport) -> list[Fact]:
    moved = max(report.moved.values(), default=0.0)
    return [
        Fact("When", local_time(report.at, seconds=True), tip=exact_time(report.at)),
        Fact("Trigger", report.trigger.value),
        Fact("Who", report.actor),
        Fact("Learned", counted(report.memories, "memory", "memories")),
        Fact("Waiting", f"{counted(report.left, 'memory', 'memories')} left"),
        Fact("Replayed", counted(len(report.replayed), "memory", "memories")),
        Fact("Born", counted(len(report.born), "prototype")),
        Fact("Merged", counted(len(report.merged), "prototype")),
        Fact("Retired", counted(len(report.retired), "prototype")),
        Fact("Moved most", f"{moved:.4f}", tip="In cosine distance, of those that were there"),
        Fact("Took", duration(round(report.seconds * 1_000_000))),
        Fact("Undone", local_time(report.undone_at) if report.undone_at else ""),
    ]


def _measures(report: CycleReport) -> list[Fact]:
    return [
        Fact(
            "Found again",
            found_in_words(report),
            tip=f"Of {counted(report.canaries, 'canary', 'canaries')} known before it: tested.",
            tone=Colour.BAD if report.refused and not report.asks else None,
        ),
        Fact(
            "Forgotten",
            f"{max(0.0, report.lost) * 100:.1f} of {FORGETTING_BOUND.value * 100:.0f} points"
            " so far",
            tip="The sum over the cycles since somebody agreed; beyond the bound none is published",
            tone=Colour.BAD if report.asks else None,
        ),
        *(
            Fact(name, _change(report.before, report.after, field, difference), tip=meaning)
            for field, name, difference, meaning in _MEASURES
        ),
    ]


def _change(before: Retention | None, after: Retention | None, field: str, difference: bool) -> str:
    write = signed if difference else percent
    first = NOTHING if before is None else write(getattr(before, field))
    last = NOTHING if after is None else write(getattr(after, field))
    if before is None or after is None:
        return f"{first} → {last}"
    return f"{first} → {last}  ({signed(getattr(after, field) - getattr(before, field))})"
