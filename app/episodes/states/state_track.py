"""The track of an episode with a mark for each saved state, at the step that was under way."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from app.episodes.states.state_words import heading_of, tip_of
from app.kit.formatting import counted, number
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from hpm_engine import Checkpoint

_HIGH = 24  # pixels
_SIDE = 10  # pixels beside the track
_MARK = 5.0  # pixels from the middle of a mark to its corners
_CHOSEN = 7.0  # the same, of the one that is chosen
_NEAR = 12  # pixels from the pointer to a mark that it is on


class StateTrack(QWidget):
    """Marks from left to right; a click or the arrow keys choose one.

    ``chosen`` names the state by its position in the list, ``opened`` wants to see what can be done
    with it, ``left`` wants to leave.
    """

    chosen = Signal(int)
    opened = Signal()
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Saved states along the episode")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self._states: Sequence[Checkpoint] = ()
        self._steps, self._seq = 0, 0
        self._index: int | None = None

    def sizeHint(self) -> QSize:
        """A flat strip, as wide as there is room."""
        return QSize(200, _HIGH)

    def show_states(self, states: Sequence[Checkpoint], steps: int, index: int | None) -> None:
        """Show states, in the order of their ids, of an episode of so many steps."""
        self._states, self._steps, self._index = states, steps, index
        self._describe()
        self.update()

    def show_current(self, seq: int) -> None:
        """Mark the step that is read."""
        self._seq = seq
        self.update()

    def xy(self, index: int) -> QPointF:
        """The middle of a state's mark; one that names no step is at the beginning."""
        return QPointF(self._x(self._states[index].step), self.height() / 2)

    def _x(self, step: int | None) -> float:
        if step is None or not self._steps:
            return _SIDE
        room = max(1, self.width() - 2 * _SIDE)
        return _SIDE + (min(step, self._steps - 1) + 0.5) * room / self._steps

    def _describe(self) -> None:
        said = counted(len(self._states), "saved state")
        if self._index is not None:
            state = self._states[self._index]
            at = "" if state.step is None else f", at step {number(state.step + 1)}"
            said = f"{heading_of(state)}{at}, {number(self._index + 1)} of {said}"
        self.setAccessibleDescription(said)

    def _choose(self, index: int) -> None:
        if index != self._index:
            self._index = index
            self._describe()
            self.update()
        self.chosen.emit(index)

    def _near(self, x: float) -> int | None:
        """The state whose mark is nearest; of several at one step the latest."""
        distances = [(abs(self._x(state.step) - x), -i) for i, state in enumerate(self._states)]
        distance, negative = min(distances, default=(_NEAR + 1, 0))
        return -negative if distance <= _NEAR else None

    # -- painting --------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the track, the step that is read, and the marks, the chosen one last."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = self.height() / 2
        painter.setPen(Colour.EDGE.qcolor())
        painter.drawLine(QPointF(_SIDE, middle), QPointF(self.width() - _SIDE, middle))
        painter.fillRect(
            QRectF(self._x(self._seq) - 1, 3, 2, self.height() - 6), self.palette().text().color()
        )
        drawn: set[tuple[int, bool]] = set()
        for index, state in enumerate(self._states):
            place = round(self._x(state.step)), state.pinned
            if place not in drawn and index != self._index:
                drawn.add(place)
                self._draw(painter, index, _MARK)
        if self._index is not None:
            self._draw(painter, self._index, _CHOSEN)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(self.palette().highlight().color())
            painter.drawRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5))

    def _draw(self, painter: QPainter, index: int, wide: float) -> None:
        """A diamond; filled where the state is pinned or chosen."""
        middle, chosen = self.xy(index), index == self._index
        corners = [(0.0, -wide), (wide, 0.0), (0.0, wide), (-wide, 0.0)]
        filled = chosen or self._states[index].pinned
        painter.setPen((Colour.ACCENT if chosen else Colour.LEARNED).qcolor())
        ground = Colour.ACCENT if chosen else Colour.LEARNED if filled else Colour.SURFACE
        painter.setBrush(ground.qcolor())
        painter.drawPolygon(QPolygonF([middle + QPointF(x, y) for x, y in corners]))

    # -- events ----------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the state under the pointer."""
        index = self._near(event.position().x())
        if index is not None and event.button() is Qt.MouseButton.LeftButton:
            self._choose(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Choose the next or the previous state, the first or the last; Esc leaves."""
        last = len(self._states) - 1
        now = self._index
        wanted: dict[int, int] = {
            Qt.Key.Key_Left: last if now is None else now - 1,
            Qt.Key.Key_Right: 0 if now is None else now + 1,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = event.key()
        if key in wanted and last >= 0:
            self._choose(max(0, min(last, wanted[key])))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and now is not None:
            self.opened.emit()
        elif key == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Tell the pointer what it is on."""
        index = self._near(event.position().x())
        text = "" if index is None else tip_of(self._states[index])
        self.setToolTip(tip(text))

    def changeEvent(self, event: QEvent) -> None:
        """Draw anew in the new colours."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()
