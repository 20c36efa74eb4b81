"""The few figures that are read first, in a row: each above its caption."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QPoint
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kit.command_menu import entry, open_menu
from app.kit.controls.fact_list import LinkLabel
from app.kit.flow_layout import FlowLayout
from app.kit.formatting import counted, duration, number, scaled
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HUGE, SMALL
from app.kit.theme.type_scale import TextRole
from app.overview.figure_entries import copy_text, figure_entries
from app.overview.words import NO_COST, cost_story, cost_text, query_of, tokens_text
from hpm_engine import Activity, EpisodeQuery

Leads = Callable[[EpisodeQuery], None]


class Headline(QWidget):
    """Figures above their names, in lines; those with episodes behind them are links."""

    def __init__(self, open_query: Leads, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open = open_query
        self._figures: dict[QWidget, tuple[str, Callable[[], object] | None]] = {}
        self._row = FlowLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(HUGE)

    def show_activity(self, activity: Activity) -> None:
        """Show other figures."""
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._figures = {}
        total, period = activity.total, activity.period
        every = query_of(period)
        self._add(number(total.episodes), "episodes", every)
        self._add(number(total.steps), "steps")
        if total.tokens:
            read, written = scaled(total.tokens_in), scaled(total.tokens_out)
            said = f"{total.tokens_in:,} read, {total.tokens_out:,} written"
            self._add(tokens_text(total), f"tokens, {read} read, {written} written", tip=said)
        story = cost_story(total.cost, activity.prices_of, activity.unpriced)
        if (cost := cost_text(total.cost)) != NO_COST:
            self._add(cost, _cost_caption(activity), tip=story)
        if total.time:
            self._add(duration(total.time), "time of all sessions")
        failed = query_of(period, "has:error")
        self._add(number(total.errors), "failed tool calls", failed, tone=Colour.BAD)
        if activity.undated and period.since is None:
            self._add(number(activity.undated), "episodes without a date, in no day below")

    def _add(
        self,
        figure: str,
        caption: str,
        query: EpisodeQuery | None = None,
        *,
        tip: str = "",
        tone: Colour | None = None,
    ) -> None:
        cell = QWidget()
        column = QVBoxLayout(cell)
        column.setContentsMargins(0, SMALL, 0, SMALL)
        column.setSpacing(0)
        if query is None or figure == "0":
            label = SafeLabel(figure, role=TextRole.TITLE)
        else:
            label = LinkLabel(figure, partial(self._open, query), TextRole.TITLE)
            label.setAccessibleName(f"{figure} {caption}: show these episodes")
            if tone is not None:
                label.set_tone(tone)
        below = SafeLabel(caption, tone=Colour.MUTED, role=TextRole.CAPTION)
        for each in (label, below):
            if tip:
                each.set_tip(tip)
            column.addWidget(each)
        self._row.addWidget(cell)
        go = partial(self._open, query) if isinstance(label, LinkLabel) and query else None
        self._figures[cell] = (f"{figure} {caption}", go)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer the episodes behind the figure at the pointer, or at the keyboard."""
        open_menu(self.offered(event.pos()), event.globalPos(), self)

    def offered(self, where: QPoint) -> list[QAction | None]:
        """The entries for the figure at a point."""
        cell = next((cell for cell in self._figures if cell.geometry().contains(where)), None)
        entries = [] if cell is None else [*figure_entries(*self._figures[cell]), None]
        everything = "\n".join(said for said, _ in self._figures.values())
        return [*entries, entry("Copy All Figures", partial(copy_text, everything))]


def _cost_caption(activity: Activity) -> str:
    cost = activity.total.cost
    parts = []
    if cost.estimated_episodes:
        parts.append(f"≈ estimated, prices of {activity.prices_of or 'your own'}")
    elif cost.recorded_episodes:
        parts.append("recorded")
    if cost.unknown_episodes:
        parts.append(f"{counted(cost.unknown_episodes, 'episode')} without")
    return "cost · " + " · ".join(parts) if parts else "cost"
