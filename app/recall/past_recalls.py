"""The recalls that were recorded: who asked what, what came back, where it went."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.recall.past_recall_table import PastRecallTable
from hpm_engine import Job, Memory


class PastRecalls(QWidget):
    """The list of recorded recalls, newest first.

    ``opened`` carries the id of the one to show, ``chosen`` that of the one under the cursor,
    ``counted`` their number.
    """

    opened = Signal(int)
    chosen = Signal(int)
    counted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count = LatestRead(session, self)
        self.table = RowView("Past recalls")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.model = PastRecallTable(session, self)
        self.table.set_table(self.model)
        self.page = StatePage(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.setFocusProxy(self.table)
        self.table.opened.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self.tell_chosen)
        self.model.failed.connect(self._on_failed)
        self.reload()

    def reload(self) -> None:
        """Count the recorded recalls, and show them."""

        def call(memory: Memory, _job: Job) -> int:
            return memory.recall.past_count()

        self.page.show_loading("Reading the past recalls…")
        self._count.ask(call, self._on_counted, self._on_failed)

    def _on_counted(self, count: int) -> None:
        self.counted.emit(count)
        self.model.show_count(count)
        if count:
            self.page.show_content()
        else:
            self.page.show_empty(
                "Nothing was recalled yet",
                "What agents recall with this store is listed here, and what you ask above.",
            )

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The past recalls could not be read", error, self.reload)

    def tell_chosen(self) -> None:
        """Say which one is under the cursor, if any."""
        index = self.table.current_row()
        row = None if index is None else self.model.row(index)
        if row is not None:
            self.chosen.emit(row.id)

    def _open(self) -> None:
        index = self.table.current_row()
        row = None if index is None else self.model.row(index)
        if row is not None:
            self.opened.emit(row.id)
