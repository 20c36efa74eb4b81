"""The files that were kept but are no traces, under the reasons for which they were set aside."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractItemView, QTreeWidget, QTreeWidgetItem

from app.kit.formatting import counted, size
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel, one_line, tip
from hpm_engine import FileReport

MOST = 500  # files
_HIGH = 190  # pixels of the list, at least


class AsideList(Panel):
    """Reasons with their files; if there are more than it shows, it says so."""

    def __init__(self) -> None:
        super().__init__("Files set aside")
        self._facts = SafeLabel(wrap=True)
        self.tree = QTreeWidget()
        self.tree.setAccessibleName("Files set aside, by the reason")
        self.tree.setHeaderLabels(["Why, and which files", "Size"])
        self.tree.setUniformRowHeights(True)
        self.tree.setTextElideMode(Qt.TextElideMode.ElideMiddle)  # the end tells files apart
        self.tree.setFrameShape(QTreeWidget.Shape.NoFrame)
        self.tree.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        header = self.tree.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, header.ResizeMode.Stretch)
        self.tree.setColumnWidth(1, 90)
        self.tree.setMinimumHeight(_HIGH)
        self.body.addWidget(self._facts)
        self.body.addWidget(self.tree, 1)

    def show_files(self, files: Sequence[FileReport]) -> None:
        """Show other files."""
        self.tree.clear()
        self.tree.setVisible(bool(files))
        self._facts.setText(_describe(len(files)))
        reasons: dict[str, list[FileReport]] = defaultdict(list)
        for file in files[:MOST]:
            reasons[_reason(file)].append(file)
        for reason, alike in sorted(reasons.items(), key=lambda pair: -len(pair[1])):
            total = sum(file.size for file in alike)
            parent = QTreeWidgetItem(
                [f"{one_line(reason)} ({counted(len(alike), 'file')})", size(total)]
            )
            parent.setToolTip(0, tip(reason))
            parent.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
            for file in alike:
                item = QTreeWidgetItem([one_line(file.path, 2_000), size(file.size)])
                item.setToolTip(0, tip(file.path))
                item.setTextAlignment(1, Qt.AlignmentFlag.AlignRight)
                parent.addChild(item)
            self.tree.addTopLevelItem(parent)
            parent.setExpanded(len(reasons) == 1)


def _reason(file: FileReport) -> str:
    """Why, without the path: it stands in the row of the file."""
    return file.reason.replace(f"{file.path}: ", "").strip() or "no reason is known"


def _describe(count: int) -> str:
    if not count:
        return "Every file that was imported could be read as a trace."
    shown = f", the first {MOST} of them" if count > MOST else ""
    return f"{counted(count, 'file')} set aside{shown}: no traces; none of their bytes are kept."
