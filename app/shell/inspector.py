"""The inspector on the right: what is selected anywhere, with its lineage."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QDockWidget, QFrame, QScrollArea, QVBoxLayout, QWidget

from app.kit.controls.fact_list import Fact, FactList
from app.kit.latest_read import LatestRead
from app.kit.navigation import Navigator, Place
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.view_names import ViewName
from app.shell.episode_facts import (
    Recalls,
    episode_facts,
    lineage_facts,
    prototype_facts,
    source_facts,
    step_facts,
)
from hpm_engine import Changed, EpisodeDetail, Holding, Job, Memory, RecallFilter, Step

_SETTLE_MS = 60  # walking through a table asks only for where one stays
_EMPTY = "Select an episode to see its facts, its lineage and the file it came from."

_RECALLS_SHOWN = 3
_SHOWN = Changed.EPISODES | Changed.MARKS | Changed.RECALLS | Changed.PROTOTYPES

Answer = tuple[EpisodeDetail, Step | None, Recalls, list[Holding]]


class Inspector(QDockWidget):
    """A dock of facts that follows the navigator; late answers are dropped; ``shown`` has an id."""

    shown = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Inspector", parent)
        self.setObjectName("inspector")
        self.setAllowedAreas(
            Qt.DockWidgetArea.RightDockWidgetArea | Qt.DockWidgetArea.LeftDockWidgetArea
        )
        self._session: Session | None = None
        self._navigator: Navigator | None = None
        self._reads: LatestRead | None = None
        self._place: Place | None = None
        self._title = SafeLabel(bold=True, wrap=True)
        self._hint = SafeLabel(_EMPTY, tone=Colour.MUTED, wrap=True)
        self._step = FactList("Step")
        self._lineage = FactList("Lineage")
        self._prototypes = FactList("Settled into prototypes")
        self._episode = FactList("Episode")
        self._source = FactList("Source")
        self._timer = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._timer.timeout.connect(self._ask)
        self.setWidget(self._build())

    def follow(self, session: Session, navigator: Navigator) -> None:
        """Show what is selected in an open store."""
        self.leave()
        self._session, self._navigator = session, navigator
        self._reads = LatestRead(session, self)
        navigator.moved.connect(self._on_moved)
        session.changed.connect(self._on_changed)
        self._on_moved(navigator.current)

    def leave(self) -> None:
        """Show nothing, since no store is open."""
        self._timer.stop()
        if self._reads is not None:
            self._reads.cancel()
        self._session = self._navigator = self._reads = self._place = None
        self._show_nothing(_EMPTY)

    def groups(self) -> dict[str, tuple[Fact, ...]]:
        """The facts on screen by their heading."""
        return {
            "step": self._step.facts(),
            "lineage": self._lineage.facts(),
            "prototypes": self._prototypes.facts(),
            "episode": self._episode.facts(),
            "source": self._source.facts(),
        }

    def _build(self) -> QWidget:
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(12, 8, 8, 12)
        column.setSpacing(12)
        for part in (
            self._hint,
            self._title,
            self._step,
            self._lineage,
            self._prototypes,
            self._episode,
            self._source,
        ):
            column.addWidget(part)
        column.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setAccessibleName("Facts of the selection")
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setWidget(inside)
        area.setMinimumWidth(self.fontMetrics().averageCharWidth() * 30)
        return area

    def _on_moved(self, place: Place) -> None:
        if place.episode_id is None:
            self._timer.stop()
            if self._reads is not None:
                self._reads.cancel()
            self._place = None
            self._show_nothing(_EMPTY)
        elif self._place is None or (place.episode_id, place.seq) != (
            self._place.episode_id,
            self._place.seq,
        ):
            self._place = place
            self._timer.start()

    def _on_changed(self, changed: Changed) -> None:
        if changed & _SHOWN and self._place is not None:
            self._timer.start()

    def _ask(self) -> None:
        place = self._place
        if self._reads is None or place is None or place.episode_id is None:
            return
        episode_id, seq = place.episode_id, place.seq

        def look(memory: Memory, job: Job) -> Answer:
            detail = memory.episodes.detail(episode_id)
            steps = memory.steps.read(episode_id, seq, seq + 1) if seq is not None else []
            # Only where there are some: it spares a first look the modules of consolidation.
            held = memory.consolidation.holding(episode_id) if detail.held_by else []
            return detail, steps[0] if steps else None, _recalls(memory, detail), held

        self._reads.ask(look, self._show, lambda error: self._show_nothing(str(error)))

    def _show(self, answer: Answer) -> None:
        detail, step, recalls, held = answer
        self._hint.hide()
        self._title.setText(one_line(detail.episode.name, 200))
        self._title.show()
        self._step.show_facts(step_facts(step, detail.episode.steps) if step else ())
        self._lineage.show_facts(lineage_facts(detail, self._go, recalls, self._go_recall))
        self._prototypes.show_facts(prototype_facts(held, self._go_prototype))
        self._episode.show_facts(episode_facts(detail.episode))
        self._source.show_facts(source_facts(detail))
        self.shown.emit(detail.episode.id)

    def _show_nothing(self, why: str) -> None:
        self._hint.setText(why)
        self._hint.show()
        self._title.hide()
        for group in (
            self._step,
            self._lineage,
            self._prototypes,
            self._episode,
            self._source,
        ):
            group.show_facts(())

    def _go(self, episode_id: int) -> None:
        if self._navigator is not None:
            self._navigator.go(Place(ViewName.EPISODES, episode_id))

    def _go_recall(self, recall_id: int) -> None:
        if self._navigator is not None and self._place is not None:
            episode_id = self._place.episode_id
            self._navigator.go(Place(ViewName.RECALL, episode_id, None, recall_id))

    def _go_prototype(self, prototype_id: int) -> None:
        if self._navigator is not None and self._place is not None:
            episode_id, seq = self._place.episode_id, self._place.seq
            place = Place(ViewName.PROTOTYPES, episode_id, seq, prototype_id=prototype_id)
            self._navigator.show(place)


def _recalls(memory: Memory, detail: EpisodeDetail) -> Recalls:
    """The recalls that gave an episode: how many, and the last."""
    if detail.episode.last_recalled_at is None:  # spares a first look the modules of recall
        return 0, ()
    of = RecallFilter(episode_id=detail.episode.id)
    return memory.recall.past_count(of), tuple(memory.recall.past(0, _RECALLS_SHOWN, of))
