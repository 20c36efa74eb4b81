"""What connecting an agent would change, shown before anything is written."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QButtonGroup,
    QFileDialog,
    QHBoxLayout,
    QLineEdit,
    QPushButton,
    QWidget,
)

from app.agents.difference_view import DifferenceView
from app.agents.jobs import planning
from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.last_folder import FileKind, last_folder
from app.kit.controls.radio_button import RadioButton
from app.kit.formatting import short_path
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from hpm_engine import AgentStanding, ConnectionPlan, FilePlan, SettingsUntouched

_WIDTH = 128  # characters
_NOTHING = "Nothing would change: all of this stands in its settings already."
_PROMISE = (
    "Nothing else in these files is changed. “Disconnect…” takes it out again; a file that nobody "
    "changed since has its old bytes then."
)


class ConnectDialog(Dialog):
    """Asks what an agent shall have, shows what that changes, and hands on the plan as shown."""

    agreed = Signal(object)

    def __init__(self, session: Session, standing: AgentStanding, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.standing, self._store = standing, session.path
        self.plan: ConnectionPlan | None = None
        self._by_hand = ""
        self._read = LatestRead(session, self)
        title = standing.agent.title
        self.setWindowTitle(f"Connect {title}")
        self.hooks = CheckBox("Give it context &unasked, where a session begins (hooks)")
        self.server = CheckBox("Let it as&k by itself (server)")
        self.everywhere = RadioButton("In &all projects")
        self.single = RadioButton("In &one project:")
        self.folder = QLineEdit()
        self._browse = QPushButton("Choose…")
        self.said = SafeLabel(wrap=True)
        self.difference = DifferenceView("What would change")
        self.backup = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.copy_button = QPushButton("Copy what to put in")
        self._lay_out()
        self._begin()

    def _lay_out(self) -> None:
        title = self.standing.agent.title
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self.folder.setAccessibleName("Folder of the project")
        self._browse.setAccessibleName("Choose the folder of the project")
        self._browse.setAutoDefault(False)
        self.copy_button.setAutoDefault(False)
        group = QButtonGroup(self)
        group.addButton(self.everywhere)
        group.addButton(self.single)
        project = QHBoxLayout()
        project.setSpacing(SMALL)
        project.addWidget(self.single)
        project.addWidget(self.folder, 1)
        project.addWidget(self._browse)
        column = self.content
        column.setSpacing(HAIR)
        column.addWidget(SafeLabel(f"What {title} shall have", role=TextRole.HEADING))
        column.addWidget(self.hooks)
        column.addWidget(self.server)
        column.addSpacing(MEDIUM)
        column.addWidget(SafeLabel("Where", role=TextRole.HEADING))
        column.addWidget(self.everywhere)
        column.addLayout(project)
        column.addSpacing(MEDIUM)
        column.addWidget(SafeLabel("What would change", role=TextRole.HEADING))
        column.addWidget(self.said)
        column.addWidget(self.difference)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        column.addWidget(self.backup)
        column.addStretch(1)
        buttons = DialogButtons()
        self.connect_button = buttons.put("Connect", DialogButtons.ButtonRole.AcceptRole)
        self.connect_button.setDefault(True)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self._agree)
        buttons.rejected.connect(self.reject)
        self.set_buttons(buttons)

    def _begin(self) -> None:
        agent = self.standing.agent
        self.hooks.setChecked(True)
        self.server.setChecked(True)
        self.everywhere.setChecked(True)
        single = bool(agent.project_hooks)
        for part in (self.single, self.folder, self._browse):
            part.setEnabled(single)
            part.setToolTip(tip("" if single else f"{agent.title} has no settings of one project."))
        for box in (self.hooks, self.server):
            box.toggled.connect(self.look)
        self.everywhere.toggled.connect(self.look)
        self.folder.textChanged.connect(self._on_folder)
        self._browse.clicked.connect(self._ask_folder)
        self.copy_button.clicked.connect(self._copy)
        self.look()

    # -- what would change -----------------------------------------------------------------

    def look(self) -> None:
        """Read the settings and show what would change."""
        self.plan = None
        self.connect_button.setEnabled(False)
        if not (self.hooks.isChecked() or self.server.isChecked()):
            self._say("Choose at least one of the two.", Colour.WARN)
            return
        project = None
        if self.single.isChecked():
            text = self.folder.text().strip()
            project = Path(text).expanduser()
            if not text or not project.is_absolute() or not project.is_dir():
                self._say("Choose the folder of a project.", Colour.WARN)
                return
        self._read.ask(
            planning(
                self.standing.agent.name,
                self._store,
                project,
                self.hooks.isChecked(),
                self.server.isChecked(),
            ),
            self._show,
            self._on_failed,
        )

    def _show(self, plan: ConnectionPlan) -> None:
        self.plan = plan
        changing = [file for file in plan.files if file.changes]
        command = plan.command
        held = self.standing.connection(str(plan.project) if plan.project else "")
        if held is not None and held.here and held.server:
            command = ""  # it has run
        said = _NOTHING if not command else "No file would change."
        if changing:
            names = " and ".join(short_path(str(file.file.path)) for file in changing)
            said = f"This is added to {names}:"
        if command and self.standing.program:
            said += "\nIts own command then registers the server (below)."
        elif command:
            said += "\nIts own command, which registers the server, was not found: run it yourself"
            said += " (last line)."
        differences = [file.difference for file in changing]
        if command:
            differences.append(f"$ {command}")
        self._say(said, None, "\n\n".join(differences))
        below = [_kept(file) for file in changing]
        if changing:
            below += [plan.agent.trust, _PROMISE]
        self.backup.setText("\n".join(filter(None, below)))
        self.backup.setVisible(bool(below))
        self.connect_button.setEnabled(bool(changing or command))

    def _on_failed(self, error: Exception) -> None:
        if isinstance(error, SettingsUntouched):
            said = f"{error.reason}\nMend the file, or put this in by hand:"
            self._say(said, Colour.WARN, error.by_hand, by_hand=True)
        else:
            self._say(str(error), Colour.WARN)

    def _say(
        self, said: str, tone: Colour | None, text: str = "", *, by_hand: bool = False
    ) -> None:
        self.said.set_tone(tone)
        self.said.setText(said)
        self.difference.show_text(text)
        self.difference.setVisible(bool(text))
        self._by_hand = text if by_hand else ""
        self.copy_button.setVisible(by_hand)
        self.backup.hide()

    # -- what a person does ----------------------------------------------------------------

    def _on_folder(self) -> None:
        if self.single.isChecked():
            self.look()
        else:
            self.single.setChecked(True)  # which looks

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Folder of the project", str(last_folder(FileKind.IMPORTS)))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.fileSelected.connect(self.folder.setText)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._by_hand)

    def _agree(self) -> None:
        if self.plan is not None:
            self.agreed.emit(self.plan)
            self.accept()


def _kept(file: FilePlan) -> str:
    """Where what a file holds now is kept."""
    if file.file.content is None:
        return f"{short_path(str(file.file.path))} is new."
    target = file.file.target
    return f"As it is now it is kept beside it: {short_path(f'{target}.hpm-DATE')}."
