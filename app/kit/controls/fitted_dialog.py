"""A dialog that is as high as what stands in it, and scrolls where the screen is not."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtWidgets import QDialog, QScrollArea, QVBoxLayout, QWidget

from app.kit.theme.spacing import LARGE, MEDIUM

_FRAME = 80  # pixels of a screen that a window's frame and a desktop's bars take


class FittedDialog(QDialog):
    """A content over its buttons; ``fit`` after anything in it has come or gone."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._content: QWidget | None = None
        self._buttons = QWidget()
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)

    def fill(self, content: QWidget, buttons: QWidget) -> None:
        """Put these in; the buttons are always in sight."""
        self._content, self._buttons = content, buttons
        self._scroll.setWidget(content)
        self._scroll.setAccessibleName(self.windowTitle())
        column = QVBoxLayout(self)
        column.setContentsMargins(LARGE, LARGE, LARGE, MEDIUM)
        column.setSpacing(MEDIUM)
        column.addWidget(self._scroll, 1)
        column.addWidget(buttons)

    def fit(self) -> None:
        """Grow to what the content needs now, as far as the screen allows."""
        layout = None if self._content is None else self._content.layout()
        outer = self.layout()
        if self._content is None or layout is None or outer is None:
            return
        layout.activate()
        margins = outer.contentsMargins()
        beside = margins.left() + margins.right()
        wide = max(self.width() - beside, layout.totalMinimumSize().width())
        inner = max(layout.totalHeightForWidth(wide), layout.totalMinimumSize().height())
        around = margins.top() + margins.bottom() + outer.spacing()
        buttons = self._buttons.sizeHint().height()
        room = self.screen().availableGeometry().height() - _FRAME
        self.setMinimumWidth(layout.totalMinimumSize().width() + beside)
        self.setMinimumHeight(min(room, inner + around + buttons))

    def changeEvent(self, event: QEvent) -> None:
        """Follow the text size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.fit()
