"""The buttons above a conversation: what is folded, how it is set, and what alone is shown."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from app.episodes.conversation.arrangement import ReadingOptions
from app.episodes.conversation.timeline_outline import TimelineOutline
from app.kit.formatting import counted, number
from app.kit.icons import Icon, icon
from app.kit.plain_text import tip
from app.kit.theme.spacing import HAIR


class ReadingBar(QWidget):
    """Four buttons; the window remembers of them what holds for all episodes.

    ``options_changed`` gives what they say now, ``find_asked`` that somebody wants to find.
    """

    options_changed = Signal(object)
    find_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("reading")
        self.options = ReadingOptions()
        self.fold = _button(Icon.FOLD, "Fold tool calls and thinking (Ctrl+Shift+G)")
        self.markdown = _button(Icon.MARKDOWN, "Set Markdown, or show texts as written")
        self.errors = _button(Icon.ERRORS, "Only steps with errors, and what was asked")
        self.errors.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        self.search = _button(Icon.SEARCH, "Find in this conversation (Ctrl+Shift+F)")
        self.search.setCheckable(False)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(HAIR)
        for button in (self.fold, self.markdown, self.errors, self.search):
            row.addWidget(button)
        self.fold.clicked.connect(lambda on: self.change(folded=on))
        self.markdown.clicked.connect(lambda on: self.change(markdown=on))
        self.errors.clicked.connect(lambda on: self.change(errors_only=on))
        self.search.clicked.connect(self.find_asked)
        self._show()

    def change(self, **fields: bool) -> None:
        """Change some of the options."""
        options = msgspec.structs.replace(self.options, **fields)
        if options != self.options:
            self.options = options
            self._show()
            self.options_changed.emit(options)

    def _show(self) -> None:
        self.fold.setChecked(self.options.folded)
        self.markdown.setChecked(self.options.markdown)
        self.errors.setChecked(self.options.errors_only)

    def show_outline(self, outline: TimelineOutline) -> None:
        """Say how many steps of an episode have errors; without any none can be asked for."""
        errors = outline.troubles.count(1)
        self.errors.setText(f"✗ {number(errors)}")
        self.errors.setAccessibleName(f"Only the {counted(errors, 'step')} with errors")
        self.errors.setEnabled(bool(errors))
        if not errors:
            self.change(errors_only=False)

    # -- how it was left -------------------------------------------------------------------

    def saveState(self) -> QByteArray:
        """What holds for all episodes, to be remembered."""
        said = (("folded", self.options.folded), ("markdown", self.options.markdown))
        return QByteArray(" ".join(word for word, so in said if so).encode())

    def restoreState(self, state: QByteArray) -> bool:
        """Take on what ``saveState`` said."""
        words = bytes(state.data()).decode().split()
        self.change(folded="folded" in words, markdown="markdown" in words)
        return True


def _button(picture: Icon, hint: str) -> QToolButton:
    button = QToolButton()
    button.setIcon(icon(picture))
    button.setCheckable(True)
    button.setAutoRaise(True)
    button.setToolTip(tip(hint))
    button.setAccessibleName(hint)
    return button
