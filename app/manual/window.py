"""The manual's window: the pages, a search over them, and the page that is read."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.manual.browser import ManualBrowser
from app.manual.pages import FIRST, ManualPage, pages, search

_SIZE = (980, 700)
_LIST_CHARACTERS = 30
_NAME = Qt.ItemDataRole.UserRole


class ManualWindow(QDialog):
    """A window beside the main one; it may stay open while one works."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Manual")
        self.setSizeGripEnabled(True)
        self.line = QLineEdit(placeholderText="Search the manual", clearButtonEnabled=True)
        self.line.setAccessibleName("Search the manual")
        self.list = QListWidget()
        self.list.setAccessibleName("Pages of the manual")
        self.browser = ManualBrowser()
        self._said = SafeLabel(tone=Colour.MUTED, wrap=True)
        self._back = self._arrow("Back", Icon.BACK, -1, "Alt+Left")
        self._forward = self._arrow("Forward", Icon.FORWARD, 1, "Alt+Right")
        self._arrange()
        self.line.textChanged.connect(self._list_pages)
        self.line.returnPressed.connect(self.list.setFocus)
        self.list.currentItemChanged.connect(self._on_chosen)
        self.browser.page_shown.connect(self._on_shown)
        self.browser.outside_asked.connect(self._on_outside)
        QShortcut(QKeySequence.StandardKey.Find, self, self.line.setFocus)
        self._list_pages("")
        available = self.screen().availableGeometry()
        self.resize(min(_SIZE[0], available.width()), min(_SIZE[1], available.height()))

    def show_page(self, name: str) -> None:
        """Show the page of that name, or the first where there is none."""
        if not self.browser.show_page(name):
            self.browser.show_page(FIRST)
        self.show()
        self.raise_()
        self.activateWindow()

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(SMALL)
        for part in (self._back, self._forward):
            head.addWidget(part)
        head.addWidget(self.line, 1)
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.addLayout(head)
        column.addWidget(self.list, 1)
        column.addWidget(self._said)
        self.list.setSpacing(HAIR // 2)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(left)
        split.addWidget(self.browser)
        split.setStretchFactor(1, 1)
        left_width = self.fontMetrics().averageCharWidth() * _LIST_CHARACTERS
        split.setSizes([left_width, _SIZE[0] - left_width])
        whole = QVBoxLayout(self)
        whole.setContentsMargins(MEDIUM, MEDIUM, MEDIUM, MEDIUM)
        whole.addWidget(split)

    def _arrow(self, name: str, which: Icon, by: int, key: str) -> QToolButton:
        button = QToolButton(autoRaise=True)
        button.setIcon(icon(which))
        button.setAccessibleName(name)
        button.setToolTip(tip(f"{name} ({key})"))
        button.setShortcut(QKeySequence(key))
        button.clicked.connect(lambda: self.browser.go(by))
        return button

    def _list_pages(self, words: str) -> None:
        hits = search(words)
        self.list.blockSignals(True)
        self.list.clear()
        for heading, name, excerpt in (
            [(hit.page.heading, hit.page.name, hit.excerpt) for hit in hits]
            if words.strip()
            else [(page.heading, page.name, "") for page in pages()]
        ):
            item = QListWidgetItem(one_line(heading))
            item.setData(_NAME, name)
            item.setToolTip(tip(excerpt))
            self.list.addItem(item)
        self.list.blockSignals(False)
        self._said.setText("No page has all of these words." if words.strip() and not hits else "")
        self._said.setVisible(bool(self._said.whole_text()))
        if self.browser.current is not None:
            self._on_shown(self.browser.current)

    def _on_chosen(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        self.browser.show_page(str(item.data(_NAME)))
        if words := self.line.text().split():
            self.browser.find_word(words[0])

    def _on_shown(self, page: ManualPage) -> None:
        """Mark the page in the list, whichever way it was come to."""
        rows = range(self.list.count())
        row = next((row for row in rows if self.list.item(row).data(_NAME) == page.name), -1)
        self.list.blockSignals(True)
        self.list.setCurrentRow(row)
        self.list.blockSignals(False)

    def _on_outside(self, address: str) -> None:
        self._said.setText(f"This leads out of the manual and is not opened: {address}")
        self._said.show()
