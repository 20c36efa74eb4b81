"""What a run of cycles came to, in words, with the way back; or what a preview would come to."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.consolidation.run_reading import RunReading, read_run
from app.consolidation.run_words import check_sentence, circumstances, headline, state
from app.consolidation.topic_links import TopicLinks
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import Job, Memory, RunReport


class RunCard(QWidget):
    """The card of a run; ``topic_wanted`` carries a topic whose name was clicked.

    Of a preview, which ``stands`` until it is ``accepted`` or ``discarded``, it offers both.
    """

    accepted, discarded, undo_asked = Signal(), Signal(), Signal()
    topic_wanted = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self, whole_store=True)
        self.reading: RunReading | None = None
        self.stands = False
        self.title = SafeLabel(role=TextRole.HEADING, wrap=True)
        self.when = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.reason = SafeLabel(tone=Colour.BAD, wrap=True)
        self.born, self.refreshed = TopicLinks(), TopicLinks()
        self.others, self.check = SafeLabel(wrap=True), SafeLabel(wrap=True)
        self.accept, self.discard = QPushButton("Accept"), QPushButton("Discard")
        self.undo = QPushButton("Undo this run")
        self.kept = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.page = StatePage(self._content())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.page)
        for links in (self.born, self.refreshed):
            links.wanted.connect(self.topic_wanted)
        self.accept.clicked.connect(self.accepted)
        self.discard.clicked.connect(self.discarded)
        self.undo.clicked.connect(self.undo_asked)
        self.clear()

    def _content(self) -> QWidget:
        self.accept.setToolTip(tip("Apply exactly what was previewed; it can be undone."))
        self.discard.setToolTip(tip("Forget the preview; nothing was written."))
        self.undo.setToolTip(tip("Go back to before all of this run, byte for byte."))
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        column.setSpacing(SMALL)
        parts = (self.title, self.when, self.reason, self.born, self.refreshed, self.others)
        for part in (*parts, self.check):
            column.addWidget(part)
        row = QHBoxLayout()
        row.setSpacing(SMALL)
        for button in (self.accept, self.discard, self.undo):
            row.addWidget(button)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.kept)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidget(inner)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setAccessibleName("What was learned")
        scroll.setMinimumWidth(self.fontMetrics().averageCharWidth() * 36)
        return scroll

    def clear(self) -> None:
        """Show no run."""
        self._read.cancel()
        self.reading, self.stands = None, False
        self.page.show_empty("Nothing is chosen", "Choose a row to see what was learned then.")

    def show_run(self, run: RunReport, *, preview: bool = False) -> None:
        """Show a run, or what a preview would come to; the names of topics follow."""

        def call(memory: Memory, job: Job) -> RunReading:
            return read_run(memory, job, run)

        self.stands = preview
        if self.reading is None or self.reading.run.first != run.first or preview:
            self.page.show_loading("Reading what was learned…")
        self._read.ask(
            call,
            self._show,
            lambda error: self.page.show_error(
                "What was learned could not be read",
                error,
                lambda: self.show_run(run, preview=preview),
            ),
        )

    def _show(self, reading: RunReading) -> None:
        self.reading, run = reading, reading.run
        self.title.setText(headline(run))
        self.title.set_tone(state(run).colour)
        self.when.setText(circumstances(run))
        self.reason.setText(run.refused)
        self.reason.setVisible(bool(run.refused))
        new = counted(len(run.born), "new topic")
        self.born.show_topics(new, reading.born, len(run.born))
        self.refreshed.show_topics(
            f"Refreshed {number(len(run.refreshed))}", reading.refreshed, len(run.refreshed)
        )
        self.others.setText(_others(run))
        self.others.setVisible(bool(self.others.whole_text()))
        self.check.setText(check_sentence(run))
        self.check.setVisible(bool(run.memories))
        self._offer(reading)
        self.page.show_content()

    def _offer(self, reading: RunReading) -> None:
        """Show the buttons that can be used now, or say why there is none."""
        run, preview, writable = reading.run, self.stands, self._session.writable
        self.accept.setVisible(preview)
        self.accept.setEnabled(writable and not run.refused and bool(run.memories))
        self.discard.setVisible(preview)
        self.undo.setVisible(not preview and not reading.hindrance)
        self.undo.setEnabled(writable)
        says = "" if preview or not reading.hindrance else reading.hindrance
        if run.asks:
            says = "Learning goes on once you accept what was forgotten so far."
        self.kept.setText(says)
        self.kept.setVisible(bool(says))


def _others(run: RunReport) -> str:
    """What became of topics that were there before."""
    parts = []
    if run.merged and run.memories:
        parts.append(f"{counted(len(run.merged), 'topic')} said the same as another and joined it.")
    if run.retired and run.memories:
        parts.append(f"{counted(len(run.retired), 'topic')} that nothing used went.")
    return " ".join(parts)
