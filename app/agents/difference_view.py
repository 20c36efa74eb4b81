"""What would change in settings files, line by line, as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QFont, QSyntaxHighlighter, QTextCharFormat
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from hpm_engine import visible

_LINES = 14  # that are seen at once


class DifferenceView(QPlainTextEdit):
    """Text that can be read, selected and copied, in the fixed font; + is added, - is taken."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setTabChangesFocus(True)
        self.setFont(QFont(fixed_font()))
        self.setAccessibleName(name)
        self._highlighter = _Highlighter(self.document())
        self._fit()

    def show_text(self, text: str) -> None:
        """Show a text; what nobody sees in it is spelled out."""
        self.setPlainText(visible(text, lines=True))
        self._fit()

    def show_differences(self, differences: Iterable[str]) -> None:
        """Show differences of files; which file it is stands above each."""
        self.show_text("\n".join(differences))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the theme and the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self._highlighter.rehighlight()
        elif event.type() == QEvent.Type.FontChange:
            self._fit()

    def _fit(self) -> None:
        lines = min(_LINES, max(3, self.blockCount() + 1))
        self.setFixedHeight(self.fontMetrics().lineSpacing() * lines + 16)


class _Highlighter(QSyntaxHighlighter):
    """The tones of a difference: its sign says the same."""

    def highlightBlock(self, text: str) -> None:
        """Colour a line by its first character."""
        if text.startswith(("+++", "---", "@@")):
            tone = Colour.MUTED
        elif text.startswith("+"):
            tone = Colour.GOOD
        elif text.startswith("-"):
            tone = Colour.BAD
        else:
            return
        form = QTextCharFormat()
        form.setForeground(tone.qcolor())
        self.setFormat(0, len(text), form)
