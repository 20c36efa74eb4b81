"""The card of what memory gave back: to whom, how often, and which episodes."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtWidgets import QPushButton, QWidget

from app.kit.formatting import counted, number
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from app.overview.row_table import RowTable, TableRow
from hpm_engine import Given


class GivenPanel(Panel):
    """Recalls by who asked, and the episodes that were given most often."""

    def __init__(
        self,
        open_episode: Callable[[int], None],
        ask: Callable[[], None],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__("What memory gave back", parent)
        self._open = open_episode
        self._facts = SafeLabel(wrap=True)
        self._ask = QPushButton("Ask for a memory")
        self._ask.setToolTip(tip("Recall: what would an agent be given?"))
        self._ask.clicked.connect(ask)
        self._whom = SafeLabel("To whom", role=TextRole.CAPTION, tone=Colour.MUTED)
        self._which = SafeLabel("Which episodes most", role=TextRole.CAPTION, tone=Colour.MUTED)
        self.asked_by = RowTable("Recalls by who asked", ("Sessions", "Recalls"), most=5)
        self.episodes = RowTable("Episodes given most often", ("Times",), most=6)
        self.body.addWidget(self._facts)
        self.body.addWidget(self._ask)
        for widget in (self._whom, self.asked_by, self._which, self.episodes):
            self.body.addWidget(widget)
        self.body.addStretch(1)

    def show_given(self, given: Given) -> None:
        """Show other recalls."""
        some = given.recalls > 0
        for widget in (self._whom, self.asked_by, self._which, self.episodes):
            widget.setVisible(some)
        self._ask.setVisible(not some)
        if not some:
            self._facts.setText("Nobody has asked memory for anything in this time.")
            return
        empty = given.recalls - given.answered
        nothing = f" {counted(empty, 'recall')} found nothing." if empty > 0 else ""
        self._facts.setText(
            f"{counted(given.recalls, 'recall')} gave {counted(given.hits, 'episode')};"
            f" {number(given.injected)} of them went into an agent's context.{nothing}"
        )
        most = max((times for *_, times in given.receivers), default=1)
        self.asked_by.show_rows(
            [
                TableRow(actor, times / most, (number(sessions) if sessions else "", number(times)))
                for actor, sessions, times in given.receivers
            ]
        )
        often = max((times for *_, times in given.episodes), default=1)
        self.episodes.show_rows(
            [
                TableRow(
                    name or f"episode {key}, which is gone",
                    times / often,
                    (number(times),),
                    partial(self._open, key) if name else None,
                    name,
                )
                for key, name, times in given.episodes
            ]
        )
