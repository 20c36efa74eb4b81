"""The command palette: every action by a few letters of its name."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QFrame,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from app.kit.table.noted_delegate import NOTE, NotedDelegate

_WIDTH = 560  # pixels
_ROWS = 12  # commands in sight
_ACTION = Qt.ItemDataRole.UserRole


def score(query: str, text: str) -> int | None:
    """How well letters in order fit a text: higher is better, None when they do not.

    Letters at the beginning of words and next to each other count more.
    """
    wanted, where = query.lower().replace(" ", ""), text.lower()
    total, position, previous = 0, 0, -2
    for letter in wanted:
        starts = [
            index
            for index in range(position, len(where))
            if where[index] == letter and (index == 0 or not where[index - 1].isalnum())
        ]
        next_to = previous + 1 if where[previous + 1 : previous + 2] == letter else -1
        hit = next_to if next_to >= position else (starts or [where.find(letter, position)])[0]
        if hit < 0:
            return None
        total += 8 if hit == next_to else 6 if hit in starts else 1
        position, previous = hit + 1, hit
    return total * 100 - len(text)


class CommandPalette(QFrame):
    """A panel over the window: type, choose with the arrows, Enter runs, Escape leaves."""

    closed = Signal()

    def __init__(
        self, actions: Callable[[], Sequence[tuple[str, QAction]]], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setAutoFillBackground(True)
        self.setAccessibleName("Command palette")
        self._line = QLineEdit()
        self._line.setPlaceholderText("Type a command")
        self._line.setAccessibleName("Command")
        self._line.textChanged.connect(self._filter)
        self._line.installEventFilter(self)
        self._list = QListWidget()
        self._list.setFrameShape(QFrame.Shape.NoFrame)
        self._list.setAccessibleName("Commands")
        self._list.setItemDelegate(NotedDelegate(self._list))
        self._list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._list.itemClicked.connect(self._run)
        column = QVBoxLayout(self)
        column.setContentsMargins(9, 9, 9, 9)
        column.addWidget(self._line)
        column.addWidget(self._list)
        self.hide()

    def open(self) -> None:
        """Show the palette over the window, empty and ready."""
        self._line.clear()
        self._filter("")
        self.show()
        self.raise_()
        self._line.setFocus()

    def shown(self) -> list[str]:
        """The names on screen, best first."""
        return [self._list.item(row).text() for row in range(self._list.count())]

    def type(self, text: str) -> None:
        """Enter a query."""
        self._line.setText(text)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrows, Enter and Escape steer the list while the line has the keyboard."""
        if event.type() is QEvent.Type.FocusOut and self.isVisible():
            self._leave()
        if event.type() is not QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return super().eventFilter(watched, event)
        step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
        if step is not None:
            rows = max(1, self._list.count())
            self._list.setCurrentRow((self._list.currentRow() + step) % rows)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if item := self._list.currentItem():
                self._run(item)
        elif event.key() == Qt.Key.Key_Escape:
            self._leave()
        else:
            return super().eventFilter(watched, event)
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        """A border, so that the panel stands off the view under it."""
        painter = QPainter(self)
        painter.setPen(self.palette().color(QPalette.ColorRole.Mid))
        painter.setBrush(self.palette().window())
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _filter(self, query: str) -> None:
        fits = [
            (fit, name, action)
            for name, action in self._actions()
            if (fit := score(query, name)) is not None
        ]
        if query:
            fits.sort(key=lambda entry: -entry[0])
        self._list.clear()
        for _, name, action in fits:
            item = QListWidgetItem(action.icon(), name, self._list)
            item.setData(_ACTION, action)
            item.setData(NOTE, action.shortcut().toString(QKeySequence.SequenceFormat.NativeText))
            if not action.isEnabled():
                item.setFlags(Qt.ItemFlag.NoItemFlags)
        self._list.setCurrentRow(0)
        self._fit()

    def _fit(self) -> None:
        window = self.window()
        row = self._list.fontMetrics().height() + 10
        rows = min(_ROWS, max(1, self._list.count()))
        height = rows * row + self._line.sizeHint().height() + 32
        width = max(_WIDTH, self.fontMetrics().averageCharWidth() * 80)
        width = min(width, window.width() - 40)
        left = (window.width() - width) // 2
        self.setGeometry(left, 56, width, min(height, window.height() - 80))

    def _run(self, item: QListWidgetItem) -> None:
        action = item.data(_ACTION)
        self._leave()
        action.trigger()

    def _leave(self) -> None:
        self.hide()
        self.closed.emit()
