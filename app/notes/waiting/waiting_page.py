"""The queue: proposals that wait, and the one that is looked at, decided on with keys."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QSplitter, QVBoxLayout, QWidget

from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.spacing import HAIR
from app.notes.waiting.proposal_table import ProposalTable, Row
from app.notes.waiting.review_pane import ReviewPane
from hpm_engine import Edit, Job, Memory, ProposalState

_NONE = (
    "What agents propose to remember stands here until you accept it. Until then it is in no "
    "search, no recall and no list."
)
_WAITING = (ProposalState.WAITING,)


class WaitingPage(QWidget):
    """The proposals that wait; ``edit_wanted`` asks for what a person decided.

    In the list A accepts, E edits and R refuses; what was decided is undone as any change is.
    """

    edit_wanted = Signal(object, str)
    opened = Signal(int, int)
    note_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        self._keys_due = False  # a list that is not read yet cannot have them
        self.model = ProposalTable(session, self)
        self.table = RowView("Proposals that wait")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_table(self.model)
        self.table.installEventFilter(self)
        self.pane = ReviewPane(session)
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, HAIR, 0, 0)
        layout.addWidget(self.page)
        self.setFocusProxy(self.table)
        self._connect()

    def _content(self) -> QWidget:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("proposals and the chosen one")
        split.setChildrenCollapsible(False)
        split.addWidget(self.table)
        split.addWidget(self.pane)
        split.setStretchFactor(0, 4)
        split.setStretchFactor(1, 5)
        split.setSizes([480, 600])
        return split

    def _connect(self) -> None:
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.model.failed.connect(self._on_failed)
        self.pane.accepted.connect(self._accept)
        self.pane.edited.connect(self._edit)
        self.pane.refused.connect(self._refuse)
        self.pane.opened.connect(self.opened)
        self.pane.note_chosen.connect(self.note_chosen)
        self.pane.editor.left.connect(self.table.setFocus)

    def take_keys(self) -> None:
        """Give the list the keys, as soon as it is there."""
        self._keys_due = True
        self.table.setFocus()

    def reload(self) -> None:
        """Read what waits."""
        if not self.model.rows:
            self.page.show_loading("Reading the proposals…")
        self._read.ask(_waiting, self._show, self._on_failed)

    def _show(self, rows: list[Row]) -> None:
        if rows == list(self.model.rows) and rows:
            self._give_keys()
            return
        before = self.table.current_row() or 0
        chosen = self.pane.proposal_id
        self.model.show_proposals(rows)
        if not rows:
            self.pane.show_nothing()
            self.page.show_empty("Nothing waits for you", _NONE)
            return
        self.page.show_content()
        self._give_keys()
        places = {proposal.id: row for row, (proposal, _) in enumerate(rows)}
        self.table.selectRow(places.get(chosen or 0, min(before, len(rows) - 1)))
        self._on_row()

    def _give_keys(self) -> None:
        if self._keys_due and self.isVisible():
            self._keys_due = False
            self.table.setFocus()

    def _on_row(self) -> None:
        row = self.table.current_row()
        if row is not None and row < len(self.model.rows):
            self.pane.show_proposal(*self.model.rows[row])

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys of the list, before any command of the window that has the same."""
        if isinstance(event, QKeyEvent) and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            act = {
                Qt.Key.Key_A: self.pane.ask_accept,
                Qt.Key.Key_E: self.pane.ask_edit,
                Qt.Key.Key_R: self.pane.ask_refuse,
            }.get(Qt.Key(event.key()))
            if act is not None and event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if act is not None and event.type() == QEvent.Type.KeyPress:
                if not event.isAutoRepeat():  # a key that is held decides once
                    act()
                return True
        return super().eventFilter(watched, event)

    def _accept(self, proposal_id: int, everywhere: bool) -> None:
        call = partial(_accepted, proposal_id, everywhere)
        self.edit_wanted.emit(call, "Accept a proposal")
        self.table.setFocus()

    def _edit(self, proposal_id: int, text: str, everywhere: bool) -> None:
        call = partial(_edited, proposal_id, text, everywhere)
        self.edit_wanted.emit(call, "Edit and accept a proposal")
        self.table.setFocus()

    def _refuse(self, proposal_id: int) -> None:
        self.edit_wanted.emit(partial(_refused, proposal_id), "Refuse a proposal")
        self.table.setFocus()

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The proposals could not be read", error, self.reload)


def _waiting(memory: Memory, _job: Job) -> list[Row]:
    proposals = memory.proposals.page(_WAITING, 0, memory.proposals.count(_WAITING))
    return list(zip(proposals, memory.proposals.signs(proposals), strict=True))


def _accepted(proposal_id: int, everywhere: bool, memory: Memory, _job: Job) -> Edit:
    return memory.proposals.accept(proposal_id, everywhere=everywhere)


def _edited(proposal_id: int, text: str, everywhere: bool, memory: Memory, _job: Job) -> Edit:
    return memory.proposals.edit_and_accept(proposal_id, text, everywhere=everywhere)


def _refused(proposal_id: int, memory: Memory, _job: Job) -> Edit:
    return memory.proposals.refuse(proposal_id)
