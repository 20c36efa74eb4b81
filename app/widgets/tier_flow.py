"""The tiers from left to right, each with what lives in it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.formatting import counted, number, size
from app.theme import Colour
from app.widgets.marks import TIERS
from app.widgets.panel import LinkButton, Panel
from app.widgets.plain_text import SafeLabel
from hpm_engine import Tier, TierFigures

_MEANING = {
    Tier.EPISODIC: "kept whole",
    Tier.COMPRESSED: "the steps that matter",
    Tier.CONSOLIDATED: "learned prototypes",
}


class Arrow(QWidget):
    """Points from one tier to the next."""

    def sizeHint(self) -> QSize:
        """Room for a short arrow."""
        return QSize(36, 20)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the arrow in the middle."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = Colour.FAINT.qcolor()
        painter.setPen(QPen(colour, 2))
        y, right = self.height() / 2, self.width() - 6.0
        painter.drawLine(QPointF(6, y), QPointF(right - 6, y))
        painter.setBrush(colour)
        tip = [QPointF(right, y), QPointF(right - 7, y - 4), QPointF(right - 7, y + 4)]
        painter.drawPolygon(QPolygonF(tip))


class TierFlow(QWidget):
    """Three cards in the order in which a memory ages."""

    def __init__(self, show_episodes: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._show_episodes = show_episodes
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def show_tiers(self, tiers: tuple[TierFigures, ...]) -> None:
        """Show the figures of every tier; a tier without any has zeros."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        figures = {tier.tier: tier for tier in tiers}
        for tier in Tier:
            if self._row.count():
                self._row.addWidget(Arrow())
            self._row.addWidget(self._card(figures.get(tier, TierFigures(tier, 0, 0, 0))), 1)

    def _card(self, figures: TierFigures) -> Panel:
        mark = TIERS[figures.tier]
        card = Panel(f"{mark.shape} {mark.word.capitalize()}")
        card.heading.set_tone(mark.colour)
        count: QWidget
        if figures.episodes:
            link = LinkButton(number(figures.episodes), "show these episodes")
            link.enlarge(1.8)
            link.clicked.connect(self._show_episodes)
            count = link
        else:
            plain = SafeLabel("0", tone=Colour.MUTED)
            font = plain.font()
            font.setPointSizeF(font.pointSizeF() * 1.8)
            font.setBold(True)
            plain.setFont(font)
            plain.setMinimumHeight(plain.fontMetrics().height() + 4)
            count = plain
        card.body.addWidget(count)
        noun = "episode" if figures.episodes == 1 else "episodes"
        facts = f"{noun}, {_MEANING[figures.tier]}"
        card.body.addWidget(SafeLabel(facts, tone=Colour.MUTED))
        sizes = f"{counted(figures.steps, 'step')} · {size(figures.text_size)} of text"
        card.body.addWidget(SafeLabel(sizes, tone=Colour.MUTED))
        return card
