"""One saved state: what is known of it, and what a person can do with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.episodes.states.state_words import (
    FORGOTTEN,
    difference_text,
    facts_of,
    heading_of,
    name_of,
)
from app.kit.controls.last_folder import FileKind, begin_in_last_folder
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import counted, number, size
from app.kit.latest_read import LatestRead
from app.kit.panel import LinkButton
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, SMALL
from app.kit.theme.type_scale import fixed_font
from hpm_engine import (
    Changed,
    Checkpoint,
    Forgotten,
    Job,
    Memory,
    NotFound,
    StateDifference,
    write_file,
)

_COMPARED = 100  # states that are offered, those nearest to the one that is shown
_CHILDREN = 3  # that are named; more are counted
_LINES = 8  # of a difference, in sight
_FOR_GOOD = (
    "It is deleted for good; what other states share with it stays. The audit log keeps its digest"
    " and its size."
)


class Kin(NamedTuple):
    """A state as it is now, what it came from, and what came from it."""

    state: Checkpoint
    parent: Checkpoint | None
    children: Sequence[Checkpoint]


class StateCard(QWidget):
    """A state with its facts, its kin and its buttons.

    ``step_asked`` has the state at whose step a person wants to be, ``state_asked`` another state
    that was named here.
    """

    step_asked = Signal(object)
    state_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Saved state")
        self._session = session
        self._kin_read, self._difference_read = LatestRead(session, self), LatestRead(session, self)
        self.state: Checkpoint | None = None
        self.heading = SafeLabel(bold=True)
        self.facts = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.kin = QWidget()
        self._kin_row = FlowLayout(self.kin)
        self._kin_row.setContentsMargins(0, 0, 0, 0)
        self.step = self._button("Go to Its Step", self._ask_step)
        self.others = QComboBox()
        self.others.setAccessibleName("The state to compare with")
        self.others.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.others.setMinimumContentsLength(14)
        self.compare = self._button("Compare With", self._compare)
        self.write = self._button("Write to a File…", self._ask_file)
        self.pin = self._button("Pin", self._toggle_pin)
        self.forget = self._button("Forget…", self._ask_forget)
        self.difference = QPlainTextEdit(readOnly=True)
        self.difference.setAccessibleName("How the two states differ")
        self.difference.setFont(fixed_font())
        self.difference.setTabChangesFocus(True)
        self.difference.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.said = SafeLabel(tone=Colour.MUTED, wrap=True)
        self._arrange()

    def _button(self, text: str, act: Callable[[], None]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: act())
        return button

    def _arrange(self) -> None:
        buttons = QWidget()
        row = FlowLayout(buttons)
        row.setContentsMargins(0, 0, 0, 0)
        compared = QWidget()
        beside = QHBoxLayout(compared)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.setSpacing(HAIR)
        beside.addWidget(self.compare)
        beside.addWidget(self.others)
        for widget in (self.step, compared, self.write, self.pin, self.forget):
            row.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        for widget in (self.heading, self.facts, self.kin, buttons, self.difference, self.said):
            column.addWidget(widget)
        self.difference.hide()
        self.said.hide()

    def show_state(self, state: Checkpoint | None, among: Sequence[Checkpoint] = ()) -> None:
        """Show a state, or nothing; ``among`` are those that it may be compared with."""
        same = state is not None and self.state is not None and state.id == self.state.id
        self.state = state
        if not same:
            self._difference_read.cancel()
            self.difference.hide()
            self._say("")
        if state is None:
            self._kin_read.cancel()
            return
        self._show_facts(state)
        self._offer(state, among)
        state_id = state.id
        self._kin_read.ask(
            lambda memory, _job: _kin(memory, state_id), self._show_kin, lambda error: None
        )

    def _show_facts(self, state: Checkpoint) -> None:
        self.heading.setText(heading_of(state))
        self.facts.setText(facts_of(state))
        self.facts.set_tip(f"SHA-256 {state.digest}\nCheckpoint {state.id}")
        self.step.setVisible(state.episode_id is not None)
        at = "Its Episode" if state.step is None else f"Step {number(state.step + 1)}"
        self.step.setText(f"Go to {at}")
        self.pin.setText("Unpin" if state.pinned else "Pin")
        for button in (self.pin, self.forget):
            button.setEnabled(self._session.writable)

    def _offer(self, state: Checkpoint, among: Sequence[Checkpoint]) -> None:
        """Offer what it may be compared with: the one that it came from first."""
        others = sorted(
            (other for other in among if other.id != state.id),
            key=lambda other: (other.id != state.parent_id, abs(other.id - state.id)),
        )[:_COMPARED]
        for widget in (self.others, self.compare):
            widget.setEnabled(bool(others))
        known = [self.others.itemData(row) for row in range(self.others.count())]
        if known == [other.id for other in others]:
            return
        self.others.clear()
        for other in others:
            thread = "" if other.thread == state.thread else f"{one_line(other.thread, 40)} "
            self.others.addItem(f"{thread}{name_of(other)}", other.id)

    def _show_kin(self, kin: Kin) -> None:
        state, parent, children = kin
        if self.state is None or state.id != self.state.id:
            return
        while (item := self._kin_row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        if state.parent_id is not None:
            self._put(SafeLabel("Came from" if parent else f"Came from {FORGOTTEN}"))
        for other in filter(None, (parent,)):
            self._put(self._link(other))
        if children:
            self._put(SafeLabel("Gone on with in"))
        for other in children[:_CHILDREN]:
            self._put(self._link(other))
        if len(children) > _CHILDREN:
            self._put(SafeLabel(f"and {counted(len(children) - _CHILDREN, 'more')}"))
        self.kin.setVisible(bool(self._kin_row.count()))

    def _put(self, widget: QWidget) -> None:
        self._kin_row.addWidget(widget)
        widget.show()

    def _link(self, other: Checkpoint) -> LinkButton:
        own = self.state is not None and other.thread == self.state.thread
        text = f"state {number(other.number)}"
        link = LinkButton(text if own else f"{text} of {one_line(other.thread, 40)}", "Show it")
        link.clicked.connect(lambda: self.state_asked.emit(other))
        return link

    def _say(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))

    def _fail(self, error: Exception) -> None:
        self._say(f"✗ {error}")

    # -- what is done ----------------------------------------------------------------------

    def _ask_step(self) -> None:
        if self.state is not None:
            self.step_asked.emit(self.state)

    def _compare(self) -> None:
        other = self.others.currentData()
        if self.state is None or other is None:
            return
        first, second = sorted((int(other), self.state.id))
        self._say("Comparing…")

        def show(difference: StateDifference) -> None:
            self._say("")
            text = difference_text(difference)
            self.difference.setPlainText(text)
            lines = min(text.count("\n") + 1, _LINES) + 1
            high = self.difference.fontMetrics().lineSpacing() * lines
            self.difference.setFixedHeight(high + 2 * SMALL)
            self.difference.show()

        self._difference_read.ask(
            lambda memory, _job: memory.checkpoints.difference(first, second), show, self._fail
        )

    def _ask_file(self) -> None:
        if (state := self.state) is None:
            return
        dialog = QFileDialog(self.window(), "Write the state to a file")
        begin_in_last_folder(dialog, FileKind.STATES)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setFileMode(QFileDialog.FileMode.AnyFile)
        ending = "json" if state.kind == "application/json" else "bin"
        dialog.selectFile(f"checkpoint-{state.id}.{ending}")
        dialog.fileSelected.connect(lambda path: self.write_to(Path(path)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def write_to(self, destination: Path) -> None:
        """Write the bytes of the state to a file that its owner alone may read."""
        if (state := self.state) is None:
            return

        def call(memory: Memory, _job: Job) -> int:
            memory.spare(destination)
            return write_file(destination, memory.checkpoints.state(state.id))

        task = self._session.read(call, f"Write a state to {destination.name}")
        task.succeeded.connect(lambda written: self._say(f"✓ {size(written)} written"))
        task.failed.connect(self._fail)

    def _toggle_pin(self) -> None:
        if (state := self.state) is None:
            return
        title = "Unpin a state" if state.pinned else "Pin a state"
        task = self._session.edit(partial(_pin, state.id, not state.pinned), title)
        task.failed.connect(self._fail)

    def _ask_forget(self) -> None:
        if (state := self.state) is None:
            return
        begin = partial(forget, self._session, [state.id], "Forget a state", self._fail)
        text = f"Forget this state?\n\n{heading_of(state)}\n{facts_of(state)}"
        QuestionDialog(
            "Forget a saved state", text, _FOR_GOOD, "Forget", begin, self.window()
        ).open()


def forget(
    session: Session,
    what: Sequence[int] | str,
    title: str,
    failed: Callable[[Exception], None],
) -> None:
    """Delete states by their ids, or a thread by its name."""
    session.edit(partial(_forget, what), title).failed.connect(failed)


def _kin(memory: Memory, state_id: int) -> Kin:
    with memory.checkpoints.at_once():
        state = memory.checkpoints.get(state_id)
        parent: Checkpoint | None = None
        if state.parent_id is not None:
            with suppress(NotFound):  # it may be forgotten
                parent = memory.checkpoints.get(state.parent_id)
        return Kin(state, parent, memory.checkpoints.children(state_id))


def _pin(state_id: int, pinned: bool, memory: Memory, _job: Job) -> Changed:
    memory.checkpoints.pin(state_id, pinned)
    return Changed.CHECKPOINTS | Changed.AUDIT


def _forget(what: Sequence[int] | str, memory: Memory, _job: Job) -> Forgotten:
    return memory.checkpoints.forget(what)
