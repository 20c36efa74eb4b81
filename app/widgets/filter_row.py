"""The filters above the episode table, filled with the values that the store holds."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget

from app.formatting import number
from app.widgets.check_box import CheckBox
from app.widgets.flow_layout import FlowLayout
from app.widgets.marks import OUTCOMES
from app.widgets.plain_text import one_line, tip
from hpm_engine import EpisodeQuery, Facets, Outcome

_EVERY = {
    "project": "All projects",
    "agent": "All agents",
    "outcome": "All outcomes",
    "tag": "All tags",
}


class FilterRow(QWidget):
    """``changed`` says that a filter was set; ``apply`` puts the filters into a query."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes = {field: self._box(field) for field in _EVERY}
        self._pinned = self._check("Pinned", "Only episodes that are pinned")
        self._errors = self._check("With errors", "Only episodes in which a tool call failed")
        self._top = self._check("No subagents", "Leave out episodes that another one started")
        self._clear = QPushButton("Clear filters")
        self._clear.clicked.connect(self.clear)
        layout = FlowLayout(self)
        layout.setContentsMargins(6, 4, 6, 4)
        layout.setSpacing(6)
        checks = (self._pinned, self._errors, self._top)
        for widget in (*self._boxes.values(), *checks, self._clear):
            layout.addWidget(widget)
        self._clear.setVisible(False)

    def _box(self, field: str) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName(f"Filter by {field}")
        box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        box.setMinimumContentsLength(11)
        box.addItem(_EVERY[field], "")
        box.currentIndexChanged.connect(self._on_changed)
        return box

    def _check(self, text: str, hint: str) -> CheckBox:
        check = CheckBox(text)
        check.setToolTip(tip(hint))
        check.toggled.connect(self._on_changed)
        return check

    def _on_changed(self) -> None:
        self._clear.setVisible(self.active)
        self.changed.emit()

    @property
    def active(self) -> bool:
        """Whether any filter is set."""
        checks = (self._pinned, self._errors, self._top)
        return any(box.currentIndex() > 0 for box in self._boxes.values()) or any(
            check.isChecked() for check in checks
        )

    def clear(self) -> None:
        """Unset every filter."""
        self.show_query(EpisodeQuery())
        self.changed.emit()

    def show_facets(self, facets: Facets) -> None:
        """Offer the values that the store holds, keeping what is chosen."""
        offered = {
            "project": facets.projects,
            "agent": facets.agents,
            "outcome": facets.outcomes,
            "tag": facets.tags,
        }
        for field, values in offered.items():
            chosen = self._boxes[field].currentData()
            self._fill(field, values)
            self._choose(field, chosen)
        self._boxes["tag"].setEnabled(bool(facets.tags))

    def _fill(self, field: str, values: tuple[tuple[str, int], ...]) -> None:
        box = self._boxes[field]
        with QSignalBlocker(box):
            box.clear()
            box.addItem(_EVERY[field], "")
            for value, count in values:
                word = str(OUTCOMES[Outcome(value)]) if field == "outcome" else one_line(value, 60)
                box.addItem(f"{word or '(none)'} ({number(count)})", value)

    def _choose(self, field: str, value: str) -> None:
        box = self._boxes[field]
        with QSignalBlocker(box):
            place = box.findData(value) if value else 0
            if place < 0:  # the facets have not arrived yet, or the last such episode went
                box.addItem(one_line(value, 60), value)
                place = box.count() - 1
            box.setCurrentIndex(place)

    def apply(self, query: EpisodeQuery) -> EpisodeQuery:
        """The query with these filters instead of its own."""
        outcome = self._boxes["outcome"].currentData()
        return msgspec.structs.replace(
            query,
            project=self._boxes["project"].currentData(),
            agent=self._boxes["agent"].currentData(),
            outcome=Outcome(outcome) if outcome else None,
            tag=self._boxes["tag"].currentData(),
            pinned=True if self._pinned.isChecked() else None,
            has_error=True if self._errors.isChecked() else None,
            top_level=self._top.isChecked(),
        )

    def show_query(self, query: EpisodeQuery) -> None:
        """Show the filters of a query that came from elsewhere."""
        self._choose("project", query.project)
        self._choose("agent", query.agent)
        self._choose("outcome", query.outcome.value if query.outcome else "")
        self._choose("tag", query.tag)
        for check, state in (
            (self._pinned, bool(query.pinned)),
            (self._errors, bool(query.has_error)),
            (self._top, query.top_level),
        ):
            with QSignalBlocker(check):
                check.setChecked(state)
        self._clear.setVisible(self.active)
