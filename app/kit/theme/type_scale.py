"""The sizes of text: four roles, and how far a person may scale all of them."""

from __future__ import annotations

from enum import Enum

from PySide6.QtGui import QFont, QFontDatabase

TEXT_SCALES = (80, 90, 100, 110, 125, 150, 175, 200)  # per cent


class TextRole(Enum):
    """A role of text, as (share of the body's size, weight)."""

    TITLE = (1.6, QFont.Weight.DemiBold)  # what a page or an episode is
    HEADING = (1.15, QFont.Weight.DemiBold)  # a part of it
    BODY = (1.0, QFont.Weight.Normal)
    CAPTION = (0.9, QFont.Weight.Normal)  # what may be overlooked

    def font(self, body: QFont) -> QFont:
        """The font of this role beside a body font."""
        share, weight = self.value
        font = QFont(body)
        font.setPointSizeF(body.pointSizeF() * share)
        font.setWeight(weight)
        return font


def fixed_font() -> str:
    """The family for code, paths and digests."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont).family()
