"""The list of what may be typed next, under the line where somebody types."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHideEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListWidget, QListWidgetItem

from app.kit.plain_text import one_line
from app.kit.table.noted_delegate import NOTE, NotedDelegate
from hpm_engine import Completion, Facets, complete

_CHOICE = Qt.ItemDataRole.UserRole
_WIDTH = 60  # characters
_SHOWN = 80  # characters of a choice


class CompletionList(QListWidget):
    """A list that opens while a search is typed: Down and Up choose, Tab or Enter takes."""

    closed = Signal()

    def __init__(self, line: QLineEdit) -> None:
        super().__init__(line)
        self._line = line
        self._facets: Facets | None = None
        self._completion = Completion(0, 0)
        self.setFrameShape(QFrame.Shape.Box)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Completions")
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(NotedDelegate(self))
        self.itemClicked.connect(self._take)
        line.textEdited.connect(lambda _: self.offer())
        line.installEventFilter(self)
        self.hide()

    def set_facets(self, facets: Facets) -> None:
        """Offer the values that the store holds."""
        self._facets = facets

    def offer(self, *, all_fields: bool = False) -> None:
        """Show what fits at the cursor; before anything is typed only with ``all_fields``."""
        cursor = self._line.cursorPosition()
        self._completion = completion = complete(self._line.text(), cursor, self._facets)
        self.clear()
        if not completion.choices or (completion.start == cursor and not all_fields):
            self.hide()
            return
        for choice in completion.choices:
            item = QListWidgetItem(one_line(choice.text, _SHOWN), self)
            item.setData(_CHOICE, choice.text)
            item.setData(NOTE, choice.note)
        self._place()
        self.show()
        self.raise_()

    def choices(self) -> list[str]:
        """The choices, best first; none while the list is closed."""
        items = [self.item(row) for row in range(self.count())]
        return [item.data(_CHOICE) for item in items] if self.isVisible() else []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that steer the list, while it is open, from the line."""
        if event.type() is QEvent.Type.FocusOut:
            self.hide()
        if isinstance(event, QKeyEvent):
            if event.type() is QEvent.Type.ShortcutOverride and self._steers(event):
                event.accept()  # or Escape and Tab would never arrive as keys
                return True
            if event.type() is QEvent.Type.KeyPress:
                return self._press(event)
        return super().eventFilter(watched, event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Emit ``closed``."""
        super().hideEvent(event)
        self.closed.emit()

    def _steers(self, event: QKeyEvent) -> bool:
        return self.isVisible() and event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Tab)

    def _press(self, event: QKeyEvent) -> bool:
        key, control = event.key(), Qt.KeyboardModifier.ControlModifier
        if key == Qt.Key.Key_Space and event.modifiers() & control:
            self.offer(all_fields=True)
            return True
        if not self.isVisible():
            return False
        if key in (Qt.Key.Key_Down, Qt.Key.Key_Up):
            step = 1 if key == Qt.Key.Key_Down else -1
            first = 0 if step > 0 else self.count() - 1
            row = self.currentRow()
            self.setCurrentRow((row + step) % self.count() if row >= 0 else first)
        elif key == Qt.Key.Key_Tab:
            self._take(self.currentItem() or self.item(0))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem() is not None:
            self._take(self.currentItem())
        elif key == Qt.Key.Key_Escape:
            self.hide()
        else:
            if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self.hide()
            return False
        return True

    def _take(self, item: QListWidgetItem) -> None:
        chosen, completion = item.data(_CHOICE), self._completion
        self.hide()
        line = self._line
        if not chosen.endswith(":") and line.text()[completion.end : completion.end + 1] != " ":
            chosen += " "
        line.setSelection(completion.start, completion.end - completion.start)
        line.insert(chosen)  # unlike setText this can be undone
        if chosen.endswith(":"):
            self.offer()

    def _place(self) -> None:
        line, window = self._line, self._line.window()
        if self.parent() is not window:
            self.setParent(window)
        row = self.fontMetrics().height() + 10
        corner = line.mapTo(window, QPoint(0, line.height()))
        width = min(line.width(), self.fontMetrics().averageCharWidth() * _WIDTH)
        height = min(self.count() * row + 4, window.height() - corner.y() - 8)
        left = corner.x() + max(0, line.cursorRect().left() - self.fontMetrics().averageCharWidth())
        self.setGeometry(min(left, corner.x() + line.width() - width), corner.y(), width, height)
