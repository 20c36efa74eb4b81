"""One episode's mask: what a budget keeps of it, by one scorer or two, and what it loses."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.kit.controls.held_badges import HeldBadges
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, local_time, number, size
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.masks.budget_bar import BudgetBar
from app.masks.budget_ladder import BudgetLadder
from app.masks.kept.identifiers import KeptIdentifiersText
from app.masks.kept.steps import KeptSteps
from app.masks.kept.text import KeptText
from app.masks.mask_reading import (
    MaskedEpisode,
    MaskReading,
    State,
    disagreements,
    read_episode,
    read_state,
)
from app.masks.mask_strip import MaskStrip
from app.masks.rebuilt.pane import RebuiltPane
from app.masks.side_car_list import SideCarList
from hpm_engine import Job, KeptFor, KeptSpan, Memory, Step

_REST_MS = 40  # walking through the steps reads only those where one stays


class MaskPane(QWidget):
    """The page of one mask; ``chosen`` names a step, ``opened`` one whose whole card is wanted."""

    chosen = Signal(int, int)
    opened = Signal(int, int)
    compress_asked, restore_asked = Signal(), Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._begin = LatestRead(session, self, whole_store=True)
        self._state = LatestRead(session, self)
        self._step = LatestRead(session, self)
        self.ladder = BudgetLadder(session, self)
        self._wanted_id: int | None = None
        self.episode: MaskedEpisode | None = None
        self.shown: tuple[MaskReading, ...] = ()
        self._seq = 0
        self._title = SafeLabel(bold=True)
        self.held = HeldBadges()
        self.facts = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.budget = BudgetBar()
        self.strip = MaskStrip()
        self.steps = KeptSteps()
        self.text, self.words, self.bytes = KeptText(), KeptIdentifiersText(), SideCarList()
        self._why = SafeLabel(wrap=True)
        self.rebuilt = RebuiltPane(session)
        self.legend = SafeLabel(tone=Colour.MUTED)
        self.compress = QPushButton("Compress now…")
        self.restore = QPushButton("Make whole")
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self.body = StatePage(self._lower())
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self._connect()
        self.clear()

    def _content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        top = QHBoxLayout()
        top.addWidget(self._title, 1)
        for widget in (self.held, self.restore, self.compress):
            top.addWidget(widget)
        layout.addLayout(top)
        layout.addWidget(self.budget)
        layout.addWidget(self.facts)
        layout.addWidget(self.strip)
        legends = QVBoxLayout()
        legends.setSpacing(0)
        legends.addWidget(self.legend)
        legends.addWidget(self.rebuilt.legend)
        layout.addLayout(legends)
        layout.addWidget(self.body, 1)
        return content

    def _lower(self) -> QWidget:
        tabs = QTabWidget()
        tabs.setDocumentMode(True)
        step = QWidget()
        column = QVBoxLayout(step)
        column.setContentsMargins(0, 4, 0, 0)
        column.setSpacing(4)
        self._why.setContentsMargins(6, 2, 6, 2)
        column.addWidget(self._why)
        column.addWidget(self.rebuilt)
        column.addWidget(self.text, 1)
        tabs.addTab(step, "Rebuilt and original")
        tabs.addTab(self.words, "Identifiers")
        tabs.addTab(self.bytes, "Stored bytes")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("kept steps and text")
        split.setChildrenCollapsible(False)
        split.addWidget(self.steps)
        split.addWidget(tabs)
        split.setStretchFactor(0, 6)
        split.setStretchFactor(1, 5)
        return split

    def _connect(self) -> None:
        self.budget.changed.connect(self._want)
        self.ladder.arrived.connect(self._on_arrived)
        self.ladder.more.connect(lambda: self.budget.show_ready(self.ladder.ready()))
        self.ladder.failed.connect(self.show_failure)
        self.rebuilt.arrived.connect(lambda: self.strip.show_rebuilt(self.rebuilt.shown))
        self.rebuilt.failed.connect(self.show_failure)
        self.rebuilt.went.connect(self._on_chosen)
        self.strip.chosen.connect(self._on_chosen)
        self.steps.chosen.connect(self._on_chosen)
        self.steps.opened.connect(self._on_opened)
        self.compress.clicked.connect(self.compress_asked)
        self.restore.clicked.connect(self.restore_asked)
        self._rest.timeout.connect(self._read_step)

    # -- which episode ---------------------------------------------------------------------

    def clear(self) -> None:
        """Show no episode."""
        self._wanted_id = self.episode = None
        self._begin.cancel()
        self._state.cancel()
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
        """Read the episode again."""
        episode_id = self._wanted_id
        if episode_id is None:
            return

        def call(memory: Memory, job: Job) -> MaskedEpisode:
            return read_episode(memory, job, episode_id)

        self.page.show_loading("Reading the course of the actions…")
        self._begin.ask(call, self._on_episode, self.show_failure)

    def _on_episode(self, episode: MaskedEpisode) -> None:
        other = self.episode is None or self.episode.detail.episode.id != episode.detail.episode.id
        self.episode, self.shown = episode, ()
        self.rebuilt.forget()
        row = episode.detail.episode
        self._title.setText(one_line(row.name, 200))
        self.held.show_episode(row)
        if not episode.steps:
            self.page.show_empty("This episode has no steps", "There is nothing to keep of it.")
            return
        evicted = episode.left is not None
        self.restore.setVisible(episode.stored is not None and not evicted)
        self.compress.setVisible(not evicted)
        self.budget.setVisible(not evicted)
        if episode.left is not None:
            self.ladder.show(None)
            self.page.show_content()
            self._show((episode.left,), episode)
            return
        self.budget.offer(episode.scorers)
        if episode.stored is not None and other:
            self.budget.show_budget(episode.stored.budget, episode.stored.scorer)
        self.ladder.show(episode)
        self.budget.show_ready(())
        self.strip.show_masks(episode, ())
        self.facts.setText("Working out what this budget keeps…")
        self.page.show_content()
        self.body.show_loading("Working out what this budget keeps…")
        self._want()

    def show_failure(self, error: Exception) -> None:
        """Say what failed, and offer to read again; the next change of the store does, too."""
        self.episode = None
        self.page.show_error("The mask could not be worked out", error, self.reload)

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
        """Show compressions, or estimates of them: their bytes and identifiers follow later."""
        self.shown = readings
        if not readings:
            self.strip.show_masks(episode, ())
            self.rebuilt.forget()
            self.facts.setText("○ stays whole: the budget holds nothing of so small an episode")
            self.body.show_empty(
                "Too small for this budget",
                "Not even the mask's head fits. The episode stays whole; choose a larger budget.",
            )
            return
        described = "\n".join(_describe(reading, episode) for reading in readings)
        self.facts.setText(described + _differ(readings))
        self.strip.show_masks(episode, readings)
        self.legend.setText(_legend(readings))
        self.rebuilt.show_masks(episode, readings)
        self.strip.show_rebuilt(self.rebuilt.shown)
        differing = self.budget.differing.isChecked() and len(readings) == 2
        self.steps.show_masks(episode.steps, readings, differing=differing)
        if readings[0].exact:
            self.words.show_identifiers(readings[0].identifiers)
            self.bytes.show_sizes(readings[0].kept)
        else:
            self.words.show_waiting()
            self.bytes.show_waiting()
        self.body.show_content()
        self._choose(min(self._seq, len(episode.steps) - 1))

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
        self.strip.show_current(seq)
        self.steps.choose(seq)
        self._rest.start()

    def _read_step(self) -> None:
        episode, seq = self.episode, self._seq
        if episode is None or not self.shown or seq >= len(episode.steps):
            return
        episode_id = episode.detail.episode.id
        self._why.setText("\n".join(reading.why(episode.steps[seq]) for reading in self.shown))
        self.rebuilt.show_step(seq)

        def call(memory: Memory, _job: Job) -> list[Step]:
            return memory.steps.read(episode_id, seq, seq + 1)

        self._step.ask(call, self._on_step, self.show_failure)

    def _on_step(self, steps: list[Step]) -> None:
        if steps and self.shown:
            spans = self.shown[0].spans.get(steps[0].seq, ())
            left = self.episode is not None and self.episode.left is not None
            self.text.show_step(steps[0], _whole(steps[0]) if left else spans)


def _describe(reading: MaskReading, episode: MaskedEpisode) -> str:
    kept, words = reading.kept, reading.identifiers
    held = sum(map(bool, reading.shares))
    decisions = f"{number(reading.points_kept)} / {counted(len(kept.decision_points), 'decision')}"
    if not reading.exact:
        return (
            f"≈ estimate, counted in a moment  ·  {size(kept.stored_size)} or less  ·"
            f"  text of about {number(held)} / {counted(kept.steps, 'step')}  ·"
            f"  about {decisions}"
        )
    packed = f", {size(kept.zstd_size)} at zstd 19" if kept.zstd_size is not None else ""
    stored = episode.stored
    same = stored is not None and (stored.budget, stored.scorer) == (kept.budget, kept.scorer)
    lost = f" {number(words.lost)} lost"
    if episode.left is not None:
        lost = f" the rest was evicted {local_time(episode.detail.episode.evicted_at)}"
    facts = (
        f"{'● stored' if same else '◌ preview'} {size(kept.stored_size)} of {size(kept.limit)}",
        f"{kept.raw_size / max(1, kept.stored_size):.1f}x below {size(kept.raw_size)}{packed}",
        f"text of {number(held)} / {counted(kept.steps, 'step')}",
        decisions,
        f"identifiers: {number(len(words.ledger_only))} in the ledger alone,{lost}",
    )
    return "  ·  ".join(facts)


def _differ(readings: tuple[MaskReading, ...]) -> str:
    if len(readings) < 2:
        return ""
    return f"\n≠ they disagree on {counted(len(disagreements(*readings)), 'step')}"


def _legend(readings: tuple[MaskReading, ...]) -> str:
    """What the strip shows: bars of the values themselves would all look alike, or none would."""
    low = min(min(reading.kept.mask, default=0) for reading in readings) / 255
    high = max(max(reading.kept.mask, default=0) for reading in readings) / 255
    return (
        f"bars: how many steps each outranks by mask value ({low:.2f} to {high:.2f}) · grey:"
        " dropped · kept: the share of its text · ◆ decision point, ◇ dropped"
    )


def _whole(step: Step) -> tuple[KeptSpan, ...]:
    """Of an evicted episode's step, whatever is there was kept."""
    return tuple(
        KeptSpan(step.seq, index, part.kind, 0, part.text, KeptFor.MASK)
        for index, part in enumerate(step.parts)
        if part.text
    )
