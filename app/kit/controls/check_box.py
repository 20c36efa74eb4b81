"""A check box whose box is seen in both themes: Fusion's outline vanishes in the dark."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QCheckBox, QStyle, QStyleOptionButton

from app.kit.icons import Icon, paint_icon
from app.kit.theme.colour import Colour


class CheckBox(QCheckBox):
    """A check box with an outline of text strength and the palette's accent for its mark."""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the box, its mark and its text in the state they are in."""
        option = QStyleOptionButton()
        self.initStyleOption(option)
        style, painter = self.style(), QPainter(self)
        element = QStyle.SubElement
        box = style.subElementRect(element.SE_CheckBoxIndicator, option, self)
        box = QRect(box).adjusted(0, 0, -1, -1)
        on = self.isEnabled()
        outline = Colour.ACCENT if self.hasFocus() or self.underMouse() else Colour.MUTED
        painter.setPen((outline if on else Colour.LINE).qcolor())
        painter.setBrush(self.palette().color(QPalette.ColorRole.Base))
        painter.drawRect(box)
        if self.isChecked():
            tone = Colour.ACCENT if on else Colour.FAINT
            paint_icon(painter, box.adjusted(0, 0, 1, 1), Icon.CHECKED, tone)
        option.rect = style.subElementRect(element.SE_CheckBoxContents, option, self)
        style.drawControl(QStyle.ControlElement.CE_CheckBoxLabel, option, painter, self)
