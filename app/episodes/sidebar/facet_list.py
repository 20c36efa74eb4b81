"""The list of filters: sections that fold, values with their counts, chosen or left out."""

from __future__ import annotations

from enum import IntEnum, auto
from functools import partial

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPalette,
)
from PySide6.QtWidgets import (
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from app.episodes.sidebar.facets import Option
from app.kit.command_menu import entry, open_menu
from app.kit.formatting import number
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole

_KIND, _DATA, _STATE, _COUNT = (Qt.ItemDataRole.UserRole + n for n in range(1, 5))
_HINT = "Click: only this. Ctrl+click: this too. Shift+click: leave it out."
Modifier = Qt.KeyboardModifier


class Line(IntEnum):
    """What a line of the list is."""

    HEAD = auto()
    OPTION = auto()
    MORE = auto()
    SEARCH = auto()


class State(IntEnum):
    """Whether a search asks for a value."""

    OPEN = auto()
    INCLUDED = auto()
    EXCLUDED = auto()


class Press(IntEnum):
    """What choosing an option does."""

    ONLY = auto()
    TOO = auto()
    OUT = auto()


class FacetList(QListWidget):
    """Shows the lines. ``pressed_option`` tells an option and what is to be done with it.

    ``folded`` and ``more_asked`` tell the title of a section, ``search_asked`` a saved search,
    ``rename_asked`` and ``delete_asked`` one that is to be changed.
    """

    pressed_option = Signal(object, object)
    folded = Signal(str)
    more_asked = Signal(str)
    search_asked = Signal(object)
    rename_asked = Signal(object)
    delete_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Filters")
        self.setFrameShape(QListWidget.Shape.NoFrame)
        self.setItemDelegate(_LineDelegate(self))
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSelectionMode(QListWidget.SelectionMode.NoSelection)

    def add_head(self, title: str, *, open_: bool, asked: int) -> None:
        """Begin a section."""
        text = f"{'▾' if open_ else '▸'} {title}"
        item = self._add(Line.HEAD, text, title, f"{asked} chosen" if asked else "")
        item.setData(Qt.ItemDataRole.AccessibleTextRole, f"{title}, {'open' if open_ else 'shut'}")

    def add_option(self, option: Option, state: State, *, counted: bool = True) -> None:
        """Offer a value; one that is being ``counted`` anew has no count."""
        count = number(option.count) if counted else "…"
        item = self._add(Line.OPTION, option.name, option, count)
        item.setData(_STATE, int(state))
        item.setToolTip(tip(f"{option.name}\n{_HINT}"))
        said = {State.OPEN: "", State.INCLUDED: ", chosen", State.EXCLUDED: ", left out"}[state]
        spoken = f"{option.name}, {count if counted else 'being counted'}{said}"
        item.setData(Qt.ItemDataRole.AccessibleTextRole, spoken)

    def add_more(self, title: str, count: int) -> None:
        """Offer the values of a section that are not listed."""
        self._add(Line.MORE, f"{number(count)} more…", title, "")

    def add_search(self, name: str, search: object) -> None:
        """Offer a saved search."""
        self._add(Line.SEARCH, name, search, "").setToolTip(tip(name))

    def _add(self, line: Line, text: str, data: object, count: str) -> QListWidgetItem:
        item = QListWidgetItem(text, self)
        item.setData(_KIND, int(line))
        item.setData(_DATA, data)
        item.setData(_COUNT, count)
        return item

    # -- what a person does ----------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click acts at once; what is held down says how."""
        super().mousePressEvent(event)
        if event.button() is Qt.MouseButton.LeftButton:
            self._act(self.itemAt(event.position().toPoint()), event.modifiers())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space act as a click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._act(self.currentItem(), event.modifiers())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with a saved search, a value, or a section."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        item = self.currentItem() if by_key else self.itemAt(event.pos())
        if item is None:
            return
        self.setCurrentItem(item)
        where = self.visualItemRect(item).bottomLeft()
        at = self.viewport().mapToGlobal(where) if by_key else event.globalPos()
        open_menu(self.offered(item), at, self)

    def offered(self, item: QListWidgetItem) -> list[QAction | None]:
        """The entries for a line."""
        data, none = item.data(_DATA), Modifier.NoModifier
        match Line(item.data(_KIND)):
            case Line.SEARCH:
                return [
                    entry("Run", partial(self.search_asked.emit, data)),
                    None,
                    entry("Rename…", partial(self.rename_asked.emit, data)),
                    entry("Delete", partial(self.delete_asked.emit, data)),
                ]
            case Line.OPTION:
                ways = (("Only This", Press.ONLY), ("This Too", Press.TOO), ("Not This", Press.OUT))
                return [
                    entry(text, partial(self.pressed_option.emit, data, press))
                    for text, press in ways
                ]
            case Line.HEAD:
                return [entry("Fold or Unfold", partial(self._act, item, none))]
        return [entry("Show All", partial(self._act, item, none))]

    def _act(self, item: QListWidgetItem | None, held: Modifier) -> None:
        if item is None:
            return
        data = item.data(_DATA)
        match Line(item.data(_KIND)):
            case Line.HEAD:
                self.folded.emit(data)
            case Line.MORE:
                self.more_asked.emit(data)
            case Line.SEARCH:
                self.search_asked.emit(data)
            case Line.OPTION:
                self.pressed_option.emit(data, _press(held))


def _press(held: Modifier) -> Press:
    if held & (Modifier.ShiftModifier | Modifier.AltModifier):
        return Press.OUT
    return Press.TOO if held & Modifier.ControlModifier else Press.ONLY


class _LineDelegate(QStyledItemDelegate):
    """Paints a line: a mark for what is chosen, the name, and how many at the right."""

    def sizeHint(
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """One line; a head has room above it."""
        head = index.data(_KIND) == Line.HEAD
        return QSize(0, option.fontMetrics.height() + (MEDIUM + HAIR if head else SMALL))

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Paint one line."""
        kind, area = Line(index.data(_KIND)), option.rect
        state = State(index.data(_STATE) or State.OPEN)
        if state is not State.OPEN or option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, Colour.RAISED.qcolor())
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(Colour.ACCENT.qcolor())
            painter.drawRect(area.adjusted(0, 0, -1, -1))
        font = TextRole.CAPTION.font(option.font) if kind is Line.HEAD else QFont(option.font)
        if kind is Line.HEAD or state is State.INCLUDED:
            font.setWeight(QFont.Weight.DemiBold)
        painter.setFont(font)
        area = area.adjusted(SMALL, SMALL if kind is Line.HEAD else 0, -SMALL, 0)
        middle = Qt.AlignmentFlag.AlignVCenter
        count = str(index.data(_COUNT))
        width = painter.fontMetrics().horizontalAdvance(count)
        painter.setPen(Colour.MUTED.qcolor())
        painter.drawText(area, Qt.AlignmentFlag.AlignRight | middle, count)
        indent = painter.fontMetrics().horizontalAdvance("✓") + HAIR
        if kind is not Line.HEAD:
            mark = {State.INCLUDED: "✓", State.EXCLUDED: "−"}.get(state, "")  # noqa: RUF001
            painter.setPen((Colour.BAD if state is State.EXCLUDED else Colour.ACCENT).qcolor())
            painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, mark)
            area = area.adjusted(indent, 0, 0, 0)
        font.setStrikeOut(state is State.EXCLUDED)
        painter.setFont(font)
        colours = {Line.HEAD: Colour.MUTED, Line.MORE: Colour.ACCENT}
        text = option.palette.color(QPalette.ColorRole.Text)
        painter.setPen(colours[kind].qcolor() if kind in colours else text)
        elide = Qt.TextElideMode.ElideRight
        room = area.width() - width - SMALL
        name = painter.fontMetrics().elidedText(str(index.data() or ""), elide, room)
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | middle, name)
