"""The view of the audit log: everything that changed the memory, and whether it holds."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from app.audit.audit_filters import AuditFilters
from app.audit.audit_table import AuditTable
from app.audit.verification_panel import VerificationPanel
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, exact_time, number
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from app.kit.view import View
from hpm_engine import AuditFilter, AuditRow, Changed, ExportedLog, Job, Memory, visible

_FORMATS = {"JSON Lines (*.jsonl)": "jsonl", "CSV (*.csv)": "csv"}


class AuditView(View):
    """The table of the log, newest rows first, with the chosen row's digests below."""

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._count = LatestRead(session, self)
        self._shown = AuditFilter()
        self.filters = AuditFilters()
        self.table = RowView("Audit log")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = AuditTable(session, self)
        self.table.set_table(self.model)
        self.page = StatePage(self.table)
        self.detail = self._make_detail()
        self.verification = VerificationPanel(session)
        self._export = QPushButton("Export…")
        self._export.setToolTip(tip("Write the rows that the filters let through to a file."))
        self._exported = SafeLabel(tone=Colour.MUTED)
        self._arrange()
        self._connect()
        self.reload()

    def _make_detail(self) -> QPlainTextEdit:
        detail = QPlainTextEdit()
        detail.setReadOnly(True)
        detail.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        detail.setFont(QFont(fixed_font()))
        detail.setAccessibleName("The chosen row of the log")
        detail.setPlaceholderText("Choose a row to see its digests.")
        return detail

    def _arrange(self) -> None:
        top = QHBoxLayout()
        top.setContentsMargins(0, 0, 6, 0)
        top.addWidget(self.filters, 1)
        top.addWidget(self._export)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setObjectName("log and row")
        split.setChildrenCollapsible(False)
        split.addWidget(self.page)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(8, 8, 8, 8)
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
        self.model.page_arrived.connect(self._on_page)
        self.model.failed.connect(self._on_failed)
        self._export.clicked.connect(self._choose_file)

    # -- what is shown ---------------------------------------------------------------------

    def refresh(self, changed: Changed) -> None:
        """Read the log again: every write adds to it."""
        if changed & Changed.AUDIT or changed & (Changed.EPISODES | Changed.MARKS):
            self.reload()

    def restore(self, place: Place) -> None:
        """Do nothing: places name episodes, not rows of the log."""

    def reload(self) -> None:
        """Count the rows that the filters let through, and show them."""
        wanted = self.filters.filter()

        def call(memory: Memory, _job: Job) -> tuple[AuditFilter, int]:
            return wanted, memory.audit.count(wanted)

        self.page.show_loading("Reading the log…")
        self._count.ask(call, self._on_counted, self._on_failed)

    def _on_counted(self, answer: tuple[AuditFilter, int]) -> None:
        wanted, count = answer
        top = self.table.verticalScrollBar().value() if wanted == self._shown else 0
        self._shown = wanted
        self.model.show_filtered(count, wanted)
        self.filters.count.setText(counted(count, "row"))
        self._export.setEnabled(count > 0)
        self.detail.clear()
        if count:
            self.page.show_content()
            self.table.selectRow(0)
            self.table.verticalScrollBar().setValue(top)
        elif wanted == AuditFilter():
            self.page.show_empty("Nothing logged yet", "Every change of the store leaves a row.")
        else:
            clear = self.filters.clear
            text = "Take filters away to see more."
            self.page.show_empty("No row matches", text, "Clear all filters", clear)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The log could not be read", error, self.reload)

    def _on_page(self) -> None:
        rows = self.model.rows_held()
        self.filters.offer((row.actor for row in rows), (row.action for row in rows))
        self._on_row()

    def _on_row(self) -> None:
        index = self.table.current_row()
        row = None if index is None else self.model.row(index)
        if row is not None:
            self.detail.setPlainText(visible(_describe(row), lines=True))

    # -- export ----------------------------------------------------------------------------

    def _choose_file(self) -> None:
        path, kind = QFileDialog.getSaveFileName(
            self, "Export the audit log", "audit.jsonl", ";;".join(_FORMATS)
        )
        if path:
            self.export(Path(path), "csv" if path.endswith(".csv") else _FORMATS[kind])

    def export(self, destination: Path, kind: str) -> None:
        """Write the rows that the filters let through; the export itself is logged."""
        wanted = self._shown

        def call(memory: Memory, job: Job) -> ExportedLog:
            return memory.audit.export(destination, kind, wanted, job=job)

        task = self._session.write(call, "Export the audit log")
        task.succeeded.connect(lambda exported: self._on_exported(exported, destination))
        task.failed.connect(self._on_not_exported)

    def _on_exported(self, exported: ExportedLog, destination: Path) -> None:
        self._say(f"✓ Exported {counted(exported.rows, 'row')} to {destination}", Colour.GOOD)

    def _on_not_exported(self, error: Exception) -> None:
        self._say(f"✗ Not exported: {error}", Colour.BAD)

    def _say(self, text: str, tone: Colour) -> None:
        self._exported.set_tone(tone)
        self._exported.setText(text)
        self._exported.show()


def _describe(row: AuditRow) -> str:
    facts = (
        ("row", number(row.seq)),
        ("when", exact_time(row.at)),
        ("who", row.actor),
        ("action", row.action),
        ("subject", row.subject),
        ("before", row.before or "nothing"),
        ("after", row.after or "nothing"),
        ("previous", row.previous),
        ("hash", row.hash),
        ("detail", _laid_out(row.detail)),
    )
    return "\n".join(f"{name:<9}{value}" for name, value in facts)


def _laid_out(detail: str) -> str:
    if len(detail) > 20_000:
        return detail[:20_000] + " …"
    try:
        text = json.dumps(json.loads(detail), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return detail
    return text.replace("\n", "\n         ")
