"""A page of the side pane: groups of facts below each other, and those of the method folded."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from app.kit.controls.details import Details
from app.kit.controls.fact_list import Fact, FactList
from app.kit.plain_text import SafeLabel
from app.kit.selection_facts import FactGroup
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM, SMALL


class FactGroups(QWidget):
    """Groups of facts below each other; those of the same headings stay the same widgets."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._lists: list[tuple[str, FactList]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(MEDIUM)

    def show_groups(self, groups: Sequence[FactGroup]) -> bool:
        """Show the groups that have facts; whether there are any."""
        shown = [group for group in groups if any(fact.value for fact in group.facts)]
        if [group.heading for group in shown] != [heading for heading, _ in self._lists]:
            self._rebuild(shown)
        for group, (_, facts) in zip(shown, self._lists, strict=True):
            facts.show_facts(group.facts)
        return bool(shown)

    def groups(self) -> dict[str, tuple[Fact, ...]]:
        """The facts by their heading."""
        return {heading: facts.facts() for heading, facts in self._lists}

    def _rebuild(self, groups: Sequence[FactGroup]) -> None:
        for _, facts in self._lists:
            self._column.removeWidget(facts)
            facts.hide()
            facts.deleteLater()
        self._lists = [(group.heading, FactList(group.heading)) for group in groups]
        for _, facts in self._lists:
            self._column.addWidget(facts)


class FactPage(QScrollArea):
    """A page of groups; those that only few look for are folded away under *Details*."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent, widgetResizable=True)
        self.setAccessibleName(name)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._groups, self._folded = FactGroups(), FactGroups()
        self.details = Details(content=self._folded, key=name)
        self._nothing = SafeLabel(tone=Colour.MUTED, wrap=True)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(MEDIUM, SMALL, SMALL, MEDIUM)
        column.setSpacing(MEDIUM)
        for part in (self._nothing, self._groups, self.details):
            column.addWidget(part)
        column.addStretch(1)
        self.setWidget(inside)

    def show_groups(
        self,
        groups: Sequence[FactGroup],
        details: Sequence[FactGroup] = (),
        nothing: str = "",
    ) -> None:
        """Show groups that have facts; ``nothing`` is said where there are none."""
        shown = self._groups.show_groups(groups)
        self._groups.setVisible(shown)
        self.details.setVisible(self._folded.show_groups(details))
        self._nothing.setText(nothing)
        self._nothing.setVisible(bool(nothing) and not shown)

    def groups(self) -> dict[str, tuple[Fact, ...]]:
        """The facts by their heading, the folded ones as well."""
        return self._groups.groups() | self._folded.groups()
