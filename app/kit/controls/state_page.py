"""A place that shows its content, or says why there is none and what to do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPushButton, QStackedWidget, QVBoxLayout, QWidget

from app.kit.controls.content_area import ContentArea
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import TextRole
from hpm_engine import HPMError

LOADING_AFTER = 300  # milliseconds; a faster answer shows no loading page at all


class StatePage(QStackedWidget):
    """Content, empty, loading or error; the last three as a few plain words and one button."""

    _title: SafeLabel
    _text: SafeLabel
    _button: QPushButton

    def __init__(self, content: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._content = content
        self._action: Callable[[], None] | None = None
        self._waiting = ""
        self._late = QTimer(self, singleShot=True, interval=LOADING_AFTER)
        self._late.timeout.connect(lambda: self._say(self._waiting, "", "", None))
        self.addWidget(content)

    def _notice(self) -> QWidget:
        self._title = SafeLabel(role=TextRole.HEADING, wrap=True)
        self._text = SafeLabel(wrap=True, tone=Colour.MUTED)
        self._button = QPushButton()
        self._button.clicked.connect(self._act)
        notice = QWidget()
        layout = QVBoxLayout(notice)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.addStretch(2)
        for label in (self._title, self._text):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
            layout.addWidget(label)
        layout.addSpacing(8)
        layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        layout.addStretch(3)
        return notice

    @property
    def shows_content(self) -> bool:
        """Whether the content is to be seen."""
        return self.currentIndex() == 0

    @property
    def notice(self) -> str:
        """What is said in place of the content."""
        return "" if self.shows_content else self._title.whole_text()

    def show_content(self) -> None:
        """Show the content."""
        self._late.stop()
        self.setCurrentIndex(0)

    def show_empty(
        self, title: str, text: str, button: str = "", action: Callable[[], None] | None = None
    ) -> None:
        """Say that there is nothing, and what to do next."""
        self._late.stop()
        self._say(title, text, button, action)

    def show_loading(self, title: str) -> None:
        """Say that it takes a moment, if it does."""
        self._waiting = title
        if not self._late.isActive():
            self._late.start()

    def show_error(self, title: str, error: Exception, again: Callable[[], None]) -> None:
        """Say what failed and offer to try again."""
        self._late.stop()
        text = str(error) if isinstance(error, HPMError) else f"{type(error).__name__}: {error}"
        self._say(f"✗ {title}", text, "Try again", again)

    def _say(self, title: str, text: str, button: str, action: Callable[[], None] | None) -> None:
        if self.count() == 1:  # most places always have their content
            self.addWidget(ContentArea(self._notice()))
        self._title.setText(title)
        self._text.setText(text)
        self._text.setVisible(bool(text))
        self._button.setText(button)
        self._button.setVisible(bool(button))
        self._action = action
        self.setCurrentIndex(1)

    def _act(self) -> None:
        if self._action is not None:
            self._action()
