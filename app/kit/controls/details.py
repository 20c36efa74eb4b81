"""A part of a page that is folded away until somebody wants it."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QEvent, QSize, Qt, Signal
from PySide6.QtWidgets import QSizePolicy, QToolButton, QVBoxLayout, QWidget

from app.kit.icons import Icon, icon
from app.kit.theme.spacing import HAIR, SMALL

_OPEN = QByteArray(b"open")
_CLOSED = QByteArray(b"closed")


class Details(QWidget):
    """A title with an arrow over a content that it shows and hides; closed by default.

    The window remembers under ``key`` whether it was open, as it does of splitters and columns.
    """

    folded = Signal(bool)  # whether it is closed now

    def __init__(
        self,
        title: str = "Details",
        content: QWidget | None = None,
        key: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName(f"details {key}" if key else "")
        self._head = QToolButton()
        self._head.setCheckable(True)
        self._head.setAutoRaise(True)
        self._head.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._head.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._head.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._head.toggled.connect(self._on_toggled)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(HAIR)
        self._column.addWidget(self._head, 0, Qt.AlignmentFlag.AlignLeft)
        self._content: QWidget | None = None
        self.set_title(title)
        self._fit_icon()
        self._show_arrow()
        if content is not None:
            self.set_content(content)

    @property
    def is_open(self) -> bool:
        """Whether its content is to be seen."""
        return self._head.isChecked()

    def title(self) -> str:
        """What stands beside the arrow."""
        return self._head.text().replace("&&", "&")

    def set_title(self, title: str) -> None:
        """Name the content."""
        self._head.setText(title.replace("&", "&&"))
        self._head.setAccessibleName(title)

    def set_content(self, content: QWidget) -> None:
        """Put what is folded in place of what was."""
        if self._content is not None:
            self._column.removeWidget(self._content)
            self._content.hide()
            self._content.deleteLater()
        self._content = content
        self._column.addWidget(content, 1)
        content.setVisible(self.is_open)

    def set_open(self, is_open: bool) -> None:
        """Show the content or fold it away."""
        self._head.setChecked(is_open)

    def saveState(self) -> QByteArray:
        """Whether it is open, for ``restoreState``."""
        return _OPEN if self.is_open else _CLOSED

    def restoreState(self, state: QByteArray) -> bool:
        """Open or close as it was left; false for a state that is none of its own."""
        if state not in (_OPEN, _CLOSED):
            return False
        self.set_open(state == _OPEN)
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._fit_icon()

    def _fit_icon(self) -> None:
        side = self.fontMetrics().height() + SMALL // 4
        self._head.setIconSize(QSize(side, side))

    def _on_toggled(self, is_open: bool) -> None:
        if self._content is not None:
            self._content.setVisible(is_open)
        self._show_arrow()
        self.folded.emit(not is_open)

    def _show_arrow(self) -> None:
        self._head.setIcon(icon(Icon.COLLAPSE if self.is_open else Icon.EXPAND))
        state = "open" if self.is_open else "folded"
        self._head.setAccessibleDescription(f"{state}: press to change")
