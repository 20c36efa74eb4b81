"""In which form episodes leave the store, and what leaves with them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFileDialog, QGridLayout, QVBoxLayout, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.last_folder import FileKind, begin_in_last_folder
from app.kit.controls.radio_button import RadioButton
from app.kit.formatting import counted
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM
from hpm_engine import ExportFormat, ExportOutlook, ExportPart, Job, Memory

_FORMS = {
    ExportFormat.HTML: (
        "Page (HTML)",
        "For people: opens in any browser, offline, and runs nothing.",
    ),
    ExportFormat.MARKDOWN: (
        "Markdown",
        "For people and programs: a text with a heading for each step.",
    ),
    ExportFormat.ATIF: (
        "Trajectory (ATIF)",
        "For programs: JSON that gives the same episode again.",
    ),
    ExportFormat.RAW: ("Original bytes", "What the agent wrote, byte for byte."),
}
_PARTS = {
    ExportPart.NOTES: "My notes",
    ExportPart.THINKING: "Thinking",
    ExportPart.CALLS: "Tool calls",
    ExportPart.RESULTS: "Their results",
    ExportPart.INJECTED: "What the agent's program put in",
}
_ABREAST = 2  # boxes in a row
_ENDINGS = {
    ExportFormat.HTML: "Page (*.html)",
    ExportFormat.MARKDOWN: "Markdown (*.md)",
    ExportFormat.ATIF: "Trajectory (*.json)",
    ExportFormat.RAW: "Original (*.jsonl *.json *.txt)",
}


class EpisodeExportDialog(Dialog):
    """A choice of forms and parts that says what the file will hold.

    ``chosen`` has the form and what is left out.
    """

    chosen = Signal(object, object)

    def __init__(self, session: Session, ids: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ids = tuple(ids)
        what = counted(len(self._ids), "episode") if len(self._ids) > 1 else "episode"
        self.setWindowTitle(f"Export {what}")
        self._read = LatestRead(session, self)
        self.forms = {form: RadioButton(name) for form, (name, _) in _FORMS.items()}
        self.parts = {part: CheckBox(words) for part, words in _PARTS.items()}
        for box in self.parts.values():
            box.setChecked(True)
        self.holds = SafeLabel(wrap=True)
        self.buttons = DialogButtons()
        self.choose = self.buttons.put("Choose a file…", DialogButtons.ButtonRole.AcceptRole)
        self.choose.setDefault(True)
        self.buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        self._arrange()
        for button in self.forms.values():
            button.toggled.connect(self._look)
        for box in self.parts.values():
            box.toggled.connect(self._look)
        self.buttons.accepted.connect(self._on_accepted)
        self.buttons.rejected.connect(self.reject)
        self.forms[ExportFormat.HTML].setChecked(True)

    def _arrange(self) -> None:
        column = self.content
        column.setSpacing(MEDIUM)
        for form, button in self.forms.items():
            row = QVBoxLayout()
            row.setSpacing(HAIR)
            row.addWidget(button)
            about = SafeLabel(_FORMS[form][1], wrap=True, tone=Colour.MUTED)
            about.setContentsMargins(2 * MEDIUM, 0, 0, 0)
            row.addWidget(about)
            column.addLayout(row)
        column.addWidget(SafeLabel("With"))
        kept = QGridLayout()
        for number, box in enumerate(self.parts.values()):
            kept.addWidget(box, number // _ABREAST, number % _ABREAST)
        kept.setColumnStretch(_ABREAST, 1)
        column.addLayout(kept)
        column.addWidget(self.holds)
        column.addStretch(1)
        self.set_buttons(self.buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * 64)

    @property
    def form(self) -> ExportFormat:
        """The form that is chosen."""
        return next(form for form, button in self.forms.items() if button.isChecked())

    @property
    def left_out(self) -> frozenset[ExportPart]:
        """What a form for people leaves out; the other forms are whole."""
        if not self.form.readable:
            return frozenset()
        return frozenset(part for part, box in self.parts.items() if not box.isChecked())

    def _look(self, on: bool = True) -> None:
        if not any(button.isChecked() for button in self.forms.values()):
            return  # between two choices
        form, left_out = self.form, self.left_out
        for box in self.parts.values():
            box.setEnabled(form.readable)

        def call(memory: Memory, _job: Job) -> ExportOutlook:
            return memory.episodes.outlook(self._ids, form, without=left_out)

        def show(outlook: ExportOutlook) -> None:
            self.holds.setText(outlook.sentence)

        self._read.ask(call, show, lambda error: self.holds.setText(str(error)))

    def _on_accepted(self) -> None:
        self.chosen.emit(self.form, self.left_out)
        self.accept()


def ask_where(form: ExportFormat, name: str, many: bool, parent: QWidget) -> QFileDialog:
    """The dialog that asks for a file; several episodes become an archive."""
    dialog = QFileDialog(parent, "Export")
    begin_in_last_folder(dialog, FileKind.EPISODES)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    together = many and form.readable  # one document, or an archive with one for each
    endings = [_ENDINGS[form]] if together or not many else []
    dialog.setNameFilters([*endings, "Archive (*.zip)"] if many else [*endings, "Any file (*)"])
    suffix = form.suffix if together or not many else ".zip"
    dialog.setDefaultSuffix(suffix.removeprefix("."))
    dialog.filterSelected.connect(
        lambda chosen: dialog.setDefaultSuffix("zip" if "*.zip" in chosen else suffix[1:])
    )
    dialog.selectFile(name)
    dialog.finished.connect(dialog.deleteLater)
    return dialog
