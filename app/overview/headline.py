"""The store's few headline figures in a row."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kit.flow_layout import FlowLayout
from app.kit.formatting import local_day, number, size
from app.kit.panel import LinkButton
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from hpm_engine import EpisodeQuery, Stats


class Headline(QWidget):
    """Figures above their names, in lines; those with rows behind them are links."""

    def __init__(
        self, open_query: Callable[[EpisodeQuery], None], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._open = open_query
        self._row = FlowLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(12)

    def show_stats(self, stats: Stats) -> None:
        """Show other figures."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        every, top = EpisodeQuery(), EpisodeQuery(top_level=True)
        self._add("Episodes", number(stats.episodes), every)
        self._add("Without subagents", number(stats.episodes - stats.subagents), top)
        self._add("Steps", number(stats.steps), None)
        self._add("Failed tool calls", number(stats.errors), EpisodeQuery(has_error=True))
        self._add("Pinned", number(stats.pinned), EpisodeQuery(pinned=True))
        self._add("Store file", size(stats.file_size), None)
        if stats.first_at is not None:
            first, last = local_day(stats.first_at), local_day(stats.last_at)
            self._add("First and last episode", f"{first} – {last}", None)  # noqa: RUF001

    def _add(self, name: str, figure: str, query: EpisodeQuery | None) -> None:
        cell = QWidget()
        layout = QVBoxLayout(cell)
        layout.setContentsMargins(2, 0, 10, 0)
        layout.setSpacing(0)
        layout.addWidget(self._figure(figure, query if figure != "0" else None))
        layout.addWidget(SafeLabel(name, tone=Colour.MUTED))
        self._row.addWidget(cell)

    def _figure(self, figure: str, query: EpisodeQuery | None) -> QWidget:
        if query is None:
            return SafeLabel(figure, role=TextRole.TITLE)
        link = LinkButton(figure, "show these episodes")
        link.set_role(TextRole.TITLE)
        link.clicked.connect(lambda: self._open(query))
        return link
