"""Every shortcut on one sheet, by menu."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour

Entry = tuple[str, str]  # the keys and what they do


class ShortcutsSheet(Dialog):
    """A window beside the main one; it may stay open while one works."""

    def __init__(
        self, groups: Sequence[tuple[str, Sequence[Entry]]], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle("Shortcuts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        columns = [QVBoxLayout(), QVBoxLayout()]
        row = QHBoxLayout()
        self.content.addLayout(row)
        row.setSpacing(36)
        for column in columns:
            row.addLayout(column)
        heights = [0, 0]
        for title, entries in groups:
            if entries:
                shortest = heights.index(min(heights))
                heights[shortest] += len(entries) + 2
                columns[shortest].addWidget(_group(title, entries), 0, Qt.AlignmentFlag.AlignTop)
        for column in columns:
            column.addStretch(1)


def _group(title: str, entries: Sequence[Entry]) -> QWidget:
    box = QWidget()
    grid = QGridLayout(box)
    grid.setContentsMargins(0, 0, 0, 12)
    grid.setHorizontalSpacing(20)
    grid.setVerticalSpacing(4)
    grid.addWidget(SafeLabel(title, bold=True), 0, 0, 1, 2)
    for number, (keys, text) in enumerate(entries, start=1):
        shown = QKeySequence(keys).toString(QKeySequence.SequenceFormat.NativeText) or keys
        label = SafeLabel(shown, tone=Colour.ACCENT)
        label.setMinimumWidth(label.fontMetrics().horizontalAdvance("Ctrl++ or Ctrl+= "))
        what = SafeLabel(text)
        what.setMinimumWidth(what.sizeHint().width())
        grid.addWidget(label, number, 0)
        grid.addWidget(what, number, 1)
    grid.setColumnStretch(1, 1)
    box.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
    return box
