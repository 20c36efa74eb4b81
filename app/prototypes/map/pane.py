"""The map with its controls: colours, what dragging does, the cycles, and laying it out."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.kit.controls.notice_line import NoticeLine
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import counted, number
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.prototypes.map.cycle_slider import CycleSlider
from app.prototypes.map.legend import MapLegend
from app.prototypes.map.scene import ColourBy, MapScene
from app.prototypes.map.widget import Drag, PrototypeMap
from hpm_engine import Job, MapMoment, MapState, Memory, Progress

_SAYS = {
    MapState.QUICK: "A first, quick map; a better one follows.",
    MapState.BEHIND: "The map as it lay before the last cycle; what is new stands nearby.",
}


class MapPane(QWidget):
    """The map of prototypes with its controls and its legend.

    ``arrived`` carries a map that was laid out, ``selected`` rows, ``opened`` a step.

    A map that is not laid out yet is shown at once, and laid out beside.
    """

    arrived = Signal(object)
    selected = Signal(object)
    opened = Signal(int, int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._history = LatestRead(session, self, whole_store=True)
        self._fit: Any = None
        self._stopped = False  # by a person; then it does not begin again by itself
        self.scene: MapScene | None = None
        self.map = PrototypeMap()
        self.legend = MapLegend()
        self.notice = NoticeLine("State of the map")
        self.slider = CycleSlider()
        self.facts = SafeLabel(tone=Colour.MUTED)
        self.colours = _choice("What colour and shape say", ColourBy)
        self.drag = _choice("What dragging on the map does", Drag)
        self.whole = QPushButton("Show all")
        self._arrange()
        self.map.selected.connect(self.selected)
        self.map.opened.connect(self.opened)
        self.slider.moved.connect(self._on_moment)
        self.colours.currentIndexChanged.connect(self._on_colours)
        self.drag.currentIndexChanged.connect(self._on_drag)
        self.whole.clicked.connect(self.map.show_all)

    def _arrange(self) -> None:
        top = FlowLayout()
        top.setContentsMargins(MEDIUM, HAIR, HAIR, 0)
        top.setSpacing(SMALL)
        for name, box in (("Colour", self.colours), ("Drag", self.drag)):
            pair = QWidget()
            row = QHBoxLayout(pair)
            row.setContentsMargins(0, 0, 0, 0)
            row.addWidget(SafeLabel(name, tone=Colour.MUTED, whole=True))
            row.addWidget(box)
            top.addWidget(pair)
        top.addWidget(self.whole)
        top.addWidget(self.facts)
        below = QVBoxLayout()
        below.setContentsMargins(12, 0, 4, 4)
        below.addWidget(self.legend)
        below.addWidget(self.slider)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(self.notice)
        layout.addWidget(self.map, 1)
        layout.addLayout(below)

    # -- the map ---------------------------------------------------------------------------

    def show_map(self, scene: MapScene) -> None:
        """Show a map; one that is not laid out for these prototypes is laid out beside."""
        if self.scene is not None and scene.prototype_map == self.scene.prototype_map:
            self._keep_laid_out()
            return
        self.scene = scene
        self.map.show_scene(scene)
        self._show_legend()
        prototype_map, shown = scene.prototype_map, len(scene.points)
        text = f"{counted(len(scene.prototypes), 'topic')} of {_memories(shown)}"
        if shown < prototype_map.total:
            text += f" shown of {number(prototype_map.total)}"
        if prototype_map.state is MapState.LAID_OUT and prototype_map.fitted < shown:
            text += f"; {number(prototype_map.fitted)} laid out, the others put among them"
        self.facts.setText(text)
        self.slider.show_moments(())
        self._history.ask(_moments, self._on_moments, lambda _: self.slider.show_moments(()))
        self._keep_laid_out()

    def showEvent(self, event: QShowEvent) -> None:
        """Lay out a map that became stale while nobody looked at it."""
        super().showEvent(event)
        self._keep_laid_out()

    def _keep_laid_out(self) -> None:
        """Lay the map out if it is not, unless a person stopped that or nobody looks at it."""
        if self.scene is None or self._fit is not None:
            return
        if self.scene.prototype_map.state is MapState.LAID_OUT:
            self.notice.hide()
        elif self._stopped:
            self._offer(_SAYS[self.scene.prototype_map.state])
        elif self.isVisible():
            self.lay_out()

    def lay_out(self) -> None:
        """Lay the map out by UMAP, as a job; a new one takes the place of one under way."""
        self.stop()
        self._stopped = False
        self._fit = task = self._session.read(_fit, "Lay out the map")
        task.progressed.connect(self._tell)
        task.succeeded.connect(self._on_fitted)
        task.failed.connect(self._on_not_fitted)
        task.cancelled.connect(self._on_stopped)
        self._tell(None)

    def stop(self) -> None:
        """Stop laying it out."""
        if self._fit is not None:
            task, self._fit = self._fit, None
            task.progressed.disconnect(self._tell)
            task.succeeded.disconnect(self._on_fitted)
            task.failed.disconnect(self._on_not_fitted)
            task.cancelled.disconnect(self._on_stopped)
            task.cancel()

    def alike(self, row: int) -> list[tuple[int, float]]:
        """The rows of the other prototypes, most alike first, with their cosines."""
        return [] if self.scene is None else self.scene.alike(row)

    def _tell(self, _report: Progress | None) -> None:
        if self._fit is not None and self.scene is not None:
            state = self.scene.prototype_map.state
            text = f"{_SAYS.get(state, 'The map is laid out anew.')} Laying it out…"
            self.notice.show_progress(text, None, self._on_stop)

    def _on_stop(self) -> None:
        self._stopped = True
        self.stop()
        self._on_stopped()

    def _on_stopped(self) -> None:
        self._fit = None
        self._stopped = True
        if self.scene is not None:
            self._offer(_SAYS.get(self.scene.prototype_map.state, "The map was not laid out anew."))

    def _offer(self, text: str) -> None:
        self.notice.say(text, "Lay it out", self.lay_out, Colour.ACCENT)

    def _on_fitted(self, scene: MapScene) -> None:
        self._fit = None
        self._stopped = scene.prototype_map.state is not MapState.LAID_OUT  # a cycle was quicker
        self.notice.hide()
        self.arrived.emit(scene)
        self._stopped = False

    def _on_not_fitted(self, error: Exception) -> None:
        self._fit = None
        self._stopped = True
        self.notice.say(f"✗ {error}", "Try again", self.lay_out, Colour.BAD)

    # -- how it is shown -------------------------------------------------------------------

    def _on_moments(self, moments: list[MapMoment]) -> None:
        self.slider.show_moments(moments)

    def _on_moment(self, index: int) -> None:
        if self.scene is not None:
            self.map.show_standing(self.scene.standing(self.slider.moments, index))

    def _on_colours(self) -> None:
        self.map.colour_by(ColourBy(self.colours.currentData()))
        self._show_legend()

    def _on_drag(self) -> None:
        self.map.drag = Drag(self.drag.currentData())

    def _show_legend(self) -> None:
        if self.map.look is not None:
            self.legend.show_grouping(self.map.look.grouping)


def _choice(name: str, values: type[ColourBy] | type[Drag]) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for value in values:
        box.addItem(value.value, value.value)
    return box


def _fit(memory: Memory, job: Job) -> MapScene:
    return MapScene(memory.consolidation.map.fit(job))


def _moments(memory: Memory, _job: Job) -> list[MapMoment]:
    return memory.consolidation.map.moments()


def _memories(count: int) -> str:
    return counted(count, "memory", "memories")
