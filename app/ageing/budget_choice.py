"""A budget as two fields: how many times smaller, and than what."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QWidget

from hpm_engine import COMPRESSION_RATIO, Budget, BudgetKind

_KINDS = {
    BudgetKind.STANDARD: "of the text",
    BudgetKind.DEEP: "of the text, packed by zstd",
}


class BudgetChoice(QWidget):
    """A choice of a budget.

    Each of its two fields emits ``changed``.
    """

    changed = Signal()

    def __init__(self, budget: Budget, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        least, most = COMPRESSION_RATIO.bounds
        self.ratio = QDoubleSpinBox(minimum=least, maximum=most, value=budget.ratio, decimals=0)
        self.ratio.setPrefix("1/")
        self.ratio.setAccessibleName(f"{name}: how many times smaller")
        self.kind = QComboBox()
        self.kind.setAccessibleName(f"{name}: of what")
        for kind, text in _KINDS.items():
            self.kind.addItem(text, kind.value)
        self.kind.setCurrentIndex(self.kind.findData(budget.kind.value))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.ratio)
        row.addWidget(self.kind)
        row.addStretch(1)
        self.ratio.valueChanged.connect(self.changed)
        self.kind.currentIndexChanged.connect(self.changed)

    def budget(self) -> Budget:
        """The budget that is chosen."""
        return Budget(BudgetKind(self.kind.currentData()), self.ratio.value())
