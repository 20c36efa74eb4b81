"""A radio button whose ring is seen in both themes: Fusion's outline vanishes in the dark."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QRadioButton, QStyle, QStyleOptionButton

from app.kit.theme.colour import Colour


class RadioButton(QRadioButton):
    """A radio button with an outline of text strength and the palette's accent for its mark."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the ring, its mark and its text in the state they are in."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style, painter = self.style(), QPainter(self)
        element = QStyle.SubElement
        ring = style.subElementRect(element.SE_RadioButtonIndicator, option, self)
        area = QRectF(ring).adjusted(1, 1, -1, -1)
        on = self.isEnabled()
        outline = Colour.ACCENT if self.hasFocus() or self.underMouse() else Colour.MUTED
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen((outline if on else Colour.LINE).qcolor(), 1))
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawEllipse(area)
        if self.isChecked():
            colour = (Colour.ACCENT if on else Colour.FAINT).qcolor()
            painter.setPen(colour)
            painter.setBrush(colour)
            inset = area.width() / 4
            painter.drawEllipse(area.adjusted(inset, inset, -inset, -inset))
        option.rect = style.subElementRect(element.SE_RadioButtonContents, option, self)
        style.drawControl(QStyle.ControlElement.CE_RadioButtonLabel, option, painter, self)
