"""A large row that offers one thing to do: an icon, a title and a line that explains it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractButton, QSizePolicy, QWidget

from app.kit.icons import Icon, paint_icon
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from hpm_engine import visible

_SIDE = 12  # pixels


class ChoiceRow(QAbstractButton):
    """A button with two lines; text of unknown origin is painted as it is."""

    def __init__(
        self, title: str, explanation: str, which: Icon, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._explanation, self._which = visible(explanation), which
        self.setText(visible(title))
        self.setAccessibleName(self.text())
        self.setAccessibleDescription(self._explanation)
        self.setToolTip(tip(explanation))
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def sizeHint(self) -> QSize:
        """Two lines of text."""
        return QSize(420, self.fontMetrics().height() * 2 + 20)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter works like Space."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.click()
        else:
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the row; a border shows the keyboard's and the pointer's place."""
        painter = QPainter(self)
        area = self.rect().adjusted(0, 0, -1, -1)
        hot = self.isEnabled() and (self.underMouse() or self.hasFocus())
        painter.setPen((Colour.ACCENT if hot else Colour.LINE).qcolor())
        painter.setBrush((Colour.RAISED if self.isDown() else Colour.SURFACE).qcolor())
        painter.drawRect(area)
        side = min(max(28, self.fontMetrics().height() * 3 // 2), area.height() - 16)
        sign = QRect(_SIDE, (area.height() - side) // 2, side, side)
        paint_icon(painter, sign, self._which, Colour.ACCENT if self.isEnabled() else Colour.FAINT)
        height = self.fontMetrics().height()
        top = (area.height() - 2 * height - 2) // 2
        line = QRect(sign.right() + _SIDE, top, area.width() - sign.right() - 2 * _SIDE, height)
        font = self.font()
        font.setBold(True)
        painter.setFont(font)
        group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
        painter.setPen(self.palette().color(group, QPalette.ColorRole.WindowText))
        self._write(painter, line, self.text(), Qt.TextElideMode.ElideMiddle)
        painter.setFont(self.font())
        painter.setPen(Colour.MUTED.qcolor())
        self._write(
            painter, line.translated(0, height + 2), self._explanation, Qt.TextElideMode.ElideMiddle
        )

    def _write(self, painter: QPainter, line: QRect, text: str, how: Qt.TextElideMode) -> None:
        shown = painter.fontMetrics().elidedText(text, how, line.width())
        flags = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        painter.drawText(line, flags.value | Qt.TextFlag.TextSingleLine.value, shown)
