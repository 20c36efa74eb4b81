"""Would it have helped? The figure of a store, and the cases behind it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.agents.replay.case_table import KINDS, CaseTable
from app.agents.replay.figure import ReplayFigure
from app.agents.replay.job import TITLE, CaseRow, ReplayResult, ask_again
from app.kit.command_menu import entry
from app.kit.controls.content_area import ContentArea
from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.notice_line import NoticeLine
from app.kit.controls.state_page import StatePage
from app.kit.engine_thread import Task
from app.kit.formatting import counted, local_time, number
from app.kit.index_notice import RecallIndexNotice
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.style_sheet import Look, set_look
from hpm_engine import Changed, Progress

QUESTION = "Would it have helped?"
_ASK = "Ask past sessions again"
_WHAT = "Past sessions, asked again as they began. Nothing is recorded."
_HOW = (
    "What would each have been told of earlier sessions, and did it later change such a file, run "
    "such a command or repeat such a failure? That takes some ten seconds for a hundred sessions."
)
_SCOPES = (("All sessions", None), ("The latest 50", 50), ("The latest 200", 200))
_MOST = 5  # sessions in a menu
_LEAST_LINES = 10  # of the table; on a low screen the page scrolls
_TOO_FEW = (
    "A session is asked of earlier ones of its project: at least two are needed. This store has {}."
)
_NONE_EARLIER = (
    "None of {} has an earlier one of its project, a prompt and a time: there is nothing to ask."
)


class ReplayPage(QWidget):
    """Runs the question when asked to, and keeps its answer while the store is open.

    ``opened`` names an episode that somebody wants to read.
    """

    opened = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._task: Task | None = None
        self.result: ReplayResult | None = None
        self.scope = QComboBox()
        self.scope.setAccessibleName("Which sessions are asked again")
        for title, latest in _SCOPES:
            self.scope.addItem(title, latest)
        self.start = QPushButton(_ASK)
        self.notice = NoticeLine(QUESTION)
        self.index = RecallIndexNotice(session)
        self.figure = ReplayFigure()
        self.count = SafeLabel(bold=True)
        self.model = CaseTable(session, self)
        self.table = RowView("What sessions could have been told")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_table(self.model)
        self.facts = FactList()
        self.page = StatePage(self._content())
        self._lay_out()
        self.start.clicked.connect(self.ask)
        self.table.opened.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.table.set_menu(self._menu)
        self.setFocusProxy(self.start)
        self._show_start()

    def _content(self) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(SMALL)
        layout.addWidget(self.figure)
        self.count.setContentsMargins(MEDIUM, 0, MEDIUM, 0)
        layout.addWidget(self.count)
        layout.addWidget(self.table, 1)
        self.facts.setContentsMargins(MEDIUM, 0, MEDIUM, SMALL)
        layout.addWidget(self.facts)
        layout.addStretch()  # without a case the figures stay together
        self.table.setMinimumHeight(self.fontMetrics().height() * _LEAST_LINES)
        return ContentArea(body)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(MEDIUM, SMALL, MEDIUM, 0)
        head.setSpacing(SMALL)
        head.addWidget(SafeLabel(_WHAT, wrap=True, tone=Colour.MUTED), 1)
        for part in (self.scope, self.start):
            head.addWidget(part, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, HAIR, 0, 0)
        layout.setSpacing(SMALL)
        layout.addLayout(head)
        layout.addWidget(self.index)
        layout.addWidget(self.notice)
        layout.addWidget(self.page, 1)

    # -- asking ----------------------------------------------------------------------------

    def ask(self) -> None:
        """Ask past sessions again; what was known stays until the new answer is there."""
        if self._task is not None:
            return
        self._task = task = ask_again(self._session, self.scope.currentData())
        task.progressed.connect(self._on_progress)
        task.succeeded.connect(self._on_result)
        task.failed.connect(self._on_failed)
        task.finished.connect(self._on_finished)
        focused = self.start.hasFocus() or self.notice.button.hasFocus()
        self.notice.show_progress(TITLE, None, task.cancel)
        if focused:
            self.notice.button.setFocus()
        self._enable()

    def _on_progress(self, progress: Progress) -> None:
        if self._task is not None:
            self.notice.show_progress(TITLE, progress, self._task.cancel)

    def _on_finished(self) -> None:
        self._task = None
        self._enable()
        if self.notice.button.hasFocus():
            self.start.setFocus()
        self.notice.hide()

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("Past sessions could not be asked again", error, self.ask)

    def _enable(self) -> None:
        idle = self._task is None
        self.start.setEnabled(idle)
        self.scope.setEnabled(idle)
        set_look(self.start, Look.USUAL if self.result else Look.PRIMARY)

    # -- what came out ---------------------------------------------------------------------

    def _show_start(self) -> None:
        self._enable()
        self.page.show_empty(QUESTION, _HOW)

    def _on_result(self, result: ReplayResult) -> None:
        self.result = result
        sessions = len(result.replay.sessions)
        if not sessions:
            few = result.episodes < 2
            held = counted(result.episodes, "session") if result.episodes else "none"
            text = _TOO_FEW.format(held) if few else _NONE_EARLIER.format(held)
            self.page.show_empty("There is too little to ask", text)
            return
        self.figure.show_result(result)
        self.model.show_cases(result.rows)
        self._show_count()
        self.table.setVisible(bool(result.rows))
        self.facts.show_facts([])
        self.page.show_content()
        if result.rows:
            self.table.selectRow(0)

    def _show_count(self) -> None:
        result = self.result
        if result is None:
            return
        rows = len(result.rows)
        skipped = result.replay.skipped
        left = f"; {number(skipped)} could not be asked" if skipped else ""
        text = f"{counted(rows, 'case')} in {counted(result.ways[0].helped, 'session')}{left}"
        self.count.setText(text if rows else f"No case{left}")

    def refresh(self, changed: Changed) -> None:
        """Say that the answer is of an earlier moment where what it was asked of has changed."""
        self.index.refresh(changed)
        if not changed & Changed.EPISODES:
            return
        if self.result is not None and self._task is None:
            at = local_time(self.result.at)
            text = f"This answer is of {at}; the store's sessions have changed since."
            self.notice.say(text, "Ask again", self.ask, Colour.WARN)

    # -- one case --------------------------------------------------------------------------

    def _current(self) -> CaseRow | None:
        row = self.table.current_row()
        return None if row is None or row >= len(self.model.rows) else self.model.rows[row]

    def _on_row(self) -> None:
        row = self._current()
        if row is None:
            self.facts.show_facts([])
            return
        asked = row.session
        facts = [
            Fact("Session", one_line(asked.name, 200), go=self._open),
            Fact("Was not told", f"{KINDS[row.case.help]}: {one_line(row.case.text, 300)}"),
        ]
        facts += [
            Fact(
                "Told by" if number_ == 0 else f"and by ({number_ + 1})",
                one_line(name, 200) or f"episode {key}",
                go=partial(self.opened.emit, key),
            )
            for number_, (key, name) in enumerate(row.sources[:_MOST])
        ]
        self.facts.show_facts(facts)

    def _open(self) -> None:
        if (row := self._current()) is not None:
            self.opened.emit(row.session.episode_id)

    def _menu(self) -> list[QAction | None]:
        if (row := self._current()) is None:
            return []
        sources = [
            entry(
                f"Open “{one_line(name, 50) or key}”".replace("&", "&&"),
                partial(self.opened.emit, key),
            )
            for key, name in row.sources[:_MOST]
        ]
        return [
            entry("Open the Session", self._open),
            *sources,
            None,
            entry("Copy What It Could Have Been Told", partial(_copy, row.case.text)),
        ]


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
