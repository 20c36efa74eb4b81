"""The recalls that were recorded: who asked what, what came back, where it went."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.kit.command_menu import entry
from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.link import audit_place
from app.kit.plain_text import one_line
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.recall.past_recall_table import PastRecallTable
from hpm_engine import Job, Memory, PastRecall

_MOST = 5  # episodes in the menu
_LONGEST = 50  # characters of a title


class PastRecalls(QWidget):
    """The list of recorded recalls, newest first.

    ``opened`` carries the id of the one to show, ``chosen`` that of the one under the cursor,
    ``counted`` their number. ``again_asked`` carries a cue to be asked now, ``episode_asked`` an
    episode that was given, ``row_asked`` the place in the audit log.
    """

    opened = Signal(int)
    again_asked = Signal(str)
    episode_asked = Signal(int)
    row_asked = Signal(object)
    chosen = Signal(int)
    counted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._row = LatestRead(session, self), LatestRead(session, self)
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
        self.table.set_menu(self._menu)
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
        if (row := self._current()) is not None:
            self.chosen.emit(row.id)

    def _open(self) -> None:
        if (row := self._current()) is not None:
            self.opened.emit(row.id)

    def _current(self) -> PastRecall | None:
        index = self.table.current_row()
        return None if index is None else self.model.row(index)

    def _menu(self) -> list[QAction | None]:
        if (recall := self._current()) is None:
            return []
        given = [
            entry(
                f"Open “{one_line(hit.name, _LONGEST)}”".replace("&", "&&"),
                partial(self.episode_asked.emit, hit.episode_id),
            )
            for hit in recall.hits[:_MOST]
            if hit.name
        ]
        nothing = entry("Open What It Gave", lambda: None, refusal="It gave no episode.")
        return [
            entry("Show What Was Given", self._open),
            entry("Ask Again Now", partial(self.again_asked.emit, recall.cue)),
            None,
            *(given or [nothing]),
            None,
            entry("Copy the Cue", partial(_copy, recall.cue)),
            entry("History in the Audit Log", partial(self._show_row, recall.id)),
        ]

    def _show_row(self, recall_id: int) -> None:
        read = partial(audit_place, f"recall:{recall_id}")
        self._row.ask(read, self.row_asked.emit, self._on_failed)


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
