"""Names and values in two columns."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour


class Facts(Panel):
    """A panel of names, each with its value."""

    def show_facts(self, facts: list[tuple[str, str]]) -> None:
        """Show other facts."""
        while self.body.count() > 1:
            item = self.body.takeAt(1)
            if item is not None and (widget := item.widget()) is not None:
                widget.deleteLater()
        for name, value in facts:
            row = QWidget()
            layout = QHBoxLayout(row)
            layout.setContentsMargins(0, 0, 0, 0)
            label = SafeLabel(name, tone=Colour.MUTED)
            label.setFixedWidth(label.fontMetrics().horizontalAdvance("m" * 10))
            layout.addWidget(label, 0, Qt.AlignmentFlag.AlignTop)
            layout.addWidget(SafeLabel(value, wrap=True), 1)
            self.body.addWidget(row)
        self.body.addStretch(1)
