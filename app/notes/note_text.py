"""The text of a note, set by the reader of Markdown that conversations use; nothing is followed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRectF, Qt
from PySide6.QtGui import QAction, QGuiApplication, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from app.episodes.conversation.block_flow import BlockFlow
from app.episodes.conversation.card_style import CardStyle
from app.episodes.text.code_colours import code_spans
from app.episodes.text.markdown import markdown_blocks
from app.episodes.text.text_block import Shape, TextBlock
from app.kit.theme.spacing import MEDIUM
from hpm_engine import visible

_LONGEST = 100_000  # characters that are set


class _Page(QWidget):
    """The blocks, laid out as wide as the page is."""

    def __init__(self) -> None:
        super().__init__()
        self._blocks: Sequence[TextBlock] = ()
        self._flow: BlockFlow | None = None
        self._style: CardStyle | None = None

    def show_blocks(self, blocks: Sequence[TextBlock]) -> None:
        """Show these blocks."""
        self._blocks = blocks
        self.lay_out()

    def lay_out(self) -> None:
        """Lay the blocks out anew: the width, the font or the colours are others."""
        self._style = CardStyle(self.font())
        width = min(self.width() - 2 * MEDIUM, self._style.reading_width)
        self._flow = BlockFlow(self._blocks, self._style, max(width, 80))
        self.setMinimumHeight(self._flow.height + 2 * MEDIUM)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Lay out anew where the width is another."""
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self.lay_out()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size and the theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.PaletteChange):
            self.lay_out()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the blocks."""
        if self._flow is None or self._style is None:
            return
        painter = QPainter(self)
        clip = QRectF(event.rect())
        self._flow.paint(painter, MEDIUM, MEDIUM, clip)
        for piece in self._flow.pieces:
            piece.draw(painter, MEDIUM, MEDIUM, clip, None, self._style)


class NoteText(QScrollArea):
    """A text with a scroll bar; its menu copies it as it was written."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
        self._page = _Page()
        self.setWidget(self._page)
        self._text = ""
        self.blocks: Sequence[TextBlock] = ()
        copy = QAction("&Copy the Text", self)
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self._text))
        self.addAction(copy)

    @property
    def text(self) -> str:
        """The text as it was written."""
        return self._text

    def show_markdown(self, text: str) -> None:
        """Show a note: its front matter as it is, the rest as Markdown."""
        front, body = _parted(text)
        blocks = [TextBlock(Shape.CODE, visible(front, lines=True))] if front else []
        self._show(text, [*blocks, *markdown_blocks(body)])

    def show_difference(self, lines: Sequence[str]) -> None:
        """Show the lines of a diff, with colours for what came and went."""
        text = "\n".join(lines)[:_LONGEST]
        shown = visible(text, lines=True)
        block = TextBlock(Shape.CODE, shown, code_spans(shown, "diff"))
        self._show(text, [block] if text else [])

    def _show(self, text: str, blocks: Sequence[TextBlock]) -> None:
        self._text = text
        self.setAccessibleDescription(text[:2_000])
        self.blocks = blocks
        self._page.show_blocks(blocks)
        self.verticalScrollBar().setValue(0)


def _parted(text: str) -> tuple[str, str]:
    """The front matter without its fences, and the rest."""
    plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
    if plain.startswith("---\n") and (end := plain.find("\n---\n", 3)) >= 0:
        return plain[4:end], plain[end + 5 :]
    return "", plain
