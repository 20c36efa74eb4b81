"""A step as it was, with what compression drops of it greyed: the rebuilt against the original."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QFont, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kit.formatting import counted
from app.kit.plain_text import LONGEST_LINE
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from hpm_engine import KeptSpan, Step, visible

_MOST_LINES = 2_000  # of one step; a card of the Episodes view shows all of it


class KeptText(QPlainTextEdit):
    """A step's text: kept lines in strong type behind a bar, dropped ones grey behind a dot."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setFont(QFont(fixed_font()))
        self.setMinimumHeight(32)  # what is said above it takes more room on a small screen
        self.setAccessibleName("The step as it was; what is dropped begins with a dot")
        self.setPlaceholderText("Choose a step to see what is kept of it.")

    def show_step(self, step: Step, spans: Sequence[KeptSpan]) -> None:
        """Show a step's text with the lines that the spans hold set apart."""
        self.clear()
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        strong, grey, heading = self._formats()
        room = _MOST_LINES
        for index, part in enumerate(step.parts):
            if not part.text:
                continue
            kept = {
                line
                for span in spans
                if span.part == index
                for line in range(span.line, span.line + span.text.count("\n") + 1)
            }
            lines = part.text.split("\n")
            said = f"{len(kept):,} of {counted(len(lines), 'line')} kept"
            cursor.insertText(f"{part.kind.value} {visible(part.name)} · {said}\n", heading)
            for number, line in enumerate(lines[:room]):
                shown = visible(line[:LONGEST_LINE].removesuffix("\r"))  # CR LF ends a line
                if number in kept:
                    cursor.insertText(f"┃ {shown}\n", strong)
                else:
                    cursor.insertText(f"· {shown}\n", grey)
            if len(lines) > room:
                cursor.insertText(f"… {len(lines) - room:,} more lines\n", heading)
            room = max(0, room - len(lines))
        cursor.endEditBlock()
        self.verticalScrollBar().setValue(0)

    def _formats(self) -> tuple[QTextCharFormat, QTextCharFormat, QTextCharFormat]:
        strong, grey, heading = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        strong.setForeground(self.palette().text())
        grey.setForeground(Colour.MUTED.qcolor())
        heading.setForeground(Colour.ACCENT.qcolor())
        return strong, grey, heading
