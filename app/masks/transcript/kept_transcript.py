"""The transcript of one episode, fed with its lines page by page and with what is kept of them."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kit.latest_read import LatestRead
from app.kit.session import Session
from app.masks.mask_reading import MaskReading
from app.masks.opening import Opening
from app.masks.transcript.line_counts import PAGE, StepLines, read_lines
from app.masks.transcript.rows import Fold
from app.masks.transcript.transcript import Transcript
from hpm_engine import Job, KeptSpan, Memory, Step


class KeptTranscript(QWidget):
    """A transcript that reads what it needs; ``chosen`` names the step under its cursor."""

    chosen = Signal(int)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pages = LatestRead(session, self)
        self._dropped = LatestRead(session, self)
        self._episode_id = 0
        self._lines: list[StepLines] = []
        self._spans: dict[int, tuple[KeptSpan, ...]] = {}
        self._shares: bytes | None = None
        self._known = False
        self.text = Transcript()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(self.text)
        self.text.chosen.connect(self.chosen)
        self.text.unfolding.connect(self._unfold)

    def open(self, opening: Opening) -> None:
        """Begin with an episode, or with a changed state of one."""
        same = (
            opening.detail.episode.id == self._episode_id
            and opening.lines == (self._lines[: len(opening.lines)])
        )
        self._episode_id = opening.detail.episode.id
        if same and self._known:
            return  # what was worked out since stays
        self._lines = list(opening.lines)
        self._spans, self._shares = dict(opening.spans), opening.shares or None
        self._known = opening.stored is not None
        self._show()
        self._pages.cancel()
        if len(opening.lines) == PAGE < len(opening.steps):
            self._read_on()

    def show_kept(self, reading: MaskReading, *, left: bool) -> None:
        """Show what a budget keeps; of an episode that has nothing else, all there is is kept."""
        spans = reading.spans
        if left or (self._known and spans == self._spans and reading.shares == self._shares):
            return
        self._spans, self._shares, self._known = spans, reading.shares, True
        self._show()

    def show_none(self) -> None:
        """Show that all of it is kept."""
        self._spans, self._shares, self._known = {}, None, False
        self._show()

    def changeEvent(self, event: QEvent) -> None:
        """Write the text anew in the colours of another theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and self._lines:
            self._show()

    def _show(self) -> None:
        self.text.show_rows(self._lines, self._spans, self._shares, known=self._known)

    def _read_on(self) -> None:
        start, episode_id = len(self._lines), self._episode_id

        def call(memory: Memory, job: Job) -> list[StepLines]:
            return read_lines(memory, job, episode_id, start)

        self._pages.ask(call, self._on_lines, self.failed.emit)

    def _on_lines(self, lines: list[StepLines]) -> None:
        self._lines += lines
        self.text.add_steps(lines, self._spans, self._shares, known=self._known)
        if len(lines) == PAGE:
            self._read_on()

    def _unfold(self, fold: Fold) -> None:
        """Read what was dropped there."""
        episode_id = self._episode_id
        stop = fold.stop if fold.part < 0 else fold.seq + 1

        def call(memory: Memory, _job: Job) -> list[Step]:
            return memory.steps.read(episode_id, fold.seq, stop)

        self._dropped.ask(call, partial(self.text.show_dropped, fold), self.failed.emit)
