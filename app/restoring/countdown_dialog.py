"""The sessions on this computer that their agents will delete, and whether the store has them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.file_list import FileList
from app.kit.formatting import counted, local_day, short_path, size
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from hpm_engine import AgentCleanup, Countdown, Deadline, Job, Memory

_WIDTH = 124  # characters
_DAY = 86_400 * 1_000_000  # microseconds
_WEEK = 7 * _DAY


class CountdownDialog(Dialog):
    """The files, the earliest due first; ``import_asked`` has the paths that are not kept."""

    import_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Sessions that agents will delete")
        self._lacking: list[Path] = []
        self.said = SafeLabel("Looking at agents' sessions on this computer…", wrap=True)
        self.rules = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.files = FileList(
            "Sessions that will be deleted",
            ("Deleted from", "In this store", "Agent", "Size", "File"),
        )
        buttons = DialogButtons()
        self.take = buttons.put("Import what is not kept", DialogButtons.ButtonRole.AcceptRole)
        self.take.setEnabled(False)
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self._ask_import)
        buttons.rejected.connect(self.reject)
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(self.said)
        column.addWidget(self.files, 1)
        column.addWidget(self.rules)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)

        def call(memory: Memory, job: Job) -> Countdown:
            return memory.restoring.countdown(job=job)

        self._read = LatestRead(session, self)
        self._read.ask(call, self._show, lambda error: self.said.setText(str(error)))

    def _show(self, countdown: Countdown) -> None:
        due = [file for file in countdown.files if file.due_at is not None]
        self._lacking = [Path(file.path) for file in due if not file.kept]
        self.said.setText(_sentence(countdown, due))
        self.rules.setText(" ".join(map(_rule, countdown.cleanups)))
        self.files.show_rows(
            [_row(file, countdown.at) for file in due], [file.path for file in due]
        )
        self.take.setEnabled(bool(self._lacking))

    def _ask_import(self) -> None:
        self.import_asked.emit(self._lacking)
        self.accept()


def _sentence(countdown: Countdown, due: list[Deadline]) -> str:
    if not due:
        return "No session on this computer is going to be deleted by its agent."
    soon = sum((file.due_at or 0) <= countdown.at + _WEEK for file in due)
    lacking = sum(not file.kept for file in due)
    kept = f"{lacking:,} {'is' if lacking == 1 else 'are'} not in this store."
    within = f"{soon:,} of them" if soon else "none of them"
    return (
        f"Agents will delete {counted(len(due), 'session')}, {within} within the next 7 days. "
        f"{kept if lacking else 'All of them are in this store.'}"
    )


def _rule(cleanup: AgentCleanup) -> str:
    if cleanup.days is None:
        return f"{cleanup.agent} deletes nothing: its settings say so."
    where = "its settings say so" if cleanup.said_in else "its own rule"
    return f"{cleanup.agent} deletes a session {cleanup.days:g} days after its last line: {where}."


def _row(file: Deadline, at: int) -> tuple[str, ...]:
    kept = "kept" if file.kept else "an earlier state" if file.episode_id else "not kept"
    due = "when it starts" if (file.due_at or 0) <= at else local_day(file.due_at)
    return due, kept, file.agent, size(file.size), short_path(file.path)
