"""The context block exactly as an agent gets it, with its size."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QTextOption
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number
from app.kit.icons import Icon, icon
from app.kit.panel import Bar
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from hpm_engine import ContextBlock, PastRecall, visible


class ContextPanel(QWidget):
    """The block as plain text; a copy of it is the same byte for byte."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._block: ContextBlock | None = None
        self._facts = SafeLabel()
        self._bar = Bar(0, Colour.SERIES_1)
        self._bar.setMaximumWidth(self.fontMetrics().averageCharWidth() * 12)
        self._copy = QPushButton("Copy")
        self._copy.setIcon(icon(Icon.COPY))
        self._copy.setToolTip(tip("Copy the context block as it stands."))
        self._copy.clicked.connect(self.copy)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setUndoRedoEnabled(False)
        self.text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.text.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setFont(QFont(fixed_font()))
        self.text.setAccessibleName("Context block")
        self.page = StatePage(self.text)
        top = QHBoxLayout()
        top.setContentsMargins(8, 4, 4, 4)
        top.setSpacing(8)
        top.addWidget(SafeLabel("Context block", bold=True))
        top.addWidget(self._bar)
        top.addWidget(self._facts, 1)
        top.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(top)
        layout.addWidget(self.page, 1)
        self.clear()

    def show_block(self, block: ContextBlock) -> None:
        """Show the block that an agent would get."""
        self._block = block if block.text else None
        self._copy.setEnabled(bool(block.text))
        self._bar.show_share(block.tokens / max(1, block.budget), Colour.SERIES_1)
        given = len(block.note_ids) + len(block.noted_ids)
        notes = f" · {counted(given, 'note')}" if given else ""
        self._facts.setText(
            f"{number(block.tokens)} of {number(block.budget)} tokens · "
            f"{counted(len(block.episode_ids), 'episode')}{notes}"
        )
        if block.text:
            self.text.setPlainText(visible(block.text, lines=True))
            self.page.show_content()
        else:
            self.text.clear()
            self.page.show_empty("The block is empty", _WHY_EMPTY)

    def show_past(self, past: PastRecall) -> None:
        """Show what is known of a block that was given earlier."""
        self.clear()
        into = f"went into {past.into}" if past.into else "was only shown"
        self._facts.setText(f"{counted(past.tokens, 'token')}, {into}")
        self.page.show_empty(
            "The block itself is not kept",
            f"It {into} and had {counted(past.tokens, 'token')}. "
            f"Its SHA-256 is {_in_groups(past.context_sha256)}.",
        )

    def clear(self) -> None:
        """Show no block."""
        self._block = None
        self._copy.setEnabled(False)
        self._bar.show_share(0, Colour.SERIES_1)
        self._facts.setText("")
        self.text.clear()
        self.page.show_empty("No recall yet", "What an agent would be given appears here.")

    def copy(self) -> None:
        """Put the block on the clipboard."""
        if self._block is not None:
            QGuiApplication.clipboard().setText(self._block.text)


def _in_groups(digest: str) -> str:
    """A digest in groups: unbroken, it would widen the window."""
    return " ".join(digest[start : start + 16] for start in range(0, len(digest), 16))


_WHY_EMPTY = "Nothing was recalled, or the budget has no room for the first hit."
