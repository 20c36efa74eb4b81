"""What an eviction would delete, in words and as a list of the largest episodes."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.kit.formatting import counted, local_time, number, size
from app.kit.plain_text import one_line
from hpm_engine import AgeingOutlook, Leaving

_TITLES = ("Title (largest first)", "When", "Text", "Kept of it")
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class LeavingList(QTableWidget):
    """A table of the largest episodes; nothing in it can be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self.setHorizontalHeaderLabels(list(_TITLES))
        self.setAccessibleName("The largest episodes whose full text would be deleted")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setMinimumHeight(self.fontMetrics().height() * 7)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        wide = self.fontMetrics().averageCharWidth()
        for column, characters in ((1, 19), (2, 11), (3, 12)):
            self.setColumnWidth(column, wide * characters)

    def show_leaving(self, leaving: Sequence[Leaving]) -> None:
        """Show these episodes."""
        self.setRowCount(len(leaving))
        for row, episode in enumerate(leaving):
            cells = (
                one_line(episode.name, 200),
                local_time(episode.at),
                size(episode.text_size),
                size(episode.kept_size),
            )
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column > 1:
                    item.setTextAlignment(_RIGHT)
                self.setItem(row, column, item)


def moving_in_words(outlook: AgeingOutlook) -> str:
    """What would be compressed and made whole."""
    text = size(outlook.compress_size)
    said = f"Now due: {counted(outlook.compress, 'episode')} to compress ({text} of text)"
    return f"{said}, {number(outlook.restore)} to restore to full text."


def going_in_words(outlook: AgeingOutlook) -> str:
    """What would be deleted, and what stays although it is compressed."""
    going = outlook.eviction
    stays = {
        "pinned": going.pinned,
        "among the newest or often recalled": going.spared,
        "in a file with one that stays": going.held,
        "waiting for their days": going.waiting,
    }
    kept = ", ".join(f"{number(count)} {why}" for why, count in stays.items() if count)
    kept = f" Their full text stays: {kept}." if kept else ""
    if not going.episodes:
        return f"Nothing would be deleted now.{kept}"
    span = ""
    if going.oldest is not None:
        span = f", from {local_time(going.oldest)} to {local_time(going.newest)}"
    return (
        f"⚠ Would be deleted permanently: the full text of {counted(going.episodes, 'episode')}"
        f"{span}: {size(going.text_size)}, of which {size(going.kept_size)} are kept, and"
        f" {size(going.original_size)} of original files, from the store, its search index and its"
        " free space. It cannot be undone: their full text cannot be restored, nor compressed"
        f" otherwise again.{kept}"
    )
