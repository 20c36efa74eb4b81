"""All saved states of a store: its threads, the states of one, and what can be done with them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QPushButton,
    QSplitter,
    QTreeWidget,
    QTreeWidgetItem,
    QWidget,
)

from app.episodes.states.state_card import StateCard, forget
from app.episodes.states.state_words import name_of, tip_of
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.formatting import counted, number, size
from app.kit.latest_read import LatestRead
from app.kit.list_times import relative_time
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from hpm_engine import Changed, Checkpoint, CheckpointThread, Job, Memory

_WIDTH = 140  # characters
_HIGH = 11  # lines of the lists
_MOST = 1_000  # rows of a list; more are counted
_NONE = (
    "No states are saved here. Programs that run agents save them with the Python API, LangGraph,"
    " or hpm checkpoints; the manual's page For programs says how."
)
_FOR_GOOD = (
    "They are deleted for good, those that are pinned too, and the thread with them. The audit log"
    " keeps digests and sizes."
)
_STATE = Qt.ItemDataRole.UserRole


class SavedStatesDialog(Dialog):
    """Threads on the left, the states of one on the right, the chosen state below.

    ``step_asked`` has a state to whose episode and step a person wants to go.
    """

    step_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Saved states")
        self._session = session
        self._threads_read, self._states_read = LatestRead(session, self), LatestRead(session, self)
        self._states: Sequence[Checkpoint] = ()
        self._counts: dict[str, int] = {}  # of states, by thread
        self._wanted: Checkpoint | None = None  # to be chosen once its thread is read
        self.said = SafeLabel("Reading the threads…", wrap=True, tone=Colour.MUTED)
        self.threads = self._list("Threads", ("Thread", "States", "Size", "Saved last"))
        self.states = self._list("States of the thread", ("State", "Size", "Saved", "By"))
        self.card = StateCard(session)
        self.card.hide()
        buttons = DialogButtons()
        self.forget = QPushButton("Forget the Thread…")
        self.forget.setAutoDefault(False)
        self.forget.clicked.connect(self._ask_forget)
        buttons.addButton(self.forget, DialogButtons.ButtonRole.ActionRole)
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        buttons.rejected.connect(self.reject)
        both = QSplitter(Qt.Orientation.Horizontal)
        both.setChildrenCollapsible(False)
        both.addWidget(self.threads)
        both.addWidget(self.states)
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(self.said)
        column.addWidget(both, 1)
        column.addWidget(self.card)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self.threads.currentItemChanged.connect(lambda now, _before: self._on_thread(now))
        self.states.currentItemChanged.connect(lambda now, _before: self._on_state(now))
        self.card.step_asked.connect(self._on_step_asked)
        self.card.state_asked.connect(self._on_state_asked)
        session.changed.connect(self._on_changed)
        self._on_thread(None)
        self._ask()

    def _list(self, name: str, titles: tuple[str, ...]) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setAccessibleName(name)
        tree.setHeaderLabels(list(titles))
        tree.setRootIsDecorated(False)
        tree.setUniformRowHeights(True)
        tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        tree.setMinimumHeight(self.fontMetrics().height() * _HIGH)
        header = tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        return tree

    # -- reading ---------------------------------------------------------------------------

    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.CHECKPOINTS:
            self._ask()

    def _ask(self) -> None:
        def call(memory: Memory, _job: Job) -> list[CheckpointThread]:
            return memory.checkpoints.threads()

        self._threads_read.ask(
            call, self._show_threads, lambda error: self.said.setText(str(error))
        )

    def _show_threads(self, threads: list[CheckpointThread]) -> None:
        chosen = self._thread
        self._counts = {thread.name: thread.checkpoints for thread in threads}
        names = [thread.name for thread in threads[:_MOST]]
        rows = [
            (
                one_line(thread.name, 200),
                number(thread.checkpoints),
                size(thread.size),
                relative_time(thread.last_at),
            )
            for thread in threads[:_MOST]
        ]
        self.said.setText(_sentence(threads))
        self.threads.blockSignals(True)
        _fill(self.threads, rows, names, names)
        _select(self.threads, names.index(chosen) if chosen in names else 0)
        self.threads.blockSignals(False)
        self._on_thread(self.threads.currentItem())

    @property
    def _thread(self) -> str | None:
        item = self.threads.currentItem()
        return None if item is None else str(item.data(0, _STATE))

    def _on_thread(self, item: QTreeWidgetItem | None) -> None:
        self.forget.setEnabled(item is not None and self._session.writable)
        if item is None:
            self._states_read.cancel()
            self._show_states([])
            return
        thread = str(item.data(0, _STATE))

        def call(memory: Memory, _job: Job) -> list[Checkpoint]:
            return memory.checkpoints.of(thread, limit=_MOST)

        self._states_read.ask(call, self._show_states, self._fail)

    def _show_states(self, states: list[Checkpoint]) -> None:
        chosen, self._states = self._wanted or self.card.state, states
        self._wanted = None
        rows = [
            (name_of(state), size(state.size), relative_time(state.at), one_line(state.actor, 60))
            for state in states
        ]
        ids = [state.id for state in states]
        whole = self._counts.get(self._thread or "", 0)
        latest = f"State (the latest {number(len(ids))} of {number(whole)})"
        self.states.setHeaderLabel(latest if 0 < len(ids) < whole else "State")
        self.states.blockSignals(True)
        _fill(self.states, rows, ids, [tip_of(state) for state in states])
        known = chosen is not None and chosen.id in ids
        _select(self.states, ids.index(chosen.id) if chosen is not None and known else 0)
        self.states.blockSignals(False)
        self._on_state(self.states.currentItem())

    def _on_state(self, item: QTreeWidgetItem | None) -> None:
        by_id = {state.id: state for state in self._states}
        state = None if item is None else by_id.get(int(item.data(0, _STATE)))
        self.card.setVisible(state is not None)
        self.card.show_state(state, self._states)

    def _fail(self, error: Exception) -> None:
        self.said.setText(f"✗ {error}")

    # -- what is asked ---------------------------------------------------------------------

    def _on_step_asked(self, state: Checkpoint) -> None:
        self.step_asked.emit(state)
        self.accept()

    def _on_state_asked(self, state: Checkpoint) -> None:
        """Show another state, with its thread."""
        for row in range(self.threads.topLevelItemCount()):
            item = self.threads.topLevelItem(row)
            if item is not None and item.data(0, _STATE) == state.thread:
                self._wanted = state
                self.threads.setCurrentItem(item)
                self._on_thread(item)
                return

    def _ask_forget(self) -> None:
        thread = self._thread
        if thread is None:
            return
        states = self.threads.currentItem().text(1)
        what = "its one state" if states == "1" else f"its {states} states"
        begin = partial(forget, self._session, thread, "Forget a thread", self._fail)
        text = f"Forget this thread with {what}?\n\n{one_line(thread, 200)}"
        QuestionDialog("Forget a thread", text, _FOR_GOOD, "Forget", begin, self).open()


def _select(tree: QTreeWidget, row: int) -> None:
    if (item := tree.topLevelItem(row)) is not None:
        tree.setCurrentItem(item)


def _fill(
    tree: QTreeWidget,
    rows: Sequence[tuple[str, ...]],
    keys: Sequence[str | int],
    tips: Sequence[str],
) -> None:
    tree.clear()
    for cells, key, whole in zip(rows, keys, tips, strict=True):
        item = QTreeWidgetItem(list(cells))
        item.setData(0, _STATE, key)
        item.setToolTip(0, tip(whole))
        tree.addTopLevelItem(item)


def _sentence(threads: Sequence[CheckpointThread]) -> str:
    if not threads:
        return _NONE
    states = sum(thread.checkpoints for thread in threads)
    more = f" The {number(_MOST)} saved to last are listed." if len(threads) > _MOST else ""
    return (
        f"{counted(states, 'state')} in {counted(len(threads), 'thread')}, as agents saved them to"
        f" go on from. Nothing in a state is run or searched.{more}"
    )
