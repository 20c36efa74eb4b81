"""Text in lines of a width: between words where it can be, else inside a word that is too long."""

from __future__ import annotations

import math

from PySide6.QtCore import QPointF
from PySide6.QtGui import QFont, QFontMetricsF, QTextLayout, QTextOption


def wrapped(text: str, font: QFont, width: float) -> QTextLayout:
    """The text laid out in lines that are nowhere wider than ``width`` pixels, unless a letter is.

    Qt's labels break between words alone: a link or a name of 500 letters would widen them.
    """
    layout = QTextLayout(text.replace("\n", "\u2028"), font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    leading = max(0.0, QFontMetricsF(font).leading())
    top = -leading
    layout.beginLayout()
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        top += leading
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    return layout


def height_of(layout: QTextLayout) -> int:
    """The height of a text that was laid out, in whole pixels."""
    return math.ceil(layout.boundingRect().height())
