"""Text of unknown origin on screen: always plain, nothing hidden in it, never endless."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from app.theme import Colour
from hpm_engine import visible

LONGEST_LINE = 2_000  # characters; a megabyte line freezes text layout
_LONGEST_TIP = 1_000


def one_line(text: str, limit: int = 300) -> str:
    """The beginning of a text as one visible line of at most ``limit`` characters."""
    shown = visible(text[: limit + 1].strip())
    return shown if len(text) <= limit else shown[:limit].rstrip() + "…"


def tip(text: str) -> str:
    """A text for ``setToolTip`` and tool tip roles: escaped, and explicitly so.

    Qt guesses whether a tip is rich text; left to guess, a trace could load local images.
    """
    short = text if len(text) <= _LONGEST_TIP else text[:_LONGEST_TIP] + "…"
    body = html.escape(visible(short, lines=True)).replace("\n", "<br/>")
    return f"<qt>{body}</qt>" if text else ""


class SafeLabel(QLabel):
    """A label that shows any text as plain text; one line elides, and its tip has the whole.

    ``tone`` is the text's colour; without it the palette's.
    """

    def __init__(
        self,
        text: str = "",
        *,
        wrap: bool = False,
        tone: Colour | None = None,
        bold: bool = False,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone, self._elide = tone, elide
        self._whole = ""
        self._tip = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setOpenExternalLinks(False)
        self.setWordWrap(wrap)
        if not wrap:
            self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        if bold:
            font = self.font()
            font.setBold(True)
            self.setFont(font)
        self.setText(text)

    def setText(self, text: str) -> None:
        """Show a text, whatever it contains."""
        self._whole = text
        shown = visible(text[: LONGEST_LINE + 1], lines=self.wordWrap())
        super().setText(shown if len(text) <= LONGEST_LINE else shown[:LONGEST_LINE] + "…")
        self.setAccessibleName(shown)

    def whole_text(self) -> str:
        """The text as it was given."""
        return self._whole

    def set_tone(self, tone: Colour | None) -> None:
        """Change the text's colour."""
        self._tone = tone
        self.update()

    def set_tip(self, text: str) -> None:
        """What the pointer is told instead of a text that does not fit."""
        self._tip = tip(text)
        self.setToolTip(self._tip)

    def minimumSizeHint(self) -> QSize:
        """Narrow when eliding, so that a long text never widens the window."""
        hint = super().minimumSizeHint()
        return (
            hint
            if self.wordWrap()
            else QSize(self.fontMetrics().horizontalAdvance("…"), hint.height())
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the text in its tone, elided to the width there is."""
        painter = QPainter(self)
        option = QStyleOption()
        option.initFrom(self)
        palette = QPalette(self.palette())
        if self._tone is not None and self.isEnabled():
            palette.setColor(QPalette.ColorRole.WindowText, self._tone.qcolor())
        area = self.contentsRect().adjusted(self.margin(), 0, -self.margin(), 0)
        flags = QStyle.visualAlignment(self.layoutDirection(), self.alignment()).value
        text = self.text()
        if self.wordWrap():
            flags |= Qt.TextFlag.TextWordWrap.value
        else:
            text = self.fontMetrics().elidedText(text, self._elide, area.width())
            if not self._tip:
                self.setToolTip(tip(self._whole) if text != self._whole else "")
        self.style().drawItemText(
            painter, area, flags, palette, self.isEnabled(), text, QPalette.ColorRole.WindowText
        )
