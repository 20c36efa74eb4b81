"""A page of the side pane: groups of facts below each other, and those of the method folded."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.kit.controls.fact_list import Fact, FactList
from app.kit.plain_text import SafeLabel
from app.kit.selection_facts import FactGroup
from app.kit.theme.colour import Colour


class FactPage(QScrollArea):
    """Groups of facts; a group of the same heading stays the same widget."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._lists: list[tuple[str, FactList]] = []
        self._nothing = SafeLabel(tone=Colour.MUTED, wrap=True)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(12, 8, 8, 12)
        self._column.setSpacing(12)
        self._column.addWidget(self._nothing)
        self._column.addStretch(1)
        self.setWidget(inside)

    def show_groups(
        self,
        groups: Sequence[FactGroup],
        details: Sequence[FactGroup] = (),
        nothing: str = "",
    ) -> None:
        """Show groups that have facts; ``nothing`` is said where there are none."""
        shown = [group for group in (*groups, *details) if any(f.value for f in group.facts)]
        if [group.heading for group in shown] != [heading for heading, _ in self._lists]:
            self._rebuild(shown)
        for group, (_, facts) in zip(shown, self._lists, strict=True):
            facts.show_facts(group.facts)
        self._nothing.setText(nothing)
        self._nothing.setVisible(bool(nothing) and not shown)

    def groups(self) -> dict[str, tuple[Fact, ...]]:
        """The facts on screen by their heading."""
        return {heading: facts.facts() for heading, facts in self._lists}

    def _rebuild(self, groups: Sequence[FactGroup]) -> None:
        for _, facts in self._lists:
            self._column.removeWidget(facts)
            facts.hide()
            facts.deleteLater()
        self._lists = [(group.heading, FactList(group.heading)) for group in groups]
        for position, (_, facts) in enumerate(self._lists, start=1):
            self._column.insertWidget(position, facts)
