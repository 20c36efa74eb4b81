"""The identifiers that compression keeps in its ledger alone, and those that it loses."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from app.kit.formatting import number
from app.kit.theme.type_scale import fixed_font
from hpm_engine import KeptIdentifiers, visible

_MOST = 2_000  # words of the ledger that are listed


class KeptIdentifiersText(QPlainTextEdit):
    """Plain text in two lists; a ledger's word names the step where it stood."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setReadOnly(True)
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setFont(QFont(fixed_font()))
        self.setAccessibleName("Names in the names list alone, and lost ones")

    def show_waiting(self) -> None:
        """Say that they are being counted; nothing of another budget stays."""
        self.setPlainText("Being counted for this budget…")

    def show_identifiers(self, identifiers: KeptIdentifiers) -> None:
        """Show what became of an episode's identifiers."""
        bar = self.verticalScrollBar().value()
        ledger = [
            visible(entry.word) + (f" @{entry.seq + 1}" if entry.seq is not None else "")
            for entry in identifiers.ledger_only[:_MOST]
        ]
        lost = [f"{visible(word)} ({number(times)})" for word, times in identifiers.most_used_lost]
        self.setPlainText(
            f"{number(identifiers.verbatim)} of {number(identifiers.total)} identifiers stand in"
            " kept text.\n\n"
            f"IN THE NAMES LIST ALONE: {number(len(identifiers.ledger_only))}"
            " (@ names the step that it points to)\n"
            + ("   ".join(ledger) or "none")
            + f"\n\nLOST: {number(identifiers.lost)} (with how often each was met)\n"
            + ("   ".join(lost) or "none")
        )
        self.verticalScrollBar().setValue(bar)
