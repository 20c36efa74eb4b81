"""One proposal with what a person needs to decide: signs, the steps before it, what is near."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.episodes.notes.note_editor import NoteEditor
from app.kit.controls.check_box import CheckBox
from app.kit.controls.content_area import ContentArea
from app.kit.controls.fact_list import Fact, FactList, LinkLabel
from app.kit.controls.state_page import StatePage
from app.kit.formatting import number
from app.kit.latest_read import LatestRead
from app.kit.list_times import list_time
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, LARGE, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import (
    PROPOSAL_CHARACTERS,
    Job,
    Memory,
    NearText,
    Proposal,
    ProposalReview,
    Step,
    WarningSign,
    action_line,
    visible,
)


class ReviewPane(QWidget):
    """The pane of one proposal.

    ``accepted`` and ``refused`` name it, ``edited`` has the text that is accepted in its place
    too; the last of what is accepted says whether it is for every project.
    ``opened`` names an episode and a step, ``note_chosen`` a note.
    """

    accepted = Signal(int, bool)
    edited = Signal(int, str, bool)
    refused = Signal(int)
    opened = Signal(int, int)
    note_chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self, whole_store=True)  # it compares with every note
        self.review: ProposalReview | None = None
        self.proposal_id: int | None = None
        self.head = SafeLabel(role=TextRole.HEADING, wrap=True)
        self.signs = QWidget()
        self._signs = QVBoxLayout(self.signs)
        self._signs.setContentsMargins(0, 0, 0, 0)
        self._signs.setSpacing(HAIR)
        self.text = SafeLabel(wrap=True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.because = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.facts = FactList()
        self.steps = FactList("Before it in its session")
        self.near = QWidget()
        self._near = QVBoxLayout(self.near)
        self._near.setContentsMargins(0, 0, 0, 0)
        self._near.setSpacing(HAIR)
        self.accept = QPushButton("Accept  (A)")
        self.edit = QPushButton("Edit…  (E)")
        self.refuse = QPushButton("Refuse  (R)")
        self.everywhere = CheckBox("For e&very project")
        self.everywhere.setToolTip(tip("Unchecked, agents are given it in this project alone."))
        self.buttons = QWidget()
        self.editor = NoteEditor(most=PROPOSAL_CHARACTERS.value, save="Accept")
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.accept.clicked.connect(self.ask_accept)
        self.edit.clicked.connect(self.ask_edit)
        self.refuse.clicked.connect(self.ask_refuse)
        self.editor.saved.connect(self._on_edited)
        self.editor.left.connect(self._leave_editor)
        self.show_nothing()

    def _content(self) -> QWidget:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        column.setSpacing(SMALL)
        column.addWidget(self.head)
        column.addWidget(self.signs)
        column.addLayout(self._side_by_side())
        column.addWidget(self.facts)
        column.addWidget(self.steps)
        column.addStretch(1)
        self.editor.setContentsMargins(MEDIUM, 0, SMALL, SMALL)
        buttons = QHBoxLayout(self.buttons)
        buttons.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        buttons.setSpacing(SMALL)
        for button in (self.accept, self.edit, self.refuse):
            buttons.addWidget(button)
        buttons.addStretch(1)
        choice = QHBoxLayout()
        choice.setContentsMargins(MEDIUM, 0, SMALL, 0)
        choice.addWidget(self.everywhere)
        choice.addStretch(1)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(HAIR)
        layout.addWidget(ContentArea(body), 1)
        layout.addLayout(choice)
        layout.addWidget(self.editor)
        layout.addWidget(self.buttons)
        return content

    def _side_by_side(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(LARGE)
        grid.setVerticalSpacing(HAIR)
        grid.addWidget(SafeLabel("What it says", bold=True), 0, 0)
        grid.addWidget(SafeLabel("What is near it", bold=True), 0, 1)
        said = QVBoxLayout()
        said.setSpacing(SMALL)
        said.addWidget(self.text)
        said.addWidget(self.because)
        said.addStretch(1)
        grid.addLayout(said, 1, 0)
        grid.addWidget(self.near, 1, 1)
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        return grid

    # -- what is shown ----------------------------------------------------------------------

    def show_nothing(self) -> None:
        """Say that none is chosen."""
        self.proposal_id = self.review = None
        self._leave_editor()
        text = "Choose one: what it says and what is near it stand here."
        self.page.show_empty("No proposal is chosen", text)

    def show_proposal(self, proposal: Proposal, signs: Sequence[WarningSign]) -> None:
        """Show a proposal; what surrounds it follows as soon as it is read."""
        proposal_id = proposal.id
        if proposal_id != self.proposal_id:
            self._leave_editor()
            self.everywhere.setChecked(proposal.everywhere)
            self.everywhere.setEnabled(bool(proposal.project))
            self._show(ProposalReview(proposal, tuple(signs), None, "", (), ()), whole=False)
        self.proposal_id = proposal_id

        def call(memory: Memory, _job: Job) -> ProposalReview:
            return memory.proposals.review(proposal_id)

        self._read.ask(call, self._show, self._on_failed)

    def _show(self, review: ProposalReview, *, whole: bool = True) -> None:
        """Show what is known; with ``whole`` that is all."""
        self.review = review
        proposal = review.proposal
        who = one_line(proposal.agent, 80) or "An agent"
        where = one_line(proposal.project, 80) or "every project"
        self.head.setText(f"{who} wants this remembered for {where}")
        _clear(self._signs)
        for sign in review.signs:
            label = SafeLabel(f"! It {sign.kind}: {sign.sample}", tone=Colour.WARN, wrap=True)
            self._signs.addWidget(label)
        self.signs.setVisible(bool(review.signs))
        self.text.setText(proposal.text)
        self.because.setText(f"Because: {proposal.because}" if proposal.because else "")
        self.because.setVisible(bool(proposal.because))
        self._show_near(review.near, whole)
        self.facts.show_facts(self._facts(review, whole))
        self.steps.show_facts([self._step(step) for step in review.steps])
        self.page.show_content()

    def _facts(self, review: ProposalReview, whole: bool) -> list[Fact]:
        proposal, held = review.proposal, review.episode_id
        go = None if held is None else partial(self.opened.emit, held, 0)
        key = one_line(proposal.session, 80)
        absent = f"{key}, not in this store" if key and whole else key
        return [
            Fact("Session", one_line(review.episode, 120) if go else absent, go=go),
            Fact("Proposed", list_time(proposal.proposed_at)),
            Fact("Number", str(proposal.id)),
        ]

    def _step(self, step: Step) -> Fact:
        return Fact(
            f"Step {number(step.seq + 1)}",
            one_line(action_line(step), 160),
            go=partial(self.opened.emit, step.episode_id, step.seq),
        )

    def _show_near(self, near: Sequence[NearText], whole: bool) -> None:
        _clear(self._near)
        for text in near:
            self._near.addWidget(self._near_head(text))
            excerpt = SafeLabel(text.excerpt, wrap=True)
            excerpt.setContentsMargins(0, 0, 0, SMALL)
            self._near.addWidget(excerpt)
        if not near:
            nothing = "No note and no other proposal says something like it."
            nothing = nothing if whole else "Looking for notes that say something like it…"
            self._near.addWidget(SafeLabel(nothing, tone=Colour.MUTED, wrap=True))
        self._near.addStretch(1)

    def _near_head(self, near: NearText) -> SafeLabel:
        alike = "" if near.likeness is None else f" · {near.likeness:.0%} alike"
        if near.note_id is None:
            return SafeLabel(f"Proposal {near.proposal_id}, waiting{alike}", tone=Colour.MUTED)
        kind = "Accepted note" if near.accepted else "Note"
        go = partial(self.note_chosen.emit, near.note_id)
        return LinkLabel(f"{kind} · {one_line(near.called, 80)}{alike}", go)

    def _on_failed(self, error: Exception) -> None:
        review = self.review
        if review is not None:
            again = partial(self.show_proposal, review.proposal, review.signs)
            self.page.show_error("The proposal could not be read", error, again)

    # -- what a person says ------------------------------------------------------------------

    def ask_accept(self) -> None:
        """Accept the proposal that is shown, as it is."""
        if self.review is not None:
            self.accepted.emit(self.review.proposal.id, self._for_all())

    def ask_refuse(self) -> None:
        """Refuse the proposal that is shown."""
        if self.review is not None:
            self.refused.emit(self.review.proposal.id)

    def ask_edit(self) -> None:
        """Let its text be changed before it is accepted."""
        if self.review is not None:
            shown = visible(self.review.proposal.text, lines=True)  # what is seen is accepted
            self.buttons.hide()  # what the field has does the same
            self.editor.begin("Accepted in its place", shown)

    def _for_all(self) -> bool:
        return self.everywhere.isChecked()

    def _leave_editor(self) -> None:
        self.editor.hide()
        self.buttons.show()

    def _on_edited(self, text: str) -> None:
        self._leave_editor()
        if self.review is not None:
            self.edited.emit(self.review.proposal.id, text, self._for_all())


def _clear(layout: QVBoxLayout) -> None:
    while (item := layout.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
