"""The sidebar, the list and the conversation beside or above each other, as a person likes it."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter, QVBoxLayout, QWidget

from app.kit.icons import Icon

_SIDEBAR_FROM = 1650  # pixels of the view; in a narrower one the sidebar waits to be asked for
_USUAL_TEXT = 20  # pixels that a line is high at most where that width is enough
_SIDEBAR_CHARACTERS = 26
_LIST_CHARACTERS = 44
_LIST_SHARE = 0.29  # of the view's width, at most
_TABLE_SHARE = 0.36  # of the view's height, of a list that stands above


class Layout(StrEnum):
    """How the list and the conversation share the view."""

    _value_: str
    icon: Icon
    label: str
    hint: str

    LEFT = "left", Icon.LAYOUT_LEFT, "List Left", "The list left of the conversation."
    ABOVE = "above", Icon.LAYOUT_ABOVE, "List Above", "The list as a table above the conversation."
    ALONE = "alone", Icon.LAYOUT_ALONE, "Reading Alone", "The conversation without the list."

    def __new__(cls, value: str, icon: Icon, label: str, hint: str) -> Layout:
        """A text that is the name under which it is remembered."""
        layout = str.__new__(cls, value)
        layout._value_ = value
        layout.icon, layout.label, layout.hint = icon, label, hint
        return layout


class SidebarSlot(QWidget):
    """The place left of the list; it holds one widget and is hidden while it has none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._content: QWidget | None = None

    def put(self, content: QWidget) -> None:
        """Have a widget stand there."""
        self._content = content
        self._layout.addWidget(content)

    @property
    def filled(self) -> bool:
        """Whether something stands there."""
        return self._content is not None


class ReadingFrame(QSplitter):
    """Shares the view among sidebar, list and conversation.

    ``arranged`` tells a new layout, ``sidebar_shown`` whether the sidebar is to be seen.
    """

    arranged = Signal(object)
    sidebar_shown = Signal(bool)

    def __init__(self, browser: QWidget, pane: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setChildrenCollapsible(False)
        self.layout_now = Layout.LEFT
        self._list_layout = Layout.LEFT  # that of the list, when it is shown again
        self._wanted: bool | None = None  # a person's word on the sidebar
        self._reading = False
        self._sizes: dict[Layout, QByteArray] = {}
        self._placed = False  # whether a person, or an earlier session, set the sizes
        self.sidebar = SidebarSlot()
        self._browser = browser
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(browser)
        self._split.addWidget(pane)
        self._split.setStretchFactor(0, 0)
        self._split.setStretchFactor(1, 1)
        self._name_split()
        self.addWidget(self.sidebar)
        self.addWidget(self._split)
        self.splitterMoved.connect(self._keep_sizes)
        self._split.splitterMoved.connect(self._keep_sizes)
        self.setStretchFactor(0, 0)
        self.setStretchFactor(1, 1)
        self.sidebar.hide()

    # -- layouts ---------------------------------------------------------------------------

    def arrange(self, layout: Layout) -> None:
        """Take on a layout; sizes that it had before come back."""
        if layout is self.layout_now:
            return
        if self.layout_now is not Layout.ALONE:
            self._sizes[self.layout_now] = self._split.saveState()
            self._list_layout = self.layout_now
        self.layout_now = layout
        if layout is not Layout.ALONE:
            above = layout is Layout.ABOVE
            self._split.setOrientation(
                Qt.Orientation.Vertical if above else Qt.Orientation.Horizontal
            )
            self._name_split()
            if (known := self._sizes.get(layout)) is not None:
                self._split.restoreState(known)
            else:
                self._share_out()
        self._show_parts()
        self.arranged.emit(layout)

    def list_again(self) -> None:
        """Show the list again in the layout that it had."""
        if self.layout_now is Layout.ALONE:
            self.arrange(self._list_layout)

    def read_alone(self, reading: bool) -> None:
        """Give the conversation all the room for a while; the layout stays as it is."""
        self._reading = reading
        self._show_parts()

    @property
    def list_shown(self) -> bool:
        """Whether the list is to be seen beside the conversation."""
        return self.layout_now is not Layout.ALONE and not self._reading

    def _name_split(self) -> None:
        # Sizes are kept under this name: those of one layout say nothing to another.
        self._split.setObjectName(f"list {self.layout_now} and conversation")

    # -- the sidebar -----------------------------------------------------------------------

    def show_sidebar(self, shown: bool) -> None:
        """Show or hide the sidebar, as a person asked."""
        self._wanted = shown
        self._show_parts()

    @property
    def sidebar_wanted(self) -> bool:
        """Whether the sidebar is to be seen: as a person said, or where there is room for it."""
        if self._wanted is not None:
            return self._wanted
        larger = max(1.0, self.fontMetrics().height() / _USUAL_TEXT)
        return self.width() >= _SIDEBAR_FROM * larger

    # -- how it was left -------------------------------------------------------------------

    def left_as(self) -> str:
        """The layout, and whether a person wants the sidebar, as a text to be remembered."""
        said = {None: "", True: " sidebar", False: " no-sidebar"}[self._wanted]
        return f"{self.layout_now}{said}"

    def restore_as(self, text: str) -> None:
        """Take on what ``left_as`` said; nothing where it is not understood."""
        name, _, said = text.partition(" ")
        layout = next((layout for layout in Layout if layout == name), None)
        if layout is not None:
            self._keep_sizes()  # they are restored next
            self._wanted = {"sidebar": True, "no-sidebar": False}.get(said)
            self.arrange(layout)
            self._show_parts()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share out the room as long as nobody did; show the sidebar where there is room."""
        super().resizeEvent(event)
        self._show_parts()
        if not self._placed and event.size().width() > 0:
            self._share_out()

    def _keep_sizes(self) -> None:
        self._placed = True

    def _show_parts(self) -> None:
        self._browser.setVisible(self.list_shown)
        shown = self.list_shown and self.sidebar.filled and self.sidebar_wanted
        if shown != self.sidebar.isVisibleTo(self):
            self.sidebar.setVisible(shown)
            if shown and not self._placed:
                self._share_out()
            self.sidebar_shown.emit(shown)

    def _share_out(self) -> None:
        character = self.fontMetrics().averageCharWidth()
        width, height = self.width(), self.height()
        beside = min(character * _SIDEBAR_CHARACTERS, width // 5) if self.sidebar.isVisible() else 0
        if beside:
            self.setSizes([beside, width - beside])
        if self.layout_now is Layout.ABOVE:
            above = round(height * _TABLE_SHARE)
            self._split.setSizes([above, height - above])
            return
        list_width = min(character * _LIST_CHARACTERS, round(width * _LIST_SHARE))
        self._split.setSizes([list_width, width - beside - list_width])
