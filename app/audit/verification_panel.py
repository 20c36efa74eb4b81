"""The panel that checks the audit log, and says what no check of it can prove."""

from __future__ import annotations

import time

from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout

from app.kit.controls.details import Details
from app.kit.formatting import counted, local_time, number
from app.kit.latest_read import LatestRead
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from hpm_engine import Job, Memory, Progress, Verification

CANNOT_PROVE = (
    "Whoever can write to the store file with your account could "
    "rewrite the whole chain from its first row, and it would verify. Nothing outside the file "
    "vouches for it. Keep an exported log or its head digest elsewhere to compare with."
)


class VerificationPanel(Panel):
    """A panel that recomputes the chain when asked to, and says when it last did."""

    def __init__(self, session: Session) -> None:
        super().__init__("Chain of the log")
        self._read = LatestRead(session, self, whole_store=True)
        self._state = SafeLabel("· Not verified since the store was opened", wrap=True)
        self._head = SafeLabel(tone=Colour.MUTED)
        self._button = QPushButton("Verify now")
        self._button.clicked.connect(self.verify)
        row = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(self._state)
        words.addWidget(self._head)
        row.addLayout(words, 1)
        row.addWidget(self._button)
        self.body.addLayout(row)
        limits = SafeLabel(CANNOT_PROVE, wrap=True, tone=Colour.MUTED)
        proof = Details("What this cannot prove", limits, "chain of the log")
        proof.set_open(True)  # who trusts the chain must have read it
        self.body.addWidget(proof)

    @property
    def state(self) -> str:
        """The text about the chain."""
        return self._state.whole_text()

    def verify(self) -> None:
        """Recompute every row's digest on the reader thread."""

        def call(memory: Memory, job: Job) -> Verification:
            return memory.audit.verify(job)

        self._button.setEnabled(False)
        self._say("… Verifying", Colour.MUTED)
        self._read.ask(call, self._on_verified, self._on_failed, self._on_progress)

    def _on_progress(self, progress: Progress) -> None:
        self._say(f"… Verifying: {counted(progress.done, 'row')}", Colour.MUTED)

    def _on_verified(self, result: Verification) -> None:
        self._button.setEnabled(True)
        now = local_time(time.time_ns() // 1000)
        if result.broken_at is None:
            rows = counted(result.rows, "row")
            self._say(f"✓ The chain of {rows} holds (verified {now})", Colour.GOOD)
        else:
            row = number(result.broken_at)
            self._say(f"✗ The chain is broken at row {row}: {result.reason}", Colour.BAD)
        self._head.setText(f"Head {result.head}" if result.head else "")

    def _on_failed(self, error: Exception) -> None:
        self._button.setEnabled(True)
        self._say(f"✗ The log could not be verified: {error}", Colour.BAD)

    def _say(self, text: str, tone: Colour) -> None:
        self._state.set_tone(tone)
        self._state.setText(text)
