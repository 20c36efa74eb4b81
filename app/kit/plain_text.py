"""Text of unknown origin on screen: always plain, nothing hidden in it, never endless."""

from __future__ import annotations

import html
import re

from PySide6.QtCore import QCoreApplication, QPointF, QSize, Qt
from PySide6.QtGui import QFont, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QApplication, QLabel, QSizePolicy, QStyle, QStyleOption, QWidget

from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from app.kit.wrapped_text import height_of, wrapped
from hpm_engine import visible

LONGEST_LINE = 2_000  # characters; a megabyte line freezes text layout
_LONGEST_TIP = 1_000  # characters
_LONG_WORD = re.compile(r"\S{30}(?=\w)")  # where a tool tip may break it, lest it leave the screen
_NARROWEST = 12  # characters in a line of a label that wraps
_WIDEST = 80  # the same


def one_line(text: str, limit: int = 300) -> str:
    """The beginning of a text as one visible line of at most ``limit`` characters."""
    shown = visible(text[: limit + 1].strip())
    return shown if len(text) <= limit else shown[:limit].rstrip() + "…"


def tip(text: str) -> str:
    """A text for ``setToolTip`` and tool tip roles: escaped, and explicitly so.

    Qt guesses whether a tip is rich text; left to guess, a trace could load local images.
    It breaks no word: long ones get places where they may be broken.
    """
    short = text if len(text) <= _LONGEST_TIP else text[:_LONGEST_TIP] + "…"
    shown = _LONG_WORD.sub("\\g<0>\u200b", visible(short, lines=True))
    body = html.escape(shown).replace("\n", "<br/>")
    return f"<qt>{body}</qt>" if text else ""


class SafeLabel(QLabel):
    """A label that shows any text as plain text; one line elides, and its tip has the whole.

    ``tone`` is the text's colour; without it the palette's. ``role`` is its size and weight, which
    follow the text size that a person sets; ``bold`` is body text that stands out. One word that
    must be read is ``whole``: it never elides.
    """

    def __init__(
        self,
        text: str = "",
        *,
        wrap: bool = False,
        tone: Colour | None = None,
        bold: bool = False,
        role: TextRole = TextRole.BODY,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
        whole: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone, self._elide, self._role = tone, elide, role
        self._whole = ""
        self._tip = ""
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setOpenExternalLinks(False)
        self.setWordWrap(wrap)
        if not wrap:
            shrinks = QSizePolicy.Policy.Minimum if whole else QSizePolicy.Policy.Preferred
            self.setSizePolicy(shrinks, QSizePolicy.Policy.Fixed)
        if bold:
            font = self.font()
            font.setBold(True)
            self.setFont(font)
        if role is not TextRole.BODY:
            # A label whose size was set is told of no change of the application's font.
            self._fit_role(QApplication.font())
            QCoreApplication.instance().fontChanged.connect(self._fit_role)  # type: ignore[union-attr]
        self.setText(text)

    def _fit_role(self, body: QFont) -> None:
        self.setFont(self._role.font(body))

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
        """Narrow, so that a long text or a long word never widens the window."""
        hint = super().minimumSizeHint()
        if self.wordWrap():
            return QSize(min(hint.width(), self._characters(_NARROWEST)), hint.height())
        return QSize(self.fontMetrics().horizontalAdvance("…"), hint.height())

    def sizeHint(self) -> QSize:
        """No wider than a long line, whatever the words."""
        hint = super().sizeHint()
        widest = self._characters(_WIDEST)
        if not self.wordWrap() or hint.width() <= widest:
            return hint
        return QSize(widest, self.heightForWidth(widest))

    def heightForWidth(self, width: int) -> int:
        """As a label's, but for words that are longer than the lines: these are broken."""
        if not self.wordWrap() or self._words_fit(width):
            return super().heightForWidth(width)
        margins = self.contentsMargins()
        beside = margins.left() + margins.right() + 2 * self.margin()
        above = margins.top() + margins.bottom() + 2 * self.margin()
        return above + height_of(wrapped(self.text(), self.font(), max(1, width - beside)))

    def _characters(self, count: int) -> int:
        return self.fontMetrics().averageCharWidth() * count

    def _words_fit(self, width: int) -> bool:
        """Whether a label that breaks between words alone is as narrow as that."""
        return super().minimumSizeHint().width() <= width

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
        if self.wordWrap() and not self._words_fit(self.width()):
            group = QPalette.ColorGroup.Normal if self.isEnabled() else QPalette.ColorGroup.Disabled
            painter.setPen(palette.color(group, QPalette.ColorRole.WindowText))
            wrapped(text, self.font(), area.width()).draw(painter, QPointF(area.topLeft()))
            return
        if self.wordWrap():
            flags |= Qt.TextFlag.TextWordWrap.value
        else:
            text = self.fontMetrics().elidedText(text, self._elide, area.width())
            if not self._tip:
                self.setToolTip(tip(self._whole) if text != self._whole else "")
        self.style().drawItemText(
            painter, area, flags, palette, self.isEnabled(), text, QPalette.ColorRole.WindowText
        )
