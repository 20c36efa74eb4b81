"""The search box: the query, how much it found, and where it is wrong."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QSizePolicy,
    QStyle,
    QVBoxLayout,
    QWidget,
)

from app.kit.formatting import counted
from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.search.completion_list import CompletionList
from app.search.saved_search_button import SavedSearchButton
from hpm_engine import BadQuery, explain, parse

DEBOUNCE_MS = 200


class QueryLine(QLineEdit):
    """A line that underlines what is wrong in its query, and shows the count inside."""

    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._wrong: tuple[int, int] | None = None
        self._result = ""

    def set_result(self, result: str, wrong: tuple[int, int] | None) -> None:
        """Show a count at the right end, or mark the span that is wrong."""
        self._result, self._wrong = result, wrong
        margin = self.fontMetrics().horizontalAdvance(result) + 12 if result else 0
        self.setTextMargins(0, 0, margin, 0)
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Clear the query on Escape; in an empty line give the keyboard back to the view."""
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Select the query when a shortcut gives the focus, ready to be replaced."""
        super().focusInEvent(event)
        if event.reason() is Qt.FocusReason.ShortcutFocusReason:
            self.selectAll()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the count and the mark over the line."""
        super().paintEvent(event)
        painter = QPainter(self)
        if self._result and self.text():
            clear_button = self.style().pixelMetric(QStyle.PixelMetric.PM_SmallIconSize) + 14
            painter.setPen(Colour.MUTED.qcolor())
            area = self.rect().adjusted(0, 0, -clear_button, 0)
            right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
            painter.drawText(area, right.value, self._result)
        if self._wrong is not None:
            painter.setPen(QPen(Colour.BAD.qcolor(), 2))
            self._underline(painter, *self._wrong)

    def _underline(self, painter: QPainter, first: int, last: int) -> None:
        metrics = self.fontMetrics()
        cursor = self.cursorRect()
        before = metrics.horizontalAdvance(self.text()[: self.cursorPosition()])
        origin = cursor.center().x() - before
        start = origin + metrics.horizontalAdvance(self.text()[:first])
        bottom = self.height() / 2 + metrics.height() / 2
        width = max(6, metrics.horizontalAdvance(self.text()[first:last]))
        painter.drawLine(QPointF(start, bottom), QPointF(start + width, bottom))


class SearchBox(QWidget):
    """The search box; ``asked`` carries the query 200 ms after the last key, or on Enter."""

    asked = Signal(str)
    left = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QueryLine()
        self.line.setPlaceholderText(
            'Search: words, "phrases", -excluded, project:name, has:error, after:7d…'
        )
        self.line.setAccessibleName("Search")
        self.line.setClearButtonEnabled(True)
        self.line.addAction(
            icon(Icon.SEARCH, Colour.MUTED), QLineEdit.ActionPosition.LeadingPosition
        )
        self.line.left.connect(self.left)
        self.completions = CompletionList(self.line)
        self.saved = SavedSearchButton()
        self._why = SafeLabel(tone=Colour.BAD)
        self._why.hide()
        self._last = ""
        self._timer = QTimer(self, singleShot=True, interval=DEBOUNCE_MS)
        self._timer.timeout.connect(self._ask_unless_halfway)
        self.completions.closed.connect(self._timer.start)
        self.line.textChanged.connect(self._on_typed)
        self.line.returnPressed.connect(self._ask)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Maximum)
        column = QVBoxLayout(self)
        column.setContentsMargins(4, 4, 4, 4)
        column.setSpacing(2)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(2)
        row.addWidget(self.line)
        row.addWidget(self.saved)
        column.addLayout(row)
        column.addWidget(self._why)

    def sizeHint(self) -> QSize:
        """The size of the box: wide, and one line high, two while it shows an error."""
        return QSize(900, super().sizeHint().height())

    def show_count(self, episodes: int, hits: int) -> None:
        """Show how much the query found."""
        self._why.hide()
        steps = f" · {counted(hits, 'step')}" if hits else ""
        count = f"{counted(episodes, 'episode')}{steps}" if self._last else ""
        self.line.set_result(count, None)
        self.line.setToolTip(tip(_meaning(self._last)))

    def show_wrong(self, error: BadQuery) -> None:
        """Show where and why the query is wrong."""
        typed = self.line.text()
        before = len(typed) - len(typed.lstrip())  # the query is parsed without these spaces
        first = before + error.position
        self.line.set_result("", (first, first + error.length))
        self._why.setText(f"{error} The list still shows the last good result.")
        self._why.show()

    def error_text(self) -> str:
        """The error of a wrong query; empty when it is right."""
        return "" if self._why.isHidden() else self._why.whole_text()

    def set_query(self, text: str) -> None:
        """Show a query that was asked elsewhere, without asking it again."""
        if text != self._last:
            self._last = text
            self.line.setText(text)
            self._timer.stop()

    def reset(self) -> None:
        """Empty the line for another store."""
        self.set_query("")
        self.saved.show_searches(())
        self._why.hide()
        self.line.set_result("", None)

    def text(self) -> str:
        """The text that is typed, whether asked already or not."""
        return self.line.text().strip()

    def _on_typed(self, text: str) -> None:
        if text != self._last:
            self._timer.start()

    def _ask_unless_halfway(self) -> None:
        """Ask what is typed, unless it is wrong while a field is still being completed."""
        if not (self.completions.isVisible() and _wrong(self.text())):
            self._ask()

    def _ask(self) -> None:
        self._timer.stop()
        text = self.text()
        if text != self._last:
            self._last = text
            self.asked.emit(text)


def _wrong(query: str) -> bool:
    try:
        parse(query)
    except BadQuery:
        return True
    return False


def _meaning(query: str) -> str:
    """The meaning of a query, in words."""
    try:
        return explain(parse(query)) if query else ""
    except BadQuery:
        return ""
