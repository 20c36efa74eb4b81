"""One figure for the store, with its interval, and simpler ways beside it."""

from __future__ import annotations

from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from app.agents.replay.job import ReplayResult
from app.kit.formatting import counted, number, share
from app.kit.panel import Bar
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from app.kit.theme.type_scale import TextRole
from hpm_engine import Help, Way, WayShare

WAYS = {
    Way.RECALL: "Recall, as agents are given it",
    Way.WORDS: "Words alone (BM25)",
    Way.LATEST: "The latest sessions of the project",
    Way.RANDOM: "Random sessions of the project",
}
_CAVEAT = (
    "Each session was asked with its first prompt, of sessions of its project that had ended by "
    "then. Whether the agent would have made use of it, nobody can know. Where a project has few "
    "earlier sessions, every way gives the same ones."
)


class ReplayFigure(QWidget):
    """The share of sessions that could have been told something."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.headline = SafeLabel(role=TextRole.TITLE, wrap=True)
        self.interval = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.parts = SafeLabel(wrap=True)
        self._ways = QGridLayout()
        self._ways.setHorizontalSpacing(MEDIUM)
        self._ways.setVerticalSpacing(HAIR)
        self._ways.setColumnStretch(1, 1)
        self.figures: list[tuple[str, str]] = []
        layout = QVBoxLayout(self)
        layout.setContentsMargins(MEDIUM, 0, MEDIUM, 0)
        layout.setSpacing(HAIR)
        layout.addWidget(self.headline)
        layout.addWidget(self.interval)
        layout.addLayout(self._ways)
        layout.addWidget(self.parts)
        layout.addWidget(SafeLabel(_CAVEAT, wrap=True, tone=Colour.MUTED))

    def show_result(self, result: ReplayResult) -> None:
        """Show what came out; there is at least one session."""
        replay, own = result.replay, result.ways[0]
        sessions = counted(own.sessions, "session")
        self.headline.setText(
            f"{share(own.share)} of {sessions} could have been told something that came up later"
        )
        self.interval.setText(_interval(own))
        steps = sum(session.agent_steps for session in replay.sessions)
        self.parts.setText(
            f"{share(replay.share(Help.FILE))} a file that they changed later, "
            f"{share(replay.share(Help.COMMAND))} a command that passed later, "
            f"{share(replay.share(Help.FAILURE))} an attempt that failed again. At most "
            f"{number(replay.saved_steps)} of {counted(steps, 'step')} could have been saved: a "
            "bound, not an estimate."
        )
        self._show_ways(result.ways)

    def _show_ways(self, ways: tuple[WayShare, ...]) -> None:
        while (item := self._ways.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.figures = []
        for row, way in enumerate(ways):
            own = way.way is Way.RECALL
            low, high = way.interval
            figure = f"{share(way.share)}  ({share(low)} to {share(high)})"
            name = SafeLabel(WAYS[way.way], bold=own, whole=True)
            bar = Bar(way.share, Colour.SERIES_1 if own else Colour.FAINT)
            label = SafeLabel(figure, bold=own, whole=True)
            for column, part in enumerate((name, bar, label)):
                self._ways.addWidget(part, row, column)
            self.figures.append((WAYS[way.way], figure))


def _interval(own: WayShare) -> str:
    low, high = own.interval
    few = " Few sessions: the figure may be far off." if own.sessions < 20 else ""
    return (
        f"{number(own.helped)} of {number(own.sessions)}; 95 % interval {share(low)} to "
        f"{share(high)}, if no session has to do with another.{few}"
    )
