"""One agent as a card: how it stands, what it was given, what can be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLayout, QPushButton, QVBoxLayout, QWidget

from app.agents.card_words import (
    failures_line,
    given_line,
    headline,
    last_line,
    store_line,
    ways_line,
)
from app.agents.survey import AgentFacts
from app.kit.controls.fact_list import LinkLabel
from app.kit.controls.notice_line import NoticeLine
from app.kit.engine_thread import Task
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import short_path
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.style_sheet import Look, set_look
from hpm_engine import AgentConnection, Progress

Line = tuple[str, Colour | None]
_LONGEST = "Hooks that failed"
_TONES = {_LONGEST: Colour.WARN}


class AgentCard(Panel):
    """The card of one agent; the three signals ask for what its buttons say.

    ``check_asked`` and ``disconnect_asked`` name the project, "" for all; ``recall_asked`` the
    recall to show.
    """

    connect_asked = Signal()
    check_asked = Signal(str)
    disconnect_asked = Signal(str)
    recall_asked = Signal(int)

    def __init__(self, facts: AgentFacts, parent: QWidget | None = None) -> None:
        super().__init__(facts.title, parent)
        self.facts = facts
        self.refusal = ""  # why it cannot be connected here
        self.rows: tuple[tuple[str, str], ...] = ()
        self._task: Task | None = None
        self._copied = self._doing = ""
        self._began: QPushButton | None = None  # what was pressed by who has the keyboard here
        self.state = SafeLabel(wrap=True)
        self._rows = QGridLayout()
        self._rows.setHorizontalSpacing(MEDIUM)
        self._rows.setVerticalSpacing(HAIR)
        self._rows.setColumnStretch(1, 1)
        self._projects = FlowLayout()
        self.notice = NoticeLine(f"{facts.title}: work under way")
        self.said = SafeLabel(wrap=True, bold=True)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(HAIR)
        self.connect_button = QPushButton("Connect…")
        self.check_button = QPushButton("Check")
        self.disconnect_button = QPushButton("Disconnect…")
        self.copy_button = QPushButton("Copy")
        self._lay_out()
        self.show_facts(facts, "")

    def _lay_out(self) -> None:
        buttons = FlowLayout()
        for button, asked in (
            (self.connect_button, self.connect_asked.emit),
            (self.check_button, self._ask_check),
            (self.disconnect_button, self._ask_disconnect),
        ):
            button.setAccessibleName(f"{button.text().rstrip('…')} {self.facts.title}")
            button.clicked.connect(lambda _=False, asked=asked: asked())
            buttons.addWidget(button)
        self.copy_button.setAccessibleName(f"Copy what is to be done for {self.facts.title}")
        self.copy_button.clicked.connect(self._copy)
        self.body.setSpacing(SMALL)
        self.body.addWidget(self.state)
        self.body.addLayout(self._rows)
        self.body.addWidget(self.notice)
        self.body.addWidget(self.said)
        self.body.addLayout(self._lines)
        self.body.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        self.body.addLayout(buttons)
        self.body.addLayout(self._projects)
        self.said.hide()
        self.copy_button.hide()

    # -- what is known ---------------------------------------------------------------------

    @property
    def connections(self) -> tuple[AgentConnection, ...]:
        """What is known of its connections."""
        return self.facts.standing.connections

    @property
    def chosen(self) -> AgentConnection | None:
        """The connection that *Check* and *Disconnect…* are about: that of all projects first."""
        return next(iter(self.connections), None)

    def show_facts(self, facts: AgentFacts, refusal: str) -> None:
        """Show how it stands now; ``refusal`` says why it cannot be connected to this store."""
        self.facts, self.refusal = facts, refusal
        text, tone = headline(self.connections)
        self.state.setText(text)
        self.state.set_tone(tone)
        rows = tuple(self._named())
        if rows != self.rows:
            self.rows = rows
            self._fill()
        self._enable()

    def _named(self) -> Iterator[tuple[str, str]]:
        for held in self.connections:
            yield "In one project" if held.project else "In all projects", ways_line(held)
            yield "Project", short_path(held.project)
            yield "Store", store_line(held)
            yield "Missing", "“Connect…” puts in again what is missing." if held.missing else ""
        yield "Last recall", last_line(self.facts)
        yield "Given", given_line(self.facts)
        yield _LONGEST, failures_line(self.facts.failures)
        yield "Settings", short_path(self.facts.standing.folder)
        if not self.facts.standing.there:
            yield "Program", "not found on this computer"

    def _fill(self) -> None:
        """Show the facts; who had the keyboard on the link keeps it."""
        focused = self.focusWidget()
        on_link = isinstance(focused, LinkLabel) and focused.hasFocus()
        _clear(self._rows)
        self._rows.setColumnMinimumWidth(0, self.fontMetrics().horizontalAdvance(_LONGEST))
        link: LinkLabel | None = None
        for row, (name, value) in enumerate(pair for pair in self.rows if pair[1]):
            label = SafeLabel(value, wrap=True, tone=_TONES.get(name))
            last = self.facts.last
            if name == "Last recall" and last is not None:
                label = link = LinkLabel(value, partial(self.recall_asked.emit, last.last_id))
            label.setAccessibleDescription(name)
            top = Qt.AlignmentFlag.AlignTop
            self._rows.addWidget(SafeLabel(name, tone=Colour.MUTED, whole=True), row, 0, top)
            self._rows.addWidget(label, row, 1)
        if on_link and link is not None:
            link.setFocus()
        _clear(self._projects)
        for held in self.connections:
            if held is not self.chosen:
                self._projects.addWidget(self._leave_project(held.project))

    def _leave_project(self, project: str) -> QPushButton:
        button = QPushButton(f"Disconnect in {Path(project).name}…")
        set_look(button, Look.QUIET)
        button.setAccessibleName(f"Disconnect {self.facts.title} in {project}")
        button.clicked.connect(lambda _=False: self._ask_disconnect(project))
        return button

    def _enable(self) -> None:
        idle, held = self._task is None, self.chosen
        self.connect_button.setEnabled(idle and not self.refusal)
        self.connect_button.setToolTip(tip(self.refusal))
        if idle and held is None and self._keyboard_on(self.check_button, self.disconnect_button):
            self.connect_button.setFocus()  # else it would leave the card with the button
        self.check_button.setEnabled(idle and held is not None and not held.by_hand)
        self.disconnect_button.setEnabled(idle and held is not None)
        for index in range(self._projects.count()):
            item = self._projects.itemAt(index)
            if item is not None and (button := item.widget()) is not None:
                button.setEnabled(idle)

    def _keyboard_on(self, *buttons: QPushButton) -> bool:
        return any(button is self.window().focusWidget() for button in buttons)

    # -- what is under way -----------------------------------------------------------------

    @property
    def busy(self) -> bool:
        """Whether something is under way for this agent."""
        return self._task is not None

    def follow(self, task: Task, doing: str) -> None:
        """Show how far a job is, until it has ended; it can be stopped."""
        self._task, self._doing = task, doing
        self.show_result("", None, ())
        self.notice.show_progress(doing, None, task.cancel)
        task.progressed.connect(self._on_progress)
        task.finished.connect(self._on_finished)
        buttons = (self.connect_button, self.check_button, self.disconnect_button)
        self._began = next((button for button in buttons if self._keyboard_on(button)), None)
        if self._began is not None:
            self.notice.button.setFocus()
        self._enable()

    def _on_progress(self, progress: Progress) -> None:
        if self._task is not None:
            self.notice.show_progress(self._doing, progress, self._task.cancel)

    def _on_finished(self) -> None:
        self._task = None
        self._enable()
        if self._began is not None and self._keyboard_on(self.notice.button):
            back = self._began if self._began.isEnabled() else self.connect_button
            back.setFocus()
        self.notice.hide()

    def show_result(
        self, text: str, tone: Colour | None, lines: Sequence[Line], copied: str = ""
    ) -> None:
        """Say what came out; ``copied`` is what a person may take away by a button."""
        self.said.setText(text)
        self.said.set_tone(tone)
        self.said.setVisible(bool(text))
        _clear(self._lines)
        for line, own in lines:
            self.add_line(line, own)
        self._copied = copied
        self.copy_button.setVisible(bool(copied))

    def add_line(self, line: str, tone: Colour | None) -> None:
        """Add a line to what came out."""
        label = SafeLabel(line, wrap=True, tone=tone)
        label.setContentsMargins(MEDIUM, 0, 0, 0)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._lines.addWidget(label)

    @property
    def lines(self) -> list[str]:
        """The lines of what came out."""
        items = [self._lines.itemAt(index) for index in range(self._lines.count())]
        widgets = [item.widget() for item in items if item is not None]
        return [widget.whole_text() for widget in widgets if isinstance(widget, SafeLabel)]

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)

    def _ask_check(self) -> None:
        if (held := self.chosen) is not None:
            self.check_asked.emit(held.project)

    def _ask_disconnect(self, project: str | None = None) -> None:
        if (held := self.chosen) is not None:
            self.disconnect_asked.emit(held.project if project is None else project)


def _clear(layout: QLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
