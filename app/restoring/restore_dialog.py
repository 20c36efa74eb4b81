"""What would be put back where agents look for it, before anything is written."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.file_list import FileList
from app.kit.formatting import counted, size
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from hpm_engine import FileState, Job, Memory, Restoration, RestoredFile

_WIDTH = 124  # characters
_STATES = {
    FileState.MISSING: "will be written",
    FileState.THERE: "there already",
    FileState.OTHER: "stays: other content",
    FileState.LOST: "cannot be given back",
}
_PROMISE = (
    "The bytes are exactly those that were imported. Nothing that exists is written over. The "
    "audit log tells of each file."
)


class RestoreDialog(Dialog):
    """The files of the chosen episodes and what is to become of each; accepted to write them."""

    agreed = Signal()

    def __init__(self, session: Session, ids: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        what = counted(len(ids), "session") if len(ids) > 1 else "the session"
        self.setWindowTitle(f"Restore {what} to the agent")
        self.said = SafeLabel("Looking at where the agent keeps its sessions…", wrap=True)
        self.files = FileList("Files of the sessions", ("What", "Size", "File"))
        buttons = DialogButtons()
        self.write = buttons.put("Restore", DialogButtons.ButtonRole.AcceptRole)
        self.write.setEnabled(False)
        self.write.setDefault(True)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(self.agreed)
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(self.said)
        column.addWidget(self.files, 1)
        column.addWidget(SafeLabel(_PROMISE, wrap=True, tone=Colour.MUTED))
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)

        def call(memory: Memory, job: Job) -> Restoration:
            return memory.restoring.plan(ids, job=job)

        self._read = LatestRead(session, self)
        self._read.ask(call, self._show, lambda error: self.said.setText(str(error)))

    def _show(self, plan: Restoration) -> None:
        missing = plan.count(FileState.MISSING)
        self.said.setText(_sentence(plan))
        self.write.setEnabled(missing > 0)
        self.files.show_rows(
            [_row(file) for file in plan.files], [_tip(file) for file in plan.files]
        )


def _sentence(plan: Restoration) -> str:
    if not plan.count(FileState.MISSING):
        if plan.files and plan.count(FileState.THERE) == len(plan.files):
            return "Everything is where the agent looks for it, just as it was imported."
        return "Nothing can be written. Why, stands with each file."
    return plan.sentence


def _row(file: RestoredFile) -> tuple[str, ...]:
    shown = file.path or file.reason
    return _STATES[file.state], size(file.size) if file.size else "", shown


def _tip(file: RestoredFile) -> str:
    return "\n".join(filter(None, (file.path, file.reason)))
