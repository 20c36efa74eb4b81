"""One episode's mask: the session as a budget leaves it, and in detail what it keeps and why."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from app.kit.controls.content_area import ContentArea
from app.kit.controls.details import Details
from app.kit.controls.held_badges import HeldBadges
from app.kit.controls.notice_line import NoticeLine
from app.kit.controls.state_page import StatePage
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.spacing import MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from app.masks.budget_bar import BudgetBar
from app.masks.budget_ladder import BudgetLadder
from app.masks.kept_figure import (
    TOO_SMALL,
    KeptFigure,
    guessed_figure,
    kept_figure,
    stored_figure,
    warning_of,
)
from app.masks.mask_details import MaskDetails, is_stored
from app.masks.mask_reading import MaskedEpisode, MaskReading, State, read_episode, read_state
from app.masks.opening import Opening, read_opening
from app.masks.transcript.kept_transcript import KeptTranscript
from hpm_engine import Job, Memory, Progress

_PREPARING = "Working out what other budgets would keep"


class MaskPane(QWidget):
    """The page of one mask; ``chosen`` names a step, ``opened`` one whose whole card is wanted."""

    chosen = Signal(int, int)
    opened = Signal(int, int)
    compress_asked, restore_asked = Signal(), Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opening = LatestRead(session, self)
        self._begin = LatestRead(session, self, whole_store=True)
        self._state = LatestRead(session, self)
        self.ladder = BudgetLadder(session, self)
        self._wanted_id: int | None = None
        self.episode: MaskedEpisode | None = None
        self.shown: tuple[MaskReading, ...] = ()
        self._seq = 0
        self._title = SafeLabel(role=TextRole.HEADING)
        self.held = HeldBadges()
        self.budget = BudgetBar()
        self.figure = KeptFigure(self.budget)
        self.progress = NoticeLine("What other budgets would keep")
        self.transcript = KeptTranscript(session)
        self.details = MaskDetails(session, self.budget.scoring)
        scroll = QScrollArea()
        scroll.setWidget(self.details)
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        scroll.setAccessibleName("What compression keeps, in detail")
        scroll.setMinimumHeight(self.fontMetrics().height() * 8)
        self.more = Details("Details", scroll, "mask")
        self.compress = QPushButton("Compress…")
        self.restore = QPushButton("Restore full text")
        self.page = StatePage(ContentArea(self._content()))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self._connect()
        self.clear()

    def _content(self) -> QWidget:
        content = QWidget()
        self._column = QVBoxLayout(content)
        self._column.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        self._column.setSpacing(SMALL)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        for widget in (self.held, self.restore, self.compress):
            top.addWidget(widget)
        self._column.addLayout(top)
        self._column.addWidget(self.figure)
        self._column.addWidget(self.progress)
        self.transcript.setMinimumHeight(self.fontMetrics().height() * 6)
        self._column.addWidget(self.transcript, 1)
        self._column.addWidget(self.more)
        return content

    def _connect(self) -> None:
        self.budget.changed.connect(self._want)
        self.ladder.arrived.connect(self._on_arrived)
        self.ladder.more.connect(lambda: self.budget.show_ready(self.ladder.ready()))
        self.ladder.failed.connect(self.show_failure)
        self.details.failed.connect(self.show_failure)
        self.details.chosen.connect(self._on_chosen)
        self.details.opened.connect(self._on_opened)
        self.transcript.failed.connect(self.show_failure)
        self.transcript.chosen.connect(self._on_chosen)
        self.more.folded.connect(self._on_folded)
        self.compress.clicked.connect(self.compress_asked)
        self.restore.clicked.connect(self.restore_asked)

    # -- which episode ---------------------------------------------------------------------

    def clear(self) -> None:
        """Show no episode."""
        self._wanted_id = self.episode = None
        for read in (self._opening, self._begin, self._state):
            read.cancel()
        self.ladder.show(None)
        self.page.show_empty(
            "No episode chosen",
            "Choose one under All compressed, or in the Episodes view.",
        )

    def show_episode(self, episode_id: int, seq: int | None = None) -> None:
        """Show an episode's mask, at a step if one is named."""
        if seq is not None:
            self._choose(seq)
        if episode_id != self._wanted_id:
            self._wanted_id, self._seq = episode_id, seq or 0
            self.reload()

    def refresh(self) -> None:
        """Read the episode again if it has grown, or been compressed, since it was read.

        While others are compressed the store changes all the time.
        """
        episode_id, shown = self._wanted_id, self.episode
        if episode_id is None or shown is None or shown.detail.episode.id != episode_id:
            self.reload()
            return

        def on_state(state: State) -> None:
            if self._wanted_id == episode_id and state != shown.state:
                self.reload()

        self._state.ask(partial(read_state, episode_id=episode_id), on_state, self.show_failure)

    def reload(self) -> None:
        """Read the episode again: first what can be read at once, then what is worked out."""
        episode_id = self._wanted_id
        if episode_id is None:
            return

        def call(memory: Memory, job: Job) -> MaskedEpisode:
            return read_episode(memory, job, episode_id)

        self.page.show_loading("Reading the episode…")
        self._opening.ask(
            partial(read_opening, episode_id=episode_id), self._on_opening, self.show_failure
        )
        self._begin.ask(call, self._on_episode, self.show_failure, self._on_progress)

    def _on_progress(self, progress: Progress) -> None:
        if self.page.shows_content:
            self.progress.show_progress(f"{_PREPARING}…", progress, lambda: None)
            self.progress.button.hide()

    def _on_opening(self, opening: Opening) -> None:
        """Show what is stored, or of a whole episode what would be kept at most."""
        row = opening.detail.episode
        self._title.setText(one_line(row.name, 200))
        self.held.show_episode(row)
        self.restore.setVisible(opening.stored is not None and row.evicted_at is None)
        self.compress.setVisible(row.evicted_at is None)
        self.transcript.open(opening)
        if not opening.steps:
            self.page.show_empty("This episode has no steps", "There is nothing to keep of it.")
            return
        if not self.shown or self.shown[0].kept.episode_id != row.id:
            stored = opening.stored
            if stored is None:
                figure = guessed_figure(row, self.budget.wanted().ratio)
                self.figure.say(*figure)
            else:
                warning = warning_of(opening.shares, opening.steps, stored=True)
                self.figure.say(*stored_figure(stored), warning)
        self.page.show_content()

    def _on_episode(self, episode: MaskedEpisode) -> None:
        other = self.episode is None or self.episode.detail.episode.id != episode.detail.episode.id
        self.episode, self.shown = episode, ()
        self.progress.hide()
        self.details.forget()
        if not episode.steps:
            return
        deleted = episode.left is not None
        self.restore.setVisible(episode.stored is not None and not deleted)
        self.compress.setVisible(not deleted)
        self.budget.setVisible(not deleted)
        self.budget.scoring.setVisible(not deleted)
        if episode.left is not None:
            self.ladder.show(None)
            self._show((episode.left,), episode)
            return
        self.budget.offer(episode.scorers)
        if episode.stored is not None and other:
            self.budget.show_budget(episode.stored.budget, episode.stored.scorer)
        self.ladder.show(episode)
        self.budget.show_ready(())
        self.details.show_waiting(episode, "Working out what this budget keeps…")
        self._want()

    def show_failure(self, error: Exception) -> None:
        """Say what failed, and offer to read again; the next change of the store does, too."""
        self.episode = None
        self.progress.hide()
        self.page.show_error("What compression keeps could not be worked out", error, self.reload)

    # -- which budget ----------------------------------------------------------------------

    def _want(self) -> None:
        episode = self.episode
        if episode is None or episode.left is not None:
            return
        self.ladder.want(self.budget.wanted())
        self.budget.show_ready(self.ladder.ready())
        if self.ladder.readings() is None and (guesses := self.ladder.estimates()):
            self._show(guesses, episode)

    def _on_arrived(self) -> None:
        episode, readings = self.episode, self.ladder.readings()
        if episode is None or readings is None:
            return
        self._show(tuple(reading for reading in readings if reading is not None), episode)

    def _show(self, readings: tuple[MaskReading, ...], episode: MaskedEpisode) -> None:
        """Show compressions, or estimates of them."""
        self.shown = readings
        self.page.show_content()
        if not readings:
            self.figure.say("100 %", TOO_SMALL)
            self.transcript.show_none()
            self.details.show_none(
                episode,
                "Too small for this budget",
                "Not even the smallest record of it fits, so the episode keeps its full text."
                " Choose a larger budget.",
            )
            return
        first, left = readings[0], episode.left is not None
        stored = is_stored(first, episode)
        figure = kept_figure(first, episode.detail.episode, stored=stored, left=left)
        warning = warning_of(first.shares, episode.steps, stored=stored, exact=first.exact)
        self.figure.say(*figure, warning)
        self.transcript.show_kept(first, left=left)
        if self.more.is_open:
            self._show_details()

    def _on_folded(self, folded: bool) -> None:
        """Give the details most of the page, and work them out only then."""
        self._column.setStretchFactor(self.more, 0 if folded else 3)
        if not folded:
            self._show_details()

    def _show_details(self) -> None:
        if self.episode is not None and self.shown:
            differing = self.budget.differing.isChecked() and len(self.shown) == 2
            self.details.show_masks(self.episode, self.shown, differing=differing)
            self._choose(min(self._seq, len(self.episode.steps) - 1))

    # -- which step ------------------------------------------------------------------------

    def _on_chosen(self, seq: int) -> None:
        self._choose(seq)
        if self._wanted_id is not None:
            self.chosen.emit(self._wanted_id, seq)

    def _on_opened(self, seq: int) -> None:
        if self._wanted_id is not None:
            self.opened.emit(self._wanted_id, seq)

    def _choose(self, seq: int) -> None:
        self._seq = seq
        if self.more.is_open:
            self.details.choose(seq)
