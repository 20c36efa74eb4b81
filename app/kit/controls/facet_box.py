"""A choice among the values that the store holds of one field, with "all" before them."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QComboBox, QWidget

from app.kit.formatting import number
from app.kit.glyphs import KEPT, LEARNED, OUTCOMES
from app.kit.plain_text import one_line
from hpm_engine import Kept, Outcome

EVERY = {
    "project": "All projects",
    "agent": "All agents",
    "outcome": "All outcomes",
    "tag": "All tags",
    "kept": "Kept in any way",
    "learned": "Learned or not",
    "asking agent": "As a person",  # who sees everything
    "asking project": "On no project",
}


class FacetBox(QComboBox):
    """A choice of one value, kept when offered anew; ``currentIndexChanged``: a person chose."""

    def __init__(self, field: str, letters: int = 11, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._field = field
        self.setAccessibleName(f"{'Ask as' if field.startswith('asking') else 'Filter by'} {field}")
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(letters)
        self.addItem(EVERY[field], "")

    @property
    def value(self) -> str:
        """What is chosen; empty for all."""
        chosen: str = self.currentData()
        return chosen

    def offer(self, values: Iterable[tuple[str, int]]) -> None:
        """Offer values with their counts, keeping what is chosen."""
        chosen = self.value
        with QSignalBlocker(self):
            self.clear()
            self.addItem(EVERY[self._field], "")
            for value, count in values:
                self.addItem(f"{self._word(value) or '(none)'} ({number(count)})", value)
        self.choose(chosen)

    def choose(self, value: str) -> None:
        """Show a choice that came from elsewhere."""
        with QSignalBlocker(self):
            index = self.findData(value) if value else 0
            if index < 0:  # the facets have not arrived yet, or the last such episode went
                self.addItem(self._word(value), value)
                index = self.count() - 1
            self.setCurrentIndex(index)

    def _word(self, value: str) -> str:
        match self._field:
            case "outcome":
                return str(OUTCOMES[Outcome(value)])
            case "kept":
                return str(KEPT[Kept(value)])
            case "learned":
                return str(LEARNED[value == "yes"])
        return one_line(value, 60)
