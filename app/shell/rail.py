"""The rail on the left: one entry for each view, with its icon and its name."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kit.formatting import number
from app.kit.icons import Icon, paint_icon
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from app.kit.view_names import ViewName

_MOST_SHOWN = 100  # a larger number is "99+"


class RailButton(QAbstractButton):
    """An icon over a name, or alone where there is no room for both.

    The chosen one has a bar at its edge and stronger text.
    """

    def __init__(self, text: str, which: Icon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._which = which
        self._count = 0
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

    @property
    def count(self) -> int:
        """How many things wait in the view."""
        return self._count

    def show_count(self, count: int) -> None:
        """Show beside the icon how many things wait in the view; nothing for 0."""
        self._count = count
        waiting = f", {number(count)} waiting for you" if count else ""
        self.setAccessibleName(f"{self.text()}{waiting}")
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the longest name at the current text size."""
        metrics = self.fontMetrics()
        width = max(76, metrics.horizontalAdvance("Consolidation") + 14)
        return QSize(width, self._side() + metrics.height() + 22)

    def minimumSizeHint(self) -> QSize:
        """As high as the icon."""
        return QSize(self.sizeHint().width(), self._side() + 10)

    @property
    def shows_name(self) -> bool:
        """Whether there is room for its name; without it, the tool tip has it."""
        return self.height() >= self.sizeHint().height() - 6

    def _side(self) -> int:
        return max(24, self.fontMetrics().height() * 3 // 2)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the entry in the state it is in."""
        painter = QPainter(self)
        area = self.rect()
        if self.isChecked():
            painter.fillRect(area, Colour.SURFACE.qcolor())
            painter.fillRect(QRect(0, 0, 3, area.height()), Colour.ACCENT.qcolor())
        elif self.underMouse() and self.isEnabled():
            painter.fillRect(area, Colour.RAISED.qcolor())
        tone = Colour.ACCENT if self.isChecked() else Colour.MUTED
        if not self.isEnabled():
            tone = Colour.FAINT
        named = self.shows_name
        top = 9 if named else (area.height() - self._side()) // 2
        paint_icon(painter, QRect(0, top, area.width(), self._side()), self._which, tone)
        if self._count:
            self._paint_count(painter, QRect(0, top, area.width(), self._side()))
        if named:
            text = self.palette().color(QPalette.ColorRole.WindowText)
            painter.setPen(text if self.isChecked() else tone.qcolor())
            painter.drawText(
                area.adjusted(2, 10 + self._side(), -2, -4),
                Qt.AlignmentFlag.AlignCenter.value,
                self.text(),
            )
        if self.hasFocus():
            painter.setPen(Colour.ACCENT.qcolor())
            painter.drawRect(area.adjusted(4, 1, -2, -2))

    def _paint_count(self, painter: QPainter, icon: QRect) -> None:
        """A small number on a quiet ground, at the upper right of the icon."""
        text = number(self._count) if self._count < _MOST_SHOWN else f"{_MOST_SHOWN - 1}+"
        font = TextRole.CAPTION.font(self.font())
        metrics = QFontMetrics(font)
        height = metrics.height()
        width = max(height, metrics.horizontalAdvance(text) + height // 2)
        left = min(icon.center().x() + icon.height() // 4, icon.right() - width - 2)
        ground = QRect(left, icon.top() - height // 4, width, height)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(Colour.RAISED.qcolor())
        painter.drawRoundedRect(ground, height / 2, height / 2)
        painter.setFont(font)
        painter.setPen(self.palette().color(QPalette.ColorRole.WindowText))
        painter.drawText(ground, Qt.AlignmentFlag.AlignCenter.value, text)
        painter.restore()


class Rail(QFrame):
    """The entries, one of them chosen; ``chosen`` carries the view's name."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Views")
        self._buttons: dict[ViewName, RailButton] = {}
        self._tips: dict[ViewName, str] = {}
        self._group = QButtonGroup(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 1, 4)
        self._layout.setSpacing(2)
        self._layout.addStretch(100)

    def add(self, name: ViewName, title: str, which: Icon, shortcut: str) -> None:
        """Append an entry."""
        button = RailButton(title, which)
        self._tips[name] = f"{title} ({shortcut})"
        button.setToolTip(tip(self._tips[name]))
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._buttons[name] = button
        self._group.addButton(button)
        self._layout.insertWidget(self._layout.count() - 1, button)

    def show_count(self, name: ViewName, count: int) -> None:
        """Show at an entry how many things wait in its view."""
        button = self._buttons[name]
        button.show_count(count)
        waiting = f"\n{number(count)} waiting for you" if count else ""
        button.setToolTip(tip(f"{self._tips[name]}{waiting}"))

    def choose(self, name: ViewName | None) -> None:
        """Mark the entry of the view that is shown, or none on the first page."""
        self._group.setExclusive(False)
        for entry, button in self._buttons.items():
            button.setChecked(entry is name)
        self._group.setExclusive(name is not None)

    def set_active(self, active: bool) -> None:
        """Let the entries be chosen, or grey them while no store is open."""
        for button in self._buttons.values():
            button.setEnabled(active)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A line towards the view."""
        painter = QPainter(self)
        painter.fillRect(self.width() - 1, 0, 1, self.height(), Colour.LINE.qcolor())
