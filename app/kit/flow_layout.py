"""A layout that goes on in the next line where a row of fields does not fit."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QWidget


class FlowLayout(QLayout):
    """Lines of parts at their preferred widths; as narrow as the widest of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._items: list[QLayoutItem] = []

    def addItem(self, item: QLayoutItem) -> None:  # noqa: D102
        self._items.append(item)

    def count(self) -> int:  # noqa: D102
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:  # noqa: D102
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:  # noqa: D102
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Takes no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:  # noqa: D102
        return True

    def heightForWidth(self, width: int) -> int:  # noqa: D102
        return self._flow(QRect(0, 0, width, 0), arrange=False)

    def setGeometry(self, rect: QRect) -> None:
        """Put every part where it belongs."""
        super().setGeometry(rect)
        self._flow(rect, arrange=True)

    def sizeHint(self) -> QSize:
        """All in one line."""
        sizes = [item.sizeHint() for item in self._items if not item.isEmpty()]
        width = sum(size.width() for size in sizes) + self._gap() * max(0, len(sizes) - 1)
        return self._framed(QSize(width, max((size.height() for size in sizes), default=0)))

    def minimumSize(self) -> QSize:
        """The widest part alone."""
        sizes = [item.minimumSize() for item in self._items if not item.isEmpty()]
        width = max((size.width() for size in sizes), default=0)
        return self._framed(QSize(width, max((size.height() for size in sizes), default=0)))

    def _framed(self, size: QSize) -> QSize:
        around = self.contentsMargins()
        return size + QSize(around.left() + around.right(), around.top() + around.bottom())

    def _gap(self) -> int:
        return max(0, self.spacing())

    def _flow(self, rect: QRect, *, arrange: bool) -> int:
        """Go through the lines, placing the parts if asked; the height of all of it."""
        around = self.contentsMargins()
        inside = rect.marginsRemoved(around)
        y = inside.y()
        for number, line in enumerate(self._lines(inside.width())):
            y += self._gap() if number else 0
            height = max(size.height() for _, size in line)
            if arrange:
                self._place(line, inside.x(), y, height)
            y += height
        return y - rect.y() + around.bottom()

    def _lines(self, width: int) -> list[list[tuple[QLayoutItem, QSize]]]:
        lines: list[list[tuple[QLayoutItem, QSize]]] = []
        right = 0
        for item in self._items:
            if item.isEmpty():
                continue
            size = item.sizeHint().boundedTo(QSize(max(width, 1), item.sizeHint().height()))
            if not lines or right + self._gap() + size.width() > width:
                lines.append([])
                right = -self._gap()
            lines[-1].append((item, size))
            right += self._gap() + size.width()
        return lines

    def _place(self, line: list[tuple[QLayoutItem, QSize]], x: int, y: int, height: int) -> None:
        for item, size in line:
            item.setGeometry(QRect(QPoint(x, y + (height - size.height()) // 2), size))
            x += size.width() + self._gap()
