"""Panels in a grid that scrolls: the page that Overview and Health are made of."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QGridLayout, QScrollArea, QWidget


class PanelGrid(QScrollArea):
    """A page of panels in ``grid``; ``name`` is what assistive technology calls it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        inner = QWidget()
        self.grid = QGridLayout(inner)
        self.grid.setContentsMargins(16, 14, 16, 16)
        self.grid.setSpacing(12)
        self.setWidget(inner)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAccessibleName(name)
