"""The prototypes on a plane, with their memories under them; keys or a lasso select."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from math import exp
from typing import Any

from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from app.kit.command_menu import Offer
from app.kit.controls.picture_menu import Rows, popup_picture_menu
from app.kit.formatting import counted, local_time
from app.kit.plain_text import one_line, tip
from app.kit.theme.colour import Colour
from app.prototypes.map.figures import map_figures
from app.prototypes.map.framing import whole
from app.prototypes.map.look import Look, Viewport
from app.prototypes.map.painter import MapPainter
from app.prototypes.map.reach import Reach
from app.prototypes.map.scene import ColourBy, MapScene, Standing

_NAMED = 5  # selected prototypes that a screen reader is told
_FARTHEST = 400.0  # times the scale of the whole map
_ARROWS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Drag(StrEnum):
    """What dragging does; Shift draws a rectangle and Ctrl a lasso whatever is chosen."""

    MOVE = "Move"
    RECTANGLE = "Rectangle"
    LASSO = "Lasso"


class PrototypeMap(QWidget):
    """The map: ``selected`` carries rows of prototypes, ``opened`` the first step of a memory.

    Wheel, + and - zoom, 0 shows all; arrow keys go from prototype to prototype, with Ctrl they move
    the map. What is dragged over is selected; Ctrl+A selects all, Esc nothing.
    """

    selected = Signal(object)
    opened = Signal(int, int)
    painted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.scene: MapScene | None = None
        self.drag = Drag.MOVE
        self.look: Look | None = None
        self.view = Viewport()
        self._painter = MapPainter()
        self._by = ColourBy.PROJECT
        self._offer: Offer = tuple
        self._outline: list[QPointF] = []
        self._grip: QPointF | None = None
        self._drawing = Drag.MOVE
        self._untouched = True
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(240, 200)
        self.setAccessibleName("Map of the topics")

    # -- what is shown ---------------------------------------------------------------------

    def show_scene(self, scene: MapScene) -> None:
        """Show a map; one that was moved or zoomed keeps its part in sight."""
        self.scene = scene
        self._renew(standing=scene.now, selected=frozenset(), current=-1)
        if self._untouched:
            self.show_all()
        self._describe()

    def colour_by(self, by: ColourBy) -> None:
        """Colour and shape the map by something else."""
        self._by = by
        self._renew()

    def show_standing(self, standing: Standing) -> None:
        """Show the prototypes as they stood at some moment."""
        self._renew(standing=standing)

    def show_selection(self, rows: Sequence[int], current: int) -> None:
        """Mark the selected prototypes, and dim the others."""
        self._renew(selected=frozenset(rows), current=current)
        self._describe()

    def _describe(self) -> None:
        """Say in words what is on the map and selected."""
        if self.scene is None or self.look is None:
            return
        memories = counted(len(self.scene.points), "memory", "memories")
        text = f"{counted(len(self.scene.prototypes), 'topic')}, {memories}"
        names = [one_line(self.scene.prototypes[row].told, 60) for row in self.look.selected]
        if names:
            text += f"; selected: {', '.join(sorted(names)[:_NAMED])}"
        self.setAccessibleDescription(text)

    def show_all(self) -> None:
        """Fit the whole map into the widget."""
        self._untouched = True
        if self.scene is not None and len(self.scene.places):
            self.view = whole(self.scene, self.size())
        self.update()

    def zoom(self, factor: float, about: QPointF | None = None) -> None:
        """Enlarge the map around a pixel, by default the middle."""
        fixed = about or QPointF(self.width() / 2, self.height() / 2)
        x, y = self.view.point(fixed, self.size())
        whole = self._whole_scale()
        scale = min(max(self.view.scale * factor, whole / 4), whole * _FARTHEST)
        rate = self.view.scale / scale
        middle = x + (self.view.x - x) * rate, y + (self.view.y - y) * rate
        self.view = Viewport(*middle, scale, self.view.stretch)
        self._untouched = False
        self.update()

    def pan(self, dx: float, dy: float) -> None:
        """Move the map by pixels."""
        view = self.view
        x, y = view.x - dx / (view.scale * view.stretch), view.y + dy / view.scale
        self.view = Viewport(x, y, view.scale, view.stretch)
        self._untouched = False
        self.update()

    def _renew(self, **changes: Any) -> None:
        """Look at the scene as before but for ``changes``; without any, group it anew."""
        scene, look = self.scene, self.look
        if scene is None:
            return
        if look is None or look.scene is not scene:
            look = Look(scene, scene.grouped(self._by), scene.now)
        elif not changes:
            look = replace(look, grouping=scene.grouped(self._by))
        self.look = replace(look, **changes)
        self.update()

    def _whole_scale(self) -> float:
        if self.scene is None or not len(self.scene.places):
            return 1.0
        return whole(self.scene, self.size()).scale

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the map, and the lasso while one draws."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), Colour.SURFACE.qcolor())
        if self.look is not None:
            ratio = self.devicePixelRatioF()
            self._painter.paint(painter, self.size(), self.view, self.look, self.palette(), ratio)
        if self._outline and self._drawing is not Drag.MOVE:
            painter.setPen(QPen(Colour.ACCENT.qcolor(), 1.4, Qt.PenStyle.DashLine))
            veil = Colour.ACCENT.qcolor()
            veil.setAlphaF(0.12)
            painter.setBrush(veil)
            painter.drawPolygon(QPolygonF(self._corners()))
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))
        if self.look is not None:
            self.painted.emit()

    def paint_into(self, painter: QPainter, size: QSize) -> None:
        """Paint what is in sight as large as ``size``."""
        if self.look is not None:
            rate = min(size.width() / max(1, self.width()), size.height() / max(1, self.height()))
            view = replace(self.view, scale=self.view.scale * rate)
            MapPainter(vectors=True).paint(painter, size, view, self.look, self.palette(), 2.0)

    def figures(self) -> Rows:
        """A row for each prototype with its point, then one for each memory."""
        return [] if self.look is None else map_figures(self.look)

    # -- what is where ---------------------------------------------------------------------

    def reach(self) -> Reach | None:
        """What can be pointed at now."""
        return None if self.look is None else Reach(self.look, self.view, self.size())

    def _step(self, dx: int, dy: int) -> None:
        reach = self.reach()
        row = reach.beside(dx, dy) if reach is not None else None
        if row is not None:
            self.selected.emit((row,))

    # -- events ----------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole map in sight while nobody chose a part of it."""
        super().resizeEvent(event)
        if self._untouched:
            self.show_all()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin to move, or to draw around something."""
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        keys = event.modifiers()
        self._drawing = self.drag
        if keys & Qt.KeyboardModifier.ShiftModifier:
            self._drawing = Drag.RECTANGLE
        elif keys & Qt.KeyboardModifier.ControlModifier:
            self._drawing = Drag.LASSO
        self._grip = event.position()
        self._outline = [event.position()]

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Move the map, or go on drawing."""
        if self._grip is None:
            return
        by = event.position() - self._grip
        if self._drawing is Drag.MOVE:
            self.pan(by.x(), by.y())
            self._grip = event.position()
        self._outline.append(event.position())
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Select what was clicked, or drawn around."""
        outline, self._outline, self._grip = self._corners(), [], None
        start = outline[0] if outline else event.position()
        if (event.position() - start).manhattanLength() < 4 and len(outline) < 8:
            self._click(event.position())
        elif self._drawing is not Drag.MOVE and (reach := self.reach()) is not None:
            self.selected.emit(reach.within(outline))
        self.update()

    def _click(self, pixel: QPointF) -> None:
        reach = self.reach()
        if reach is None or self.scene is None:
            return
        row = reach.prototype_under(pixel)
        memory = reach.memory_under(pixel) if row is None else None
        if memory is not None:
            row = int(self.scene.owners[memory])
        self.selected.emit(() if row is None else (row,))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the step that a memory begins with."""
        reach = self.reach()
        memory = reach.memory_under(event.position()) if reach is not None else None
        if memory is not None and self.scene is not None:
            self.opened.emit(int(self.scene.episodes[memory]), int(self.scene.starts[memory]))

    def _corners(self) -> list[QPointF]:
        if self._drawing is not Drag.RECTANGLE or len(self._outline) < 2:
            return self._outline
        start, other = self._outline[0], self._outline[-1]
        return [start, QPointF(other.x(), start.y()), other, QPointF(start.x(), other.y())]

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom around the pointer."""
        self.zoom(exp(event.angleDelta().y() / 500), event.position())
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Do by keys everything that the pointer can do."""
        key, ctrl = Qt.Key(event.key()), event.modifiers() & Qt.KeyboardModifier.ControlModifier
        if key in _ARROWS and ctrl:
            dx, dy = _ARROWS[key]
            self.pan(-60 * dx, -60 * dy)
        elif key in _ARROWS:
            self._step(*_ARROWS[key])
        elif event.text() in ("+", "-", "="):
            self.zoom(0.8 if event.text() == "-" else 1.25)
        elif event.text() == "0" or key is Qt.Key.Key_Home:
            self.show_all()
        elif event.matches(QKeySequence.StandardKey.SelectAll) and self.scene is not None:
            self.selected.emit(tuple(range(len(self.scene.prototypes))))
        elif key is Qt.Key.Key_Escape:
            self.selected.emit(())
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Show a tip with what is under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip:
            QToolTip.showText(event.globalPos(), tip(self._told(QPointF(event.pos()))), self)
            return True
        return super().event(event)

    def _told(self, pixel: QPointF) -> str:
        reach = self.reach()
        if self.scene is None or reach is None:
            return ""
        if (row := reach.prototype_under(pixel)) is not None:
            prototype = self.scene.prototypes[row]
            pinned = ", pinned" if prototype.pinned else ""
            return f"{one_line(prototype.told, 200)}\n{prototype.count:,.1f} memories{pinned}"
        if (memory := reach.memory_under(pixel)) is None:
            return ""
        ground = self.scene.prototype_map.backgrounds[int(self.scene.backgrounds[memory])]
        owner = self.scene.prototypes[int(self.scene.owners[memory])]
        facts = (ground.project, ground.agent, local_time(ground.started_at))
        where = f"episode {self.scene.episodes[memory]}, step {self.scene.starts[memory] + 1}"
        return f"a memory: {where}\n{' · '.join(filter(None, facts))}\n{one_line(owner.told, 200)}"

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with the selected prototypes, and the picture."""
        if event.reason() is QContextMenuEvent.Reason.Mouse:
            self._select_under(QPointF(event.pos()))
        self.popup_menu(event.globalPos())

    def set_menu(self, offer: Offer) -> None:
        """Have the menu begin with these commands when prototypes are selected."""
        self._offer = offer

    def popup_menu(self, where: QPoint) -> None:
        """Open the menu of the selected prototypes and of exports."""
        chosen = self.look is not None and self.look.selected
        popup_picture_menu(self, self, "prototypes", where, self._offer() if chosen else ())

    def _select_under(self, pixel: QPointF) -> None:
        """Select the prototype under a pixel, unless it is selected among others."""
        reach = self.reach()
        row = reach.prototype_under(pixel) if reach is not None else None
        if row is not None and self.look is not None and row not in self.look.selected:
            self.selected.emit((row,))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._renew()
