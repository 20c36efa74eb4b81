"""The page on screen: text, pictures of the program, and links from page to page."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from PySide6.QtCore import QEvent, Qt, QUrl, Signal
from PySide6.QtGui import QImage, QResizeEvent, QTextDocument
from PySide6.QtWidgets import QTextBrowser, QWidget

from app.kit.theme.spacing import HUGE
from app.manual.pages import ManualPage, page, resources
from app.manual.typesetting import typeset

_WIDEST = 95  # characters in a line that are read with ease
_NARROWEST = 200  # pixels of a picture


class ManualBrowser(QTextBrowser):
    """Shows pages of the manual; nothing is loaded but pictures that lie beside them.

    ``page_shown`` has the page, ``outside_asked`` a link that leads out of the manual.
    """

    page_shown = Signal(object)
    outside_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Page of the manual")
        self.setOpenLinks(False)
        self.setFrameShape(QTextBrowser.Shape.NoFrame)
        self.document().setDocumentMargin(HUGE)
        self.anchorClicked.connect(self._follow)
        self._page: ManualPage | None = None
        self._visited: list[str] = []
        self._position = -1

    @property
    def current(self) -> ManualPage | None:
        """The page on screen."""
        return self._page

    def show_page(self, name: str, anchor: str = "") -> bool:
        """Show a page, at a heading of it; False where there is none of that name."""
        if (wanted := page(name)) is None:
            return False
        if self._page is None or wanted.name != self._page.name:
            self._visited = [*self._visited[: self._position + 1], wanted.name]
            self._position = len(self._visited) - 1
        self._show(wanted, anchor)
        return True

    def go(self, by: int) -> None:
        """Return to a page seen before (-1), or to the one that was left so (1)."""
        if 0 <= self._position + by < len(self._visited):
            self._position += by
            wanted = page(self._visited[self._position])
            if wanted is not None:
                self._show(wanted, "")

    def find_word(self, word: str) -> None:
        """Go to a word of the page."""
        self.moveCursor(self.textCursor().MoveOperation.Start)
        self.find(word)

    def loadResource(self, kind: int, name: QUrl | str) -> Any:
        """A picture of ``resources/screenshots``; everything else is refused."""
        picture = PurePosixPath(QUrl(name).path()).name
        file = resources() / "screenshots" / picture
        if kind == QTextDocument.ResourceType.ImageResource.value and file.suffix == ".png":
            image = QImage(str(file))
            room = max(_NARROWEST, self.lineWrapColumnOrWidth() - 2 * HUGE)
            smooth = Qt.TransformationMode.SmoothTransformation
            return image if image.width() <= room else image.scaledToWidth(room, smooth)
        return None

    def changeEvent(self, event: QEvent) -> None:
        """Set the page anew in another theme or text size."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.FontChange) and self._page:
            self._show(self._page, "")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep lines that are read with ease, and pictures as wide as they are."""
        super().resizeEvent(event)
        before = self.lineWrapColumnOrWidth()
        readable = self.fontMetrics().averageCharWidth() * _WIDEST
        self.setLineWrapMode(QTextBrowser.LineWrapMode.FixedPixelWidth)
        self.setLineWrapColumnOrWidth(min(self.viewport().width(), readable))
        if self._page is not None and self.lineWrapColumnOrWidth() != before:
            at = self.verticalScrollBar().value()
            self.setHtml(typeset(self._page.text, self.font()))
            self.verticalScrollBar().setValue(at)

    def _show(self, wanted: ManualPage, anchor: str) -> None:
        self._page = wanted
        self.setHtml(typeset(wanted.text, self.font()))
        if anchor:
            self.scrollToAnchor(anchor)
        self.page_shown.emit(wanted)

    def _follow(self, url: QUrl) -> None:
        name = PurePosixPath(url.path())
        if url.isRelative() and not url.path():
            self.scrollToAnchor(url.fragment())
        elif not (url.isRelative() and self.show_page(name.stem, url.fragment())):
            self.outside_asked.emit(url.toString())
