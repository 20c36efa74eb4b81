"""Cards of how episodes are kept, from left to right as they age, and how many are learned."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QSize
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit.formatting import counted, number, size
from app.kit.glyphs import KEPT, LEARNED, Mark
from app.kit.panel import LinkButton, Panel
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from hpm_engine import EpisodeFigures, EpisodeQuery, Kept, Stats

_MEANING = {
    Kept.WHOLE: "all of the text",
    Kept.COMPRESSED: "the steps that matter, the whole text beside them",
    Kept.EVICTED: "only the steps that matter",
}
_GAP = 24  # pixels between the ways of keeping and what is learned, which is another fact


class Arrow(QWidget):
    """An arrow from one way of keeping to the next."""

    def sizeHint(self) -> QSize:
        """The size of a short arrow."""
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


class KeptFlow(QWidget):
    """Three cards that add up to all episodes, and one of those that are learned among them."""

    def __init__(
        self, open_query: Callable[[EpisodeQuery], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open = open_query
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(0)

    def show_stats(self, stats: Stats) -> None:
        """Show other figures."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        for kept in Kept:
            if self._row.count():
                self._row.addWidget(Arrow())
            held, query = stats.kept[kept], EpisodeQuery(kept=kept)
            before = " before" if kept is Kept.EVICTED else ""
            self._add(KEPT[kept], held, query, _MEANING[kept], before)
        self._row.addSpacing(_GAP)
        every = f"of {counted(stats.episodes, 'episode')}, kept in any way"
        self._add(LEARNED[True], stats.learned, EpisodeQuery(learned=True), every)

    def _add(
        self, mark: Mark, held: EpisodeFigures, query: EpisodeQuery, meaning: str, before: str = ""
    ) -> None:
        card = Panel(f"{mark.shape} {mark.word.capitalize()}")
        card.heading.set_tone(mark.colour)
        count: QWidget
        if held.episodes:
            link = LinkButton(number(held.episodes), "show these episodes")
            link.set_role(TextRole.TITLE)
            link.clicked.connect(lambda: self._open(query))
            count = link
        else:
            count = SafeLabel("0", tone=Colour.MUTED, role=TextRole.TITLE)
            count.setMinimumHeight(count.fontMetrics().height() + 4)
        card.body.addWidget(count)
        card.body.addWidget(SafeLabel(meaning, tone=Colour.MUTED, wrap=True))
        sizes = f"{counted(held.steps, 'step')} · {size(held.text_size)} of text{before}"
        card.body.addWidget(SafeLabel(sizes, tone=Colour.MUTED, wrap=True))
        self._row.addWidget(card, 1)
