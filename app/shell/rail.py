"""The rail on the left: one entry for each view, with its icon and its name."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import (
    QAbstractButton,
    QButtonGroup,
    QFrame,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from app.kit.icons import Icon, paint_icon
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from app.kit.view_names import ViewName


class RailButton(QAbstractButton):
    """An icon over a name, or alone where there is no room for both.

    The chosen one has a bar at its edge and stronger text.
    """

    def __init__(self, text: str, which: Icon, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._which = which
        self.setText(text)
        self.setCheckable(True)
        self.setAccessibleName(text)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)

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


class Rail(QFrame):
    """The entries, one of them chosen; ``chosen`` carries the view's name."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Views")
        self._buttons: dict[ViewName, RailButton] = {}
        self._group = QButtonGroup(self)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 4, 1, 4)
        self._layout.setSpacing(2)
        self._layout.addStretch(100)

    def add(self, name: ViewName, title: str, which: Icon, shortcut: str) -> None:
        """Append an entry."""
        button = RailButton(title, which)
        button.setToolTip(tip(f"{title} ({shortcut})"))
        button.clicked.connect(lambda: self.chosen.emit(name))
        self._buttons[name] = button
        self._group.addButton(button)
        self._layout.insertWidget(self._layout.count() - 1, button)

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
