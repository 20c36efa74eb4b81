"""The lines of subagents on the card of the step that started them, and their steps below."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from app.episodes.conversation.card_style import CardStyle
from app.episodes.conversation.subagents import Subagent
from app.kit.theme.spacing import HUGE, MEDIUM, SMALL

if TYPE_CHECKING:
    from app.episodes.conversation.nested_steps import NestedSteps

LEFT = 16  # pixels
_OPEN = "open as an episode"
INDENT = HUGE  # pixels by which nested steps are set in


class SubagentLine(NamedTuple):
    """A subagent, and its steps where they are unfolded, with the height that they take."""

    subagent: Subagent
    nested: NestedSteps | None = None
    height: int = 0

    @property
    def title(self) -> str:
        """What the line begins with."""
        return f"{'▸' if self.nested is None else '▾'} {self.subagent.title()}"


class SubagentRows:
    """Lines below each other from ``top`` on."""

    def __init__(
        self, lines: Sequence[SubagentLine], style: CardStyle, width: int, top: int
    ) -> None:
        self._lines, self._style, self._width = lines, style, width
        self._row = style.body_metrics.height() + SMALL
        self._link = width - MEDIUM - style.small_metrics.horizontalAdvance(_OPEN)
        self._tops: list[int] = []
        y = top
        for line in lines:
            self._tops.append(y)
            y += self._row + line.height
        self.height = y - top

    def settle(self, top: int, height: int) -> bool:
        """Lay out nested steps in sight from a y of the card on; whether there are any."""
        for begins, line in self._nested():
            first = max(0, top - begins)
            line.nested.settle(first, top + height - begins - first) if line.nested else None
        return any(True for _ in self._nested())

    def _nested(self) -> list[tuple[int, SubagentLine]]:
        pairs = zip(self._tops, self._lines, strict=True)
        return [(top + self._row, line) for top, line in pairs if line.nested is not None]

    def paint(self, painter: QPainter, y: int, clip: QRectF) -> None:
        """Paint with the card's top at ``y``."""
        style = self._style
        for top, line in zip(self._tops, self._lines, strict=True):
            base = y + top + SMALL // 2 + style.body_metrics.ascent()
            metrics, facts = style.body_metrics, line.subagent.facts()
            room = self._link - LEFT - SMALL - metrics.horizontalAdvance(facts)
            words = metrics.elidedText(line.title, Qt.TextElideMode.ElideRight, room) + facts
            painter.setFont(style.body)
            painter.setPen(style.bad if line.subagent.errors else style.text)
            painter.drawText(QPointF(LEFT, base), words)
            painter.setFont(style.small)
            painter.setPen(style.link)
            painter.drawText(QPointF(self._link, base), _OPEN)
            if line.nested is not None:
                below = y + top + self._row
                bar = QRectF(LEFT + 4, below, 2, max(0, line.height - SMALL))
                painter.fillRect(bar, style.line)
                line.nested.paint(painter, INDENT + LEFT, below, clip, style)

    def under(self, x: int, y: int) -> tuple[int, str] | None:
        """The episode whose line is at a point of the card, and what a click there does."""
        for top, line in zip(self._tops, self._lines, strict=True):
            if top <= y < top + self._row:
                return line.subagent.episode_id, "episode" if x >= self._link else "subagent"
        return None

    def press(self, x: int, y: int) -> bool:
        """Do what a link of a nested step says; whether there was one."""
        for begins, line in self._nested():
            if line.nested is not None and begins <= y < begins + line.height:
                return line.nested.press(x - INDENT - LEFT, y - begins)
        return False


def nested_width(width: int) -> int:
    """The width of nested steps on a card of a width."""
    return width - INDENT - LEFT - MEDIUM
