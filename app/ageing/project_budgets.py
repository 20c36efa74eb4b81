"""The budgets of single projects: one is chosen at a time, all are listed in words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from app.ageing.jobs import budget_in_words
from app.kit.formatting import counted
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from hpm_engine import Budget, BudgetKind, visible

_CHOICES = {
    "as all": None,
    "1/12 of the text": Budget(),
    "1/12 of the packed size": Budget(BudgetKind.DEEP),
}


class ProjectBudgets(QWidget):
    """A choice of a project and its budget; ``changed`` when one gets another."""

    changed = Signal()

    def __init__(
        self,
        projects: Sequence[tuple[str, int]],
        own: Mapping[str, Budget],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._own = dict(own)
        self.project, self.budget = QComboBox(), QComboBox()
        self.project.setAccessibleName("Project")
        self.budget.setAccessibleName("Budget of the project")
        for name, count in projects:
            shown = f"{visible(one_line(name, 60)) or 'no project'} · {counted(count, 'episode')}"
            self.project.addItem(shown, name)
        for text in _CHOICES:
            self.budget.addItem(text)
        self._said = SafeLabel(tone=Colour.MUTED, wrap=True)
        row = QHBoxLayout()
        row.addWidget(self.project)
        row.addWidget(self.budget)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(row)
        column.addWidget(self._said)
        self.setEnabled(bool(projects))
        self.project.currentIndexChanged.connect(self._on_project)
        self.budget.currentIndexChanged.connect(self._on_budget)
        self._on_project()
        self._say()

    def budgets(self) -> dict[str, Budget]:
        """The budgets of projects that have their own."""
        return dict(self._own)

    def _on_project(self) -> None:
        """Show the project's budget; one that is no choice here stays as it is."""
        own = self._own.get(self.project.currentData())
        texts = [text for text, budget in _CHOICES.items() if budget == own]
        with QSignalBlocker(self.budget):
            self.budget.setCurrentIndex(self.budget.findText(texts[0]) if texts else -1)

    def _on_budget(self) -> None:
        name, chosen = self.project.currentData(), _CHOICES.get(self.budget.currentText())
        if name is None or self.budget.currentIndex() < 0:
            return
        self._own.pop(name, None)
        if chosen is not None:
            self._own[name] = chosen
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        said = [f"{one_line(n, 40)}: {budget_in_words(b)}" for n, b in sorted(self._own.items())]
        self._said.setText(" · ".join(said) or "No project has one of its own.")
