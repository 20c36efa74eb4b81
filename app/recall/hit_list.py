"""The list of hits, which fold, open and can be copied."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QTreeView, QWidget

from app.kit.command_menu import Offer, add_all, open_menu
from app.recall.hit_delegate import HitDelegate
from app.recall.hit_tree import ROW, HitTree, reasons, spoken
from app.recall.recall_answer import HitRow
from hpm_engine import Alike, StepHit

_Index = QModelIndex | QPersistentModelIndex


class HitList(QTreeView):
    """The tree of hits as a list.

    ``chosen`` and ``opened`` name an episode and perhaps a step; ``absent_asked`` a hit.
    """

    chosen = Signal(int, object)
    opened = Signal(int, object)
    absent_asked = Signal(object)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: Offer = tuple
        self.tree = HitTree(self)
        self.setAccessibleName("Recalled episodes and their best steps")
        self.setModel(self.tree)
        self.setItemDelegate(HitDelegate(self))
        self.setHeaderHidden(True)
        self.setFrameShape(QTreeView.Shape.NoFrame)
        self.setAlternatingRowColors(False)
        self.setExpandsOnDoubleClick(False)
        self.setIndentation(20)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.selectionModel().currentChanged.connect(self._on_current)
        self.clicked.connect(self._on_clicked)
        self.doubleClicked.connect(self._open)

    def show_rows(self, rows: tuple[HitRow, ...]) -> None:
        """Show other hits, the first of them with its steps."""
        self.tree.show_rows(rows)
        self.expand(self.tree.index(0, 0))

    def select(self, episode_id: int, seq: int | None = None) -> bool:
        """Put the cursor on a hit or one of its steps; False if it is not there."""
        index = self.tree.index_of(episode_id, seq)
        if index.isValid() and index != self.currentIndex():
            self.setCurrentIndex(index)
        return index.isValid()

    def current_hit(self) -> HitRow | None:
        """The hit under the cursor, or the one whose step is."""
        index = self.currentIndex()
        row = (index.parent() if index.parent().isValid() else index).data(ROW)
        return row if isinstance(row, HitRow) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open on Enter, leave on Escape, copy on Ctrl+C; arrows and folding are Qt's."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_row()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._open(self.currentIndex())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew: excerpts take one line or two, by the width."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.scheduleDelayedItemsLayout()

    def set_menu(self, offered: Offer) -> None:
        """Have the menu of a hit end with these commands on its episode."""
        self._offered = offered

    def keyboardSearch(self, search: str) -> None:
        """Do nothing: letters are commands of the window."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a hit."""
        hit = self.current_hit()
        if hit is None:
            return
        menu = open_menu((), event.globalPos(), self)
        menu.addAction("Open in Episodes", lambda: self._open(self.currentIndex()))
        menu.addAction("What if This Were Absent?", lambda: self.absent_asked.emit(hit))
        menu.addAction("Copy with Every Part of the Score", self.copy_row)
        menu.addSeparator()
        add_all(menu, self._offered())

    def copy_row(self) -> None:
        """Put the row on the clipboard; a hit with every part of its score."""
        row = self.currentIndex().data(ROW)
        if isinstance(row, HitRow):
            QGuiApplication.clipboard().setText(f"{spoken(row)}\n{reasons(row)}\n")
        elif isinstance(row, StepHit):
            QGuiApplication.clipboard().setText(row.excerpt)
        elif isinstance(row, Alike):
            QGuiApplication.clipboard().setText(spoken(row))

    def _on_current(self, index: _Index) -> None:
        if (target := _target(index, best=False)) is not None:
            self.chosen.emit(*target)

    def _on_clicked(self, index: QModelIndex) -> None:
        """Open a step or an episode like a hit; a hit is only chosen."""
        if isinstance(index.data(ROW), StepHit | Alike):
            self._open(index)

    def _open(self, index: QModelIndex) -> None:
        if (target := _target(index, best=True)) is not None:
            self.opened.emit(*target)


def _target(index: _Index, *, best: bool) -> tuple[int, int | None] | None:
    """The episode and the step that a row leads to; a hit leads to its best step, if asked for."""
    row = index.data(ROW) if index.isValid() else None
    if isinstance(row, StepHit):
        return row.episode_id, row.seq
    if isinstance(row, Alike):
        return row.episode_id, None
    if not isinstance(row, HitRow):
        return None
    return row.episode_id, row.steps[0].seq if best and row.steps else None
