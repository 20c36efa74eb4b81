"""The legend of a map: for each group a shape in its colour, and what it stands for."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit.flow_layout import FlowLayout
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.prototypes.map.colours import group_colours
from app.prototypes.map.scene import Grouping
from app.prototypes.map.shapes import NAMES, shape

_CHARACTERS = 28  # of a name


class _Swatch(QWidget):
    def __init__(self, grouping: Grouping, group: int) -> None:
        super().__init__()
        self._grouping, self._group = grouping, group

    def sizeHint(self) -> QSize:
        side = self.fontMetrics().height()
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(group_colours(self._grouping)[self._group])
        radius = self.fontMetrics().height() * 0.3
        painter.drawPath(
            shape(self._group, radius).translated(QPointF(self.width() / 2, self.height() / 2))
        )


class MapLegend(QWidget):
    """A row of entries, one for each group."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Legend of the map")
        self._row = FlowLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(4)

    def show_grouping(self, grouping: Grouping) -> None:
        """Name the groups of a map."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        texts = []
        for group, name in enumerate(grouping.names):
            self._row.addWidget(_entry(grouping, group))
            texts.append(f"{NAMES[group]}: {one_line(name, _CHARACTERS)}")
        self.setAccessibleDescription("; ".join(texts))


def _entry(grouping: Grouping, group: int) -> QWidget:
    """A swatch and its name, which stay in one line."""
    name = grouping.names[group]
    label = SafeLabel(one_line(name, _CHARACTERS), tone=Colour.MUTED)
    label.set_tip(name)
    entry = QWidget()
    row = QHBoxLayout(entry)
    row.setContentsMargins(0, 0, 8, 0)
    row.setSpacing(4)
    row.addWidget(_Swatch(grouping, group))
    row.addWidget(label)
    return entry
