"""Facts in two columns, name and value; values of code can be copied, links followed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QGuiApplication,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QGridLayout, QToolButton, QWidget

from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole, fixed_font

_LONGEST_NAME = "Episode digest"
_NAMES_SHARE = 0.42  # of the width, at most


@dataclass(frozen=True, slots=True)
class Fact:
    """A name with a value; ``code`` is set in the fixed font with a button that copies it."""

    name: str
    value: str
    code: bool = False
    tone: Colour | None = None
    tip: str = ""
    go: Callable[[], None] | None = None


class LinkLabel(SafeLabel):
    """A text that goes somewhere on a click or on Enter."""

    def __init__(self, text: str, go: Callable[[], None], role: TextRole = TextRole.BODY) -> None:
        super().__init__(text, tone=Colour.ACCENT, role=role)
        self._go = go
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Follow the link."""
        if self.rect().contains(event.position().toPoint()):
            self._go()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space follow the link."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._go()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Underline while it has the keyboard or the pointer."""
        super().paintEvent(event)
        if self.hasFocus() or self.underMouse():
            painter = QPainter(self)
            painter.setPen(Colour.ACCENT.qcolor())
            width = min(self.width(), self.fontMetrics().horizontalAdvance(self.text()))
            painter.drawLine(0, self.height() - 1, width, self.height() - 1)


class FactList(QWidget):
    """A group of facts under a heading; hidden while it has none."""

    def __init__(self, heading: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(3)
        self._grid.setColumnStretch(1, 1)
        if heading:
            self._grid.addWidget(SafeLabel(heading, bold=True), 0, 0, 1, 3)
        self._facts: tuple[Fact, ...] = ()
        self.hide()

    def show_facts(self, facts: Sequence[Fact]) -> None:
        """Show these facts, leaving out those without a value."""
        shown = tuple(fact for fact in facts if fact.value)
        if [fact.name for fact in shown] == [fact.name for fact in self._facts] and not any(
            fact.go for fact in shown
        ):
            self._refill(shown)
        else:
            self._rebuild(shown)
        self._facts = shown
        self.setVisible(bool(shown))

    def facts(self) -> tuple[Fact, ...]:
        """The facts on screen."""
        return self._facts

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give names less room where there is little: values are what is read."""
        super().resizeEvent(event)
        for row in range(1, len(self._facts) + 1):
            item = self._grid.itemAtPosition(row, 0)
            if item is not None and (name := item.widget()) is not None:
                name.setFixedWidth(self._name_width())

    def _name_width(self) -> int:
        longest = self.fontMetrics().horizontalAdvance(_LONGEST_NAME) + 2
        return min(longest, round(max(self.width(), 1) * _NAMES_SHARE))

    def _refill(self, facts: Sequence[Fact]) -> None:
        for row, fact in enumerate(facts, start=1):
            if fact != self._facts[row - 1]:
                self._put(row, fact)

    def _rebuild(self, facts: Sequence[Fact]) -> None:
        for row in range(1, len(self._facts) + 1):
            self._clear(row, (0, 1, 2))
        for row, fact in enumerate(facts, start=1):
            name = SafeLabel(fact.name, tone=Colour.MUTED)
            name.setFixedWidth(self._name_width())
            self._grid.addWidget(name, row, 0, Qt.AlignmentFlag.AlignTop)
            self._put(row, fact)

    def _put(self, row: int, fact: Fact) -> None:
        self._clear(row, (1, 2))
        if fact.go is not None:
            label: SafeLabel = LinkLabel(fact.value, fact.go)
        else:
            middle = Qt.TextElideMode.ElideMiddle if fact.code else Qt.TextElideMode.ElideRight
            label = SafeLabel(fact.value, tone=fact.tone, elide=middle)
        if fact.tip:
            label.set_tip(fact.tip)
        label.setAccessibleDescription(fact.name)
        self._grid.addWidget(label, row, 1)
        if fact.code:
            font = label.font()
            font.setFamily(fixed_font())
            label.setFont(font)
            self._grid.addWidget(self._copy_button(fact), row, 2)

    def _copy_button(self, fact: Fact) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icon(Icon.COPY, Colour.MUTED))
        side = self.fontMetrics().height()
        button.setFixedSize(side + 4, side + 2)
        button.setToolTip(tip(f"Copy: {fact.name.lower()}."))
        button.setAccessibleName(f"Copy {fact.name.lower()}")
        button.clicked.connect(partial(_copy, fact.value))
        return button

    def _clear(self, row: int, columns: tuple[int, ...]) -> None:
        for column in columns:
            item = self._grid.itemAtPosition(row, column)
            if item is not None and (widget := item.widget()) is not None:
                self._grid.removeWidget(widget)
                widget.hide()
                widget.deleteLater()


def _copy(text: str) -> None:
    QGuiApplication.clipboard().setText(text)
