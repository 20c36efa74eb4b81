"""The panel that checks the audit log, and says what no check of it can prove."""

from __future__ import annotations

import time
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout

from app.audit.jobs import signed
from app.kit.controls.details import Details
from app.kit.controls.last_folder import FileKind, last_folder
from app.kit.formatting import counted, local_time, number
from app.kit.latest_read import LatestRead
from app.kit.panel import Panel
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from hpm_engine import Job, Memory, Progress, Verification

CANNOT_PROVE = (
    "The log is signed with a key in your own folders, and this computer keeps the last checkpoint "
    "of each store. Whoever can write there and to the store could write and sign another log. A "
    "checkpoint that you save where nobody here can write shows that: verify against it."
)

_LONGEST = 65_536  # characters of a checkpoint


class VerificationPanel(Panel):
    """A panel that recomputes the chain when asked to, and says when it last did."""

    def __init__(self, session: Session) -> None:
        super().__init__("Chain of the log")
        self._held = False  # against a checkpoint from a file
        self._read = LatestRead(session, self, whole_store=True)
        self._state = SafeLabel("· Not verified since the store was opened", wrap=True)
        self._head = SafeLabel(tone=Colour.MUTED)
        self._button = QPushButton("Verify now")
        self._button.clicked.connect(self.verify)
        self._against = QPushButton("Verify against…")
        self._against.setToolTip(tip("Verify that the log goes on from a saved checkpoint."))
        self._against.clicked.connect(self.ask_checkpoint)
        row = QHBoxLayout()
        words = QVBoxLayout()
        words.addWidget(self._state)
        words.addWidget(self._head)
        row.addLayout(words, 1)
        row.addWidget(self._against)
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

    def ask_checkpoint(self) -> None:
        """Ask for a checkpoint that was saved, and verify against it."""
        dialog = QFileDialog(self, "Verify against a checkpoint", str(last_folder(FileKind.AUDIT)))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters(["Checkpoints (*.txt)", "All files (*)"])
        dialog.fileSelected.connect(lambda name: self.verify_against(Path(name)))
        dialog.open()

    def verify_against(self, file: Path) -> None:
        """Verify, and hold the log against the checkpoint in a file."""
        try:
            with file.open(encoding="utf-8", errors="replace") as stream:
                text = stream.read(_LONGEST)
        except OSError as error:
            self._say(f"✗ {file.name} cannot be read: {error.strerror}", Colour.BAD)
            return
        self._verify(text or " ")

    def verify(self) -> None:
        """Recompute every row's digest on the reader thread."""
        self._verify("")

    def _verify(self, against: str) -> None:
        def call(memory: Memory, job: Job) -> Verification:
            return memory.audit.verify(job, against)

        self._held = bool(against)
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
            on = " and goes on from the checkpoint" if self._held else ""
            self._say(f"✓ The chain of {rows} holds{on} (verified {now})", Colour.GOOD)
        else:
            row = number(result.broken_at)
            self._say(f"✗ The chain is broken at row {row}: {result.reason}", Colour.BAD)
        head = f"Root {result.root}" if result.root else ""
        self._head.setText(f"{signed(result)} {head}" if result.broken_at is None else head)

    def _on_failed(self, error: Exception) -> None:
        self._button.setEnabled(True)
        self._say(f"✗ The log could not be verified: {error}", Colour.BAD)

    def _say(self, text: str, tone: Colour) -> None:
        self._state.set_tone(tone)
        self._state.setText(text)
