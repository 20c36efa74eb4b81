"""The dialog in which the audit log leaves: what goes, in which form, and what can be checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.last_folder import FileKind, keep_folder, last_folder
from app.kit.controls.radio_button import RadioButton
from app.kit.formatting import counted
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import AuditFilter, Job, Memory, local_now

_WIDTH = 76  # characters


class Form(NamedTuple):
    """A form in which the log leaves: what is in it, and what its receiver can check."""

    name: str  # as the engine knows it
    ending: str
    title: str
    holds: str
    check: str
    check_part: str  # where only a part leaves


_PROOF = (
    "A file with the proof is written beside it (….proof.zip), and in it the program that checks"
    " both: the receiver needs Python alone, and your public key."
)
_PART = "The proof shows that these rows are in the signed log, and how many were left out."
FORMS = (
    Form(
        "jsonl",
        "jsonl",
        "JSON Lines, for checking",
        "Every row exactly as it was hashed: times, actors, numbers of episodes; and what rows say"
        " of tags, searches, settings and what recalls asked, unless it was erased.",
        _PROOF,
        f"{_PROOF} {_PART}",
    ),
    Form(
        "csv",
        "csv",
        "CSV, for a spreadsheet",
        "The same rows as a table; what a spreadsheet would take for a formula is made harmless.",
        f"{_PROOF} The rows as they were hashed are in the proof, too.",
        f"{_PROOF} {_PART}",
    ),
    Form(
        "html",
        "html",
        "Report, for people",
        "One page with a sentence for each act, the titles of episodes and the cues of recalls in"
        " it. No scripts, nothing from elsewhere; light and dark.",
        f"{_PROOF} The rows as they were hashed are in the proof, too.",
        f"{_PROOF} {_PART} The page says which filters were set.",
    ),
    Form(
        "checkpoint",
        "txt",
        "Checkpoint, to keep elsewhere",
        "How many rows the log has now and the root over them, signed, nothing else. Always of the"
        " whole log.",
        "Later anybody can see whether what was there then is still there, unchanged.",
        "Later anybody can see whether what was there then is still there, unchanged.",
    ),
)


class ExportDialog(Dialog):
    """Asks what of the log shall leave; ``chosen`` has the file, the form and the filter."""

    chosen = Signal(object, str, object)

    def __init__(self, session: Session, wanted: AuditFilter, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Export the audit log")
        self._store, self._wanted = session.path.stem, wanted
        self._counts = LatestRead(session, self)
        self._named = False  # whether a person chose the file
        self.whole, self.part = RadioButton("The whole log"), RadioButton("What the filters show")
        self.forms = {form: RadioButton(form.title) for form in FORMS}
        self.says = SafeLabel(wrap=True)
        self.check = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.problem = SafeLabel(wrap=True, tone=Colour.BAD)
        self.problem.hide()
        self.file = QLineEdit()
        self.file.setAccessibleName("The file that is written")
        self._browse = QPushButton("Browse…")
        self._browse.clicked.connect(self._ask_file)
        self._lay_out()
        narrow = wanted != AuditFilter()
        (self.part if narrow else self.whole).setChecked(True)
        self.part.setEnabled(narrow)
        # A part is mostly for reading.
        self.forms[FORMS[1 if narrow else 0]].setChecked(True)
        self._update()
        self._counts.ask(self._count, self._on_counts, self._on_uncounted)

    def _lay_out(self) -> None:
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        column = self.content
        column.setSpacing(SMALL)
        column.addWidget(SafeLabel("What leaves", role=TextRole.HEADING))
        column.addLayout(self._group((self.whole, self.part)))
        column.addSpacing(MEDIUM)
        column.addWidget(SafeLabel("In which form", role=TextRole.HEADING))
        column.addLayout(self._group(self.forms.values()))
        column.addSpacing(HAIR)
        column.addWidget(self.says)
        column.addWidget(self.check)
        column.addWidget(self.problem)
        column.addSpacing(MEDIUM)
        column.addWidget(SafeLabel("To which file", role=TextRole.HEADING))
        row = QHBoxLayout()
        row.addWidget(self.file, 1)
        row.addWidget(self._browse)
        column.addLayout(row)
        column.addStretch(1)
        buttons = DialogButtons()
        self.save = buttons.put("Export", DialogButtons.ButtonRole.AcceptRole)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self._accept)
        buttons.rejected.connect(self.reject)
        self.set_buttons(buttons)
        self._browse.setAutoDefault(False)
        self.save.setDefault(True)
        self.file.textEdited.connect(self._on_named)

    def _group(self, radios: Iterable[RadioButton]) -> QVBoxLayout:
        group, column = QButtonGroup(self), QVBoxLayout()
        column.setSpacing(HAIR)
        for radio in radios:
            group.addButton(radio)
            column.addWidget(radio)
            radio.toggled.connect(self._update)
        return column

    @property
    def form(self) -> Form:
        """The form that is chosen."""
        return next((form for form, radio in self.forms.items() if radio.isChecked()), FORMS[0])

    @property
    def filter(self) -> AuditFilter:
        """What of the log leaves."""
        partly = self.part.isChecked() and self.form.name != "checkpoint"
        return self._wanted if partly else AuditFilter()

    def _update(self) -> None:
        form, partly = self.form, self.filter != AuditFilter()
        self.says.setText(form.holds)
        self.check.setText(form.check_part if partly else form.check)
        self.check.set_tone(Colour.WARN if partly else Colour.MUTED)
        if not self._named:
            self.file.setText(str(last_folder(FileKind.AUDIT) / self._name()))
        elif path := self.file.text():
            self.file.setText(str(Path(path).with_suffix(f".{form.ending}")))

    def _name(self) -> str:
        """A name with the store's and the date: what is exported tomorrow is another file."""
        kind = "checkpoint" if self.form.name == "checkpoint" else "audit"
        part = "-part" if self.filter != AuditFilter() else ""
        today: date = local_now().date()
        return f"{kind}-{self._store}-{today.isoformat()}{part}.{self.form.ending}"

    def _count(self, memory: Memory, job: Job) -> tuple[int, int]:
        return memory.audit.count(), memory.audit.count(self._wanted)

    def _on_counts(self, counts: tuple[int, int]) -> None:
        whole, part = counts
        self.whole.setText(f"The whole log, {counted(whole, 'row')}")
        self.part.setText(f"What the filters show, {counted(part, 'row')}")
        self.part.setVisible(self.part.isEnabled())

    def _on_uncounted(self, error: Exception) -> None:
        self.problem.setText(f"✗ How many rows leave could not be counted: {error}")
        self.problem.show()

    def _on_named(self) -> None:
        self._named = True
        self.save.setEnabled(bool(self.file.text().strip()))

    def _ask_file(self) -> None:
        path = Path(self.file.text() or self._name())
        dialog = QFileDialog(self, "Export the audit log", str(path.parent))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(self.form.ending)
        dialog.selectFile(path.name)
        dialog.fileSelected.connect(self._on_file)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_file(self, path: str) -> None:
        self._named = True
        self.file.setText(path)
        self.save.setEnabled(True)

    def _accept(self) -> None:
        file = Path(self.file.text()).expanduser()
        keep_folder(FileKind.AUDIT, file)
        self.chosen.emit(file, self.form.name, self.filter)
        self.accept()


def ask_export(
    session: Session,
    wanted: AuditFilter,
    parent: QWidget,
    export: Callable[[Path, str, AuditFilter], None],
) -> ExportDialog:
    """Ask what of the log shall leave, and hand that on."""
    dialog = ExportDialog(session, wanted, parent)
    dialog.chosen.connect(export)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
