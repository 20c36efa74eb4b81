"""What a compressed memory's bytes are spent on."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.kit.formatting import number, share
from app.kit.plain_text import one_line
from hpm_engine import CompressedEpisode

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SideCarList(QTableWidget):
    """Every side-car with its bytes; their sum is what is held against the budget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, 3, parent)
        self.setHorizontalHeaderLabels(["Stored", "Bytes", "Share"])
        self.setAccessibleName("What the stored bytes are spent on")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFrameShape(QTableWidget.Shape.NoFrame)
        self.setShowGrid(False)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)

    def show_waiting(self) -> None:
        """Say that they are being counted; nothing of another budget stays."""
        self.setRowCount(1)
        for column, text in enumerate(("being counted for this budget…", "", "")):
            self.setItem(0, column, QTableWidgetItem(text))

    def show_sizes(self, kept: CompressedEpisode) -> None:
        """Show where a memory's bytes are."""
        rows = [(car.name, car.size) for car in kept.side_cars]
        rows += [("stored in all", kept.stored_size), ("allowed", kept.limit)]
        self.setRowCount(len(rows))
        for row, (name, value) in enumerate(rows):
            part = share(value / kept.stored_size) if row < len(kept.side_cars) else ""
            for column, text in enumerate((one_line(name), number(value), part)):
                item = QTableWidgetItem(text)
                if column:
                    item.setTextAlignment(_RIGHT)
                self.setItem(row, column, item)
