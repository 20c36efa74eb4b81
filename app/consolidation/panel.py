"""What prototypes hold, what waits for them, and what the last cycle kept."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.consolidation.cycle_table import found_again, percent, state
from app.consolidation.tier_standing import TierStanding
from app.kit.controls.fact_list import Fact, FactList
from app.kit.formatting import counted, local_time
from app.kit.panel import Panel
from hpm_engine import CycleReport


class ConsolidationPanel(Panel):
    """The consolidation panel of the overview.

    ``show_view`` leads to the cycles behind the figures.
    """

    def __init__(self, show_view: Callable[[], None], parent: QWidget | None = None) -> None:
        super().__init__("Consolidation", parent)
        self._show_view = show_view
        self.facts = FactList()
        self.body.addWidget(self.facts)
        self.body.addStretch(1)

    def show_standing(self, standing: TierStanding, last: CycleReport | None) -> None:
        """Show how consolidation stands."""
        waiting = standing.hindrance
        if standing.waiting is not None:
            waiting = counted(standing.waiting, "memory", "memories")
        share = None if last is None else found_again(last)
        self.facts.show_facts(
            [
                Fact("Waiting", waiting, go=self._show_view),
                Fact(
                    "Topics",
                    f"{standing.prototypes:,}, of {counted(standing.held, 'memory', 'memories')}",
                ),
                Fact("Last cycle", _last(last), go=self._show_view),
                Fact("Recall check", "" if share is None else f"{percent(share)} found again"),
            ]
        )


def _last(report: CycleReport | None) -> str:
    return "none yet" if report is None else f"{local_time(report.at)}, {state(report)}"
