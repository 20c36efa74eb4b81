"""The filters above the episode table, filled with the values that the store holds."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.facet_box import FacetBox
from app.kit.flow_layout import FlowLayout
from app.kit.plain_text import tip
from hpm_engine import EpisodeQuery, Facets, Kept, Outcome

# The fields of a query that a box restricts.
FIELDS = ("project", "agent", "outcome", "tag", "kept", "learned")


class FilterRow(QWidget):
    """A row of boxes that filter the episodes.

    ``changed`` says that a filter was set; ``apply`` puts the filters into a query.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes = {field: FacetBox(field) for field in FIELDS}
        for box in self._boxes.values():
            box.currentIndexChanged.connect(self._on_changed)
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
            "kept": facets.kept,
            "learned": facets.learned,
        }
        for field, values in offered.items():
            self._boxes[field].offer(values)
        self._boxes["tag"].setEnabled(bool(facets.tags))

    def apply(self, query: EpisodeQuery) -> EpisodeQuery:
        """The query with these filters instead of its own."""
        outcome, kept = self._boxes["outcome"].value, self._boxes["kept"].value
        learned = self._boxes["learned"].value
        return msgspec.structs.replace(
            query,
            project=self._boxes["project"].value,
            agent=self._boxes["agent"].value,
            outcome=Outcome(outcome) if outcome else None,
            tag=self._boxes["tag"].value,
            kept=Kept(kept) if kept else None,
            learned=learned == "yes" if learned else None,
            pinned=True if self._pinned.isChecked() else None,
            has_error=True if self._errors.isChecked() else None,
            top_level=self._top.isChecked(),
        )

    def show_query(self, query: EpisodeQuery) -> None:
        """Show the filters of a query that came from elsewhere."""
        self._boxes["project"].choose(query.project)
        self._boxes["agent"].choose(query.agent)
        self._boxes["outcome"].choose(query.outcome.value if query.outcome else "")
        self._boxes["tag"].choose(query.tag)
        self._boxes["kept"].choose(query.kept.value if query.kept else "")
        self._boxes["learned"].choose({None: "", True: "yes", False: "no"}[query.learned])
        for check, state in (
            (self._pinned, bool(query.pinned)),
            (self._errors, bool(query.has_error)),
            (self._top, query.top_level),
        ):
            with QSignalBlocker(check):
                check.setChecked(state)
        self._clear.setVisible(self.active)
