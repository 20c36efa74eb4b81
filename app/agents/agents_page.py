"""The agents of this computer, each in a card."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.agents import jobs
from app.agents.agent_card import AgentCard, Line
from app.agents.card_words import check_line, checked_headline, report_lines
from app.agents.connect_dialog import ConnectDialog
from app.agents.survey import AgentFacts, AgentSurvey, survey_of
from app.kit.controls.content_area import ContentArea
from app.kit.controls.notice_line import NoticeLine
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.controls.state_page import StatePage
from app.kit.engine_thread import Task
from app.kit.formatting import short_path
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.theme.style_sheet import Look, set_look
from hpm_engine import (
    Check,
    ConnectionPlan,
    ConnectionReport,
    SettingsUntouched,
)

CAPTION = (
    "An agent that is connected is told what earlier sessions in this store know, without being "
    "asked to look, and its sessions come into the store where they end."
)
_SAMPLE = (
    "This is the sample: its sessions are invented. Agents are connected to a store of your own."
)
_READ_ONLY = (
    "This store cannot be written. Agents are given only what can be recorded, so a connection to "
    "it would give them nothing."
)
_PARTLY = "What was taken out by then stays out. “Disconnect…” goes on with the rest."
_UNDO = "“Disconnect…” takes it all back; “Check” tries it."


class AgentsPage(QWidget):
    """Cards of the agents that are there, and what can be done with each.

    ``recall_asked`` carries the recall that somebody wants to see. ``survey`` is what is shown.
    """

    recall_asked = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self)
        self.survey: AgentSurvey | None = None
        self.cards: dict[str, AgentCard] = {}
        self.notice = NoticeLine("What is peculiar about this store")
        self.absent = SafeLabel(wrap=True, tone=Colour.MUTED)
        self._column = QVBoxLayout()
        self._column.setSpacing(MEDIUM)
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, HAIR, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.notice)
        layout.addWidget(self.page, 1)

    def _content(self) -> QWidget:
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(16, MEDIUM, 16, 16)
        layout.setSpacing(MEDIUM)
        layout.addWidget(SafeLabel(CAPTION, wrap=True, tone=Colour.MUTED))
        layout.addLayout(self._column)
        layout.addWidget(self.absent)
        layout.addStretch(1)
        area = ContentArea(body)
        area.setAccessibleName("Agents of this computer")
        return area

    # -- reading ---------------------------------------------------------------------------

    def reload(self) -> None:
        """Look at the agents again; what was done stays in sight."""
        if self.survey is None:
            self.page.show_loading("Looking for agents…")
        self._read.ask(survey_of(self._session.path), self._show, self._on_failed)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The agents could not be looked at", error, self.reload)

    @property
    def refusal(self) -> str:
        """Why no agent can be connected to this store; "" where each can."""
        if self.survey is not None and self.survey.sample:
            return _SAMPLE
        return "" if self._session.writable else _READ_ONLY

    def _show(self, survey: AgentSurvey) -> None:
        self.survey = survey
        if self.refusal:
            self.notice.say(self.refusal, "", lambda: None, Colour.WARN)
        else:
            self.notice.hide()
        names = {facts.name for facts in survey.there}
        for name in [name for name in self.cards if name not in names]:
            card = self.cards.pop(name)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for row, facts in enumerate(survey.there):
            card = self._card(facts, row)
            card.show_facts(facts, self.refusal)
        self._show_primary()
        self.absent.setText(_absent_line(survey))
        self.absent.setVisible(bool(survey.absent))
        if survey.there:
            self.page.show_content()
        else:
            self.page.show_empty(
                "No agent on this computer", _none_line(survey), "Look again", self.reload
            )

    def _show_primary(self) -> None:
        """Where no agent is connected, connecting the first is the one thing to do."""
        none = not any(card.connections for card in self.cards.values())
        for row, card in enumerate(self.cards.values()):
            asked = none and row == 0 and not self.refusal
            set_look(card.connect_button, Look.PRIMARY if asked else Look.USUAL)

    def _card(self, facts: AgentFacts, row: int) -> AgentCard:
        if (card := self.cards.get(facts.name)) is None:
            card = self.cards[facts.name] = AgentCard(facts)
            card.connect_asked.connect(partial(self.ask_connect, facts.name))
            card.check_asked.connect(partial(self.check, facts.name))
            card.disconnect_asked.connect(partial(self.ask_disconnect, facts.name))
            card.recall_asked.connect(self.recall_asked)
            self._column.insertWidget(row, card)
        return card

    # -- connecting ------------------------------------------------------------------------

    def ask_connect(self, name: str) -> ConnectDialog:
        """Show what connecting would change, and connect if a person agrees."""
        assert self.survey is not None
        standing = next(facts.standing for facts in self.survey.agents if facts.name == name)
        dialog = ConnectDialog(self._session, standing, self)
        dialog.agreed.connect(partial(self._connect, name))
        dialog.open()
        return dialog

    def _connect(self, name: str, plan: ConnectionPlan) -> None:
        task = jobs.connect(self._session, plan)
        done = "Nothing had to be changed in its settings."
        self._follow(name, task, f"Connecting {plan.agent.title}")
        task.succeeded.connect(partial(self._on_connected, name, done))

    def _on_connected(self, name: str, done: str, report: ConnectionReport) -> None:
        lines: list[Line] = [(line, None) for line in report_lines(report, done)]
        lines += [(line, Colour.WARN) for line in report.to_do]
        lines.append((_UNDO, Colour.MUTED))
        text = "✓ Connected, and something is left for you to do" if report.to_do else "✓ Connected"
        tone = Colour.WARN if report.to_do else Colour.GOOD
        self._say(name, text, tone, lines, _command(report))

    # -- disconnecting ---------------------------------------------------------------------

    def ask_disconnect(self, name: str, project: str) -> QuestionDialog:
        """Ask before a connection is taken back."""
        agent = self.cards[name].facts.standing.agent
        where = f" in {short_path(project)}" if project else ""
        dialog = QuestionDialog(
            f"Disconnect {agent.title}",
            f"What this program put into the settings of {agent.title}{where} is taken out again. "
            "What it was given stays in its sessions, and the record of that in the store.",
            "A settings file that nobody changed since gets its old bytes; of another, only what "
            "is ours goes.",
            "Disconnect",
            partial(self._disconnect, name, project),
            self,
        )
        dialog.open()
        return dialog

    def _disconnect(self, name: str, project: str) -> None:
        agent = self.cards[name].facts.standing.agent
        task = jobs.disconnect(self._session, agent, project)
        self._follow(name, task, f"Disconnecting {agent.title}", _PARTLY)
        task.succeeded.connect(partial(self._on_disconnected, name))

    def _on_disconnected(self, name: str, report: ConnectionReport) -> None:
        done = "There was nothing of this program in its settings."
        lines: list[Line] = [(line, None) for line in report_lines(report, done)]
        lines += [(line, Colour.WARN) for line in report.to_do]
        tone = Colour.WARN if report.to_do else Colour.GOOD
        self._say(name, "✓ Disconnected", tone, lines, _command(report))

    # -- checking --------------------------------------------------------------------------

    def check(self, name: str, project: str) -> None:
        """Try each hook and the server, and show what came out as it comes."""
        card = self.cards[name]
        agent = card.facts.standing.agent
        results: list[Check] = []
        task = jobs.check(self._session, agent, project, results.append)
        self._follow(name, task, f"Trying the connection of {agent.title}")
        task.progressed.connect(lambda _: self._show_checks(name, results))
        task.succeeded.connect(partial(self._on_checked, name))
        task.cancelled.connect(partial(self._on_check_cancelled, name, results))

    def _show_checks(self, name: str, results: list[Check]) -> None:
        if (card := self.cards.get(name)) is not None:
            for result in results[len(card.lines) :]:
                card.add_line(*check_line(result))

    def _on_checked(self, name: str, results: list[Check]) -> None:
        text, tone = checked_headline(results)
        self._say(name, text, tone, [check_line(result) for result in results])

    def _on_check_cancelled(self, name: str, results: list[Check]) -> None:
        lines = [check_line(result) for result in results]
        self._say(name, "· The check was cancelled", Colour.MUTED, lines)

    # -- what came out ---------------------------------------------------------------------

    def _follow(self, name: str, task: Task, doing: str, unfinished: str = "") -> None:
        """Follow a job; ``unfinished`` is what holds where it fails or is stopped on its way."""
        self.cards[name].follow(task, doing)
        task.failed.connect(partial(self._on_job_failed, name, unfinished))
        task.cancelled.connect(partial(self._on_cancelled, name, unfinished))
        task.finished.connect(self.reload)

    def _on_job_failed(self, name: str, unfinished: str, error: Exception) -> None:
        by_hand = error.by_hand if isinstance(error, SettingsUntouched) else ""
        lines: list[Line] = [(str(error), None)]
        if unfinished:
            self._say(name, "✗ Not wholly disconnected", Colour.BAD, [*lines, (unfinished, None)])
        else:
            self._say(name, "✗ Nothing was changed", Colour.BAD, lines, by_hand)

    def _on_cancelled(self, name: str, unfinished: str) -> None:
        text = "· Cancelled" if unfinished else "· Cancelled: its settings are as they were"
        self._say(name, text, Colour.MUTED, [(unfinished, None)] if unfinished else [])

    def _say(
        self, name: str, text: str, tone: Colour, lines: Sequence[Line], copied: str = ""
    ) -> None:
        if (card := self.cards.get(name)) is not None:
            card.show_result(text, tone, lines, copied)


def _absent_line(survey: AgentSurvey) -> str:
    return f"Not found on this computer: {', '.join(facts.title for facts in survey.absent)}."


def _none_line(survey: AgentSurvey) -> str:
    titles = [facts.title for facts in survey.absent]
    folders = ", ".join(short_path(facts.standing.folder) for facts in survey.absent)
    return (
        f"Looked for {', '.join(titles[:-1])} and {titles[-1]}: their settings in {folders}, and "
        "their programs. Install one, or use it once."
    )


def _command(report: ConnectionReport) -> str:
    """The command that is left for a person to run; "" where there is none."""
    parts = (line.partition(" the server: ") for line in report.to_do)
    return next((command for _, _, command in parts if command), "")
