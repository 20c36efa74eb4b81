"""The reasons for a hit as a stacked bar: each group of parts has a pattern and a colour."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from app.kit.flow_layout import FlowLayout
from app.kit.formatting import share as percent
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour


class PartGroup(NamedTuple):
    """A group of parts of a score, with a name, a pattern and a colour."""

    name: str
    parts: tuple[str, ...]
    colour: Colour
    pattern: Qt.BrushStyle
    meaning: str


_PATTERNS = Qt.BrushStyle
GROUPS = (
    PartGroup(
        "Words",
        ("words",),
        Colour.SERIES_1,
        _PATTERNS.SolidPattern,
        "The cue's words in what was said, done and named (BM25)",
    ),
    PartGroup(
        "Changes",
        ("patch", "changed paths", "touched paths", "named files"),
        Colour.SERIES_2,
        _PATTERNS.BDiagPattern,
        "The cue's words in the changes, and files that it names",
    ),
    PartGroup(
        "Best step",
        ("best step",),
        Colour.SERIES_3,
        _PATTERNS.Dense4Pattern,
        "The single step that answers best",
    ),
    PartGroup(
        "Meaning",
        ("meaning", "opening", "φ"),
        Colour.SERIES_4,
        _PATTERNS.VerPattern,
        "How near the episode's meaning is to the cue's: its steps, its beginning, all of it",
    ),
    PartGroup(
        "Topics",
        ("prototypes",),
        Colour.SERIES_5,
        _PATTERNS.CrossPattern,
        "How near the topics are that were learned from the episode",
    ),
    PartGroup(
        "Use",
        ("recency", "importance", "earlier use"),
        Colour.MUTED,
        _PATTERNS.HorPattern,
        "How lately it happened, pins, use and success",
    ),
)
_REST = PartGroup("Other", (), Colour.FAINT, _PATTERNS.DiagCrossPattern, "Other parts of the score")
_GROUP_OF = {part: group for group in GROUPS for part in group.parts}


def grouped(shares: Iterable[tuple[str, float]]) -> dict[PartGroup, float]:
    """The shares (0 to 1) of the groups that have any, in the groups' order."""
    sums = dict.fromkeys((*GROUPS, _REST), 0.0)
    for part, value in shares:
        sums[_GROUP_OF.get(part, _REST)] += value
    return {group: value for group, value in sums.items() if value > 0}


def in_words(shares: Iterable[tuple[str, float]]) -> str:
    """The shares in words: ``Words 62 %, Best step 38 %``."""
    return ", ".join(f"{group.name} {percent(value)}" for group, value in grouped(shares).items())


def paint_shares(painter: QPainter, area: QRect, shares: Iterable[tuple[str, float]]) -> None:
    """Paint the stacked bar into an area."""
    painter.save()
    painter.fillRect(area.adjusted(-2, -2, 2, 2), Colour.SURFACE.qcolor())  # on a chosen row, too
    left = float(area.left())
    for group, value in grouped(shares).items():
        width = value * area.width()
        _paint_group(painter, QRectF(left, area.top(), width, area.height()), group)
        left += width
    painter.setPen(QPen(Colour.LINE.qcolor(), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(area.adjusted(0, 0, -1, -1))
    painter.restore()


def _paint_group(painter: QPainter, area: QRectF, group: PartGroup) -> None:
    colour = group.colour.qcolor()
    if group.pattern is not Qt.BrushStyle.SolidPattern:
        ground = group.colour.qcolor()
        ground.setAlphaF(0.28)
        painter.fillRect(area, ground)
    painter.fillRect(area, QBrush(colour, group.pattern))
    painter.fillRect(QRectF(area.right() - 1, area.top(), 1, area.height()), colour)


class _Swatch(QWidget):
    """The pattern of one group."""

    def __init__(self, group: PartGroup) -> None:
        super().__init__()
        self._part = group.parts[0]

    def sizeHint(self) -> QSize:
        side = self.fontMetrics().ascent()
        return QSize(side * 2, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        side = self.fontMetrics().ascent()
        top = (self.height() - side) // 2
        area = QRect(0, top, self.width(), side)
        paint_shares(QPainter(self), area, ((self._part, 1.0),))


class ShareLegend(QWidget):
    """The legend of the patterns that are on screen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[PartGroup, ...] = ()
        self._row = FlowLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(5)

    def show_groups(self, rows: Iterable[Iterable[tuple[str, float]]]) -> None:
        """Name the groups that some row has."""
        there = {group for shares in rows for group in grouped(shares)}
        groups = tuple(group for group in GROUPS if group in there)
        if groups == self._shown:
            return
        self._shown = groups
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for group in groups:
            name = SafeLabel(group.name, tone=Colour.MUTED)
            name.setContentsMargins(0, 0, 8, 0)
            name.set_tip(group.meaning)
            swatch = _Swatch(group)
            swatch.setToolTip(tip(group.meaning))
            self._row.addWidget(swatch)
            self._row.addWidget(name)

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.updateGeometry()
