"""The list of files that were kept but are no traces, each with the reason."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from app.kit.formatting import counted, size
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel, one_line, tip
from hpm_engine import FileReport

MOST = 500  # files


class AsideList(Panel):
    """A plain list of files; if there are more than it shows, it says so."""

    def __init__(self) -> None:
        super().__init__("Files set aside")
        self._facts = SafeLabel(wrap=True)
        self._tree = QTreeWidget()
        self._tree.setAccessibleName("Files set aside")
        self._tree.setHeaderLabels(["File", "Size", "Why, and what to do"])
        self._tree.setRootIsDecorated(False)
        self._tree.setUniformRowHeights(True)
        self._tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self._tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self._tree.header().setObjectName("columns of files set aside")
        self._tree.setColumnWidth(0, 300)
        self._tree.setColumnWidth(1, 80)
        self._tree.setMinimumHeight(160)
        self.body.addWidget(self._facts)
        self.body.addWidget(self._tree, 1)

    def show_files(self, files: Sequence[FileReport]) -> None:
        """Show other files."""
        self._tree.clear()
        self._tree.setVisible(bool(files))
        self._facts.setText(_describe(len(files)))
        for file in files[:MOST]:
            item = QTreeWidgetItem([one_line(file.path), size(file.size), one_line(file.reason)])
            item.setToolTip(0, tip(file.path))
            item.setToolTip(2, tip(file.reason))
            item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            self._tree.addTopLevelItem(item)


def _describe(count: int) -> str:
    if not count:
        return "Every file that was imported could be read as a trace."
    shown = f", the first {MOST} of them" if count > MOST else ""
    return f"{counted(count, 'file')} set aside{shown}: no traces; none of their bytes are kept."
