"""A mask in detail: who values, the strip over time, each step's value, what is rebuilt."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QSplitter, QTabWidget, QVBoxLayout, QWidget

from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, local_time, number, size
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR
from app.masks.kept.identifiers import KeptIdentifiersText
from app.masks.kept.steps import KeptSteps
from app.masks.kept.text import KeptText
from app.masks.mask_legend import MaskLegend
from app.masks.mask_reading import MaskedEpisode, MaskReading, disagreements
from app.masks.mask_strip import MaskStrip
from app.masks.rebuilt.pane import RebuiltPane
from app.masks.side_car_list import SideCarList
from hpm_engine import Job, KeptFor, KeptSpan, Memory, Step

_REST_MS = 40  # walking through the steps reads only those where one stays


class MaskDetails(QWidget):
    """What lies under the transcript; ``chosen`` and ``opened`` name a step."""

    chosen = Signal(int)
    opened = Signal(int)
    failed = Signal(object)

    def __init__(self, session: Session, scoring: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = LatestRead(session, self)
        self._episode: MaskedEpisode | None = None
        self._shown: tuple[MaskReading, ...] = ()
        self._seq = 0
        self.facts = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.strip = MaskStrip()
        self.legend = MaskLegend()
        self.steps = KeptSteps()
        self.text, self.words, self.bytes = KeptText(), KeptIdentifiersText(), SideCarList()
        self._why = SafeLabel(wrap=True)
        self.rebuilt = RebuiltPane(session)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self.body = StatePage(self._lower())
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        parts = (scoring, self.facts, self.strip, self.legend, self.rebuilt.legend)
        for part in parts:
            column.addWidget(part)
        column.addWidget(self.body, 1)
        self.rebuilt.arrived.connect(lambda: self.strip.show_rebuilt(self.rebuilt.shown))
        self.rebuilt.failed.connect(self.failed)
        self.rebuilt.went.connect(self.chosen)
        self.strip.chosen.connect(self.chosen)
        self.steps.chosen.connect(self.chosen)
        self.steps.opened.connect(self.opened)
        self._rest.timeout.connect(self._read_step)

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
        tabs.addTab(self.words, "Names")
        tabs.addTab(self.bytes, "Stored bytes")
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setObjectName("kept steps and text")
        split.setChildrenCollapsible(False)
        split.addWidget(self.steps)
        split.addWidget(tabs)
        split.setStretchFactor(0, 6)
        split.setStretchFactor(1, 5)
        split.setMinimumHeight(self.fontMetrics().height() * 8)
        return split

    # -- what is shown ---------------------------------------------------------------------

    def forget(self) -> None:
        """Begin with another episode, or with a changed state of one."""
        self._shown = ()
        self.rebuilt.forget()

    def show_waiting(self, episode: MaskedEpisode, text: str) -> None:
        """Show the course of the actions; the masks follow."""
        self._episode, self._shown = episode, ()
        self.strip.show_masks(episode, ())
        self.facts.setText(text)
        self.body.show_loading(text)

    def show_none(self, episode: MaskedEpisode, title: str, text: str) -> None:
        """Say why there is no mask."""
        self._episode, self._shown = episode, ()
        self.strip.show_masks(episode, ())
        self.rebuilt.forget()
        self.facts.setText(title)
        self.body.show_empty(title, text)

    def show_masks(
        self, episode: MaskedEpisode, readings: tuple[MaskReading, ...], *, differing: bool
    ) -> None:
        """Show compressions, or estimates of them: their bytes and identifiers follow later."""
        self._episode, self._shown = episode, readings
        described = "\n".join(_describe(reading, episode) for reading in readings)
        self.facts.setText(described + _differ(readings))
        self.strip.show_masks(episode, readings)
        self.legend.show_masks(readings)
        self.rebuilt.show_masks(episode, readings)
        self.strip.show_rebuilt(self.rebuilt.shown)
        self.steps.show_masks(episode.steps, readings, differing=differing)
        if readings[0].exact:
            self.words.show_identifiers(readings[0].identifiers)
            self.bytes.show_sizes(readings[0].kept)
        else:
            self.words.show_waiting()
            self.bytes.show_waiting()
        self.body.show_content()

    # -- which step ------------------------------------------------------------------------

    def choose(self, seq: int) -> None:
        """Show a step as the chosen one."""
        self._seq = seq
        self.strip.show_current(seq)
        self.steps.choose(seq)
        self._rest.start()

    def _read_step(self) -> None:
        episode, seq = self._episode, self._seq
        if episode is None or not self._shown or seq >= len(episode.steps):
            return
        episode_id = episode.detail.episode.id
        self._why.setText("\n".join(reading.why(episode.steps[seq]) for reading in self._shown))
        self.rebuilt.show_step(seq)

        def call(memory: Memory, _job: Job) -> list[Step]:
            return memory.steps.read(episode_id, seq, seq + 1)

        self._step.ask(call, partial(self._on_step, episode), self.failed.emit)

    def _on_step(self, episode: MaskedEpisode, steps: list[Step]) -> None:
        if steps and self._shown and episode is self._episode:
            spans = self._shown[0].spans.get(steps[0].seq, ())
            whole = episode.left is not None
            self.text.show_step(steps[0], whole_spans(steps[0]) if whole else spans)


def whole_spans(step: Step) -> tuple[KeptSpan, ...]:
    """Of an evicted episode's step, whatever is there was kept."""
    return tuple(
        KeptSpan(step.seq, index, part.kind, 0, part.text, KeptFor.MASK)
        for index, part in enumerate(step.parts)
        if part.text
    )


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
    same = is_stored(reading, episode)
    lost = f" {number(words.lost)} lost"
    if episode.left is not None:
        lost = f" the rest was deleted {local_time(episode.detail.episode.evicted_at)}"
    facts = (
        f"{'● stored' if same else '◌ preview'} {size(kept.stored_size)} of {size(kept.limit)}",
        f"{kept.raw_size / max(1, kept.stored_size):.1f}x below {size(kept.raw_size)}{packed}",
        f"text of {number(held)} / {counted(kept.steps, 'step')}",
        decisions,
        f"names: {number(len(words.ledger_only))} in the names list alone,{lost}",
    )
    return "  ·  ".join(facts)


def is_stored(reading: MaskReading, episode: MaskedEpisode) -> bool:
    """Whether a compression is the one that the store keeps."""
    stored, kept = episode.stored, reading.kept
    return stored is not None and (stored.budget, stored.scorer) == (kept.budget, kept.scorer)


def _differ(readings: tuple[MaskReading, ...]) -> str:
    if len(readings) < 2:
        return ""
    return f"\n≠ they disagree on {counted(len(disagreements(*readings)), 'step')}"
