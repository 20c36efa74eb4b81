"""What a preview comes to in one line, to be accepted or discarded."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QWidget

from app.consolidation.cycle_table import found_in_words
from app.kit.controls.notice_line import NoticeLine
from app.kit.formatting import counted
from app.kit.plain_text import tip
from app.kit.theme.colour import Colour
from hpm_engine import CycleReport


class PreviewOffer(NoticeLine):
    """The offer to accept or discard a preview.

    Its buttons emit ``accepted`` and ``discarded``; without a preview it is hidden, and ``stands``
    is False.
    """

    accepted = Signal()
    discarded = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Preview", parent)
        self.stands = False
        self.discard = QPushButton("Discard")
        self.discard.setToolTip(tip("Forget the preview; nothing was written."))
        self.discard.clicked.connect(self.discarded)
        layout = self.layout()
        assert layout is not None
        layout.addWidget(self.discard)

    def show_preview(self, report: CycleReport, acceptable: bool) -> None:
        """Show what a cycle would do; one that is refused cannot be accepted."""
        self.stands = True
        self.say(_words(report), "Accept", self.accepted.emit, _tone(report))
        self.button.setEnabled(acceptable)
        self.button.setToolTip(tip("Publish exactly what was previewed; it can be undone."))

    def clear(self) -> None:
        """Take the offer back."""
        self.stands = False
        self.hide()


def _tone(report: CycleReport) -> Colour:
    return Colour.BAD if report.refused else Colour.ACCENT


def _words(report: CycleReport) -> str:
    if report.refused:
        return f"Preview: it would be refused. {report.refused}"
    if not report.memories:
        return "Preview: no memory waits; a cycle would do nothing."
    parts = [
        f"{counted(report.memories, 'memory', 'memories')} would be learned",
        f"{counted(len(report.born), 'prototype')} born",
        f"{len(report.merged):,} merged",
        f"{len(report.moved):,} moved",
    ]
    kept = ""
    if report.found is not None:
        kept = f" Canaries found again: {found_in_words(report)} points."
    return f"Preview, nothing written yet: {', '.join(parts)}.{kept}"
