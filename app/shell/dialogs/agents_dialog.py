"""The agents that were found on this computer, to import several at once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.formatting import short_path, size
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, HUGE, SMALL
from app.shell.found_agents import KEEP, agent_words, count_words, readable, unread_sentence
from hpm_engine import Discovered, visible

_WIDTH = 64  # characters
_NONE = (
    "No agents' sessions were found in the usual places. "
    "Import Folder in the File menu takes any other."
)


class AgentsDialog(Dialog):
    """A check box for each folder.

    ``followed`` has the places that were left checked, to be imported and kept up to date with;
    ``chosen`` their paths, where a person wants them imported this once.
    """

    chosen = Signal(object)
    followed = Signal(object)
    folder_asked = Signal()

    def __init__(self, store_name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Import agents' sessions")
        self._boxes: list[tuple[CheckBox, Discovered]] = []
        into = f"into {visible(store_name)}" if store_name else "into a new store"
        self._said = SafeLabel("Looking for agents' sessions…", wrap=True)
        self._sum = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.keep = CheckBox(KEEP)
        self.keep.setChecked(True)
        self.keep.hide()
        self._unread = SafeLabel(tone=Colour.MUTED, wrap=True)
        self._unread.hide()
        self._list = QVBoxLayout()
        self._list.setSpacing(HAIR)
        self._into = into
        self._buttons = DialogButtons()
        self._buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        other = self._buttons.put("Other folder…", DialogButtons.ButtonRole.ActionRole)
        self._import = self._buttons.put("Import", DialogButtons.ButtonRole.AcceptRole)
        self._import.setDefault(True)
        self._import.setEnabled(False)
        other.clicked.connect(self._ask_folder)
        self._buttons.rejected.connect(self.reject)
        self._buttons.accepted.connect(self._accept)
        column = self.content
        column.setSpacing(SMALL)
        column.addWidget(self._said)
        column.addLayout(self._list)
        column.addWidget(self._unread)
        column.addWidget(self.keep)
        column.addWidget(self._sum)
        column.addStretch(1)
        self.set_buttons(self._buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)

    def show_found(self, folders: Sequence[Discovered]) -> None:
        """Offer the folders, all of them checked; only the first answer counts."""
        if self._boxes:
            return
        offered = readable(folders)
        self._said.setText("Found on this computer:" if offered else _NONE)
        self._unread.setText(unread_sentence(folders))
        self._unread.setVisible(len(offered) < len(folders))
        self.keep.setVisible(bool(offered))
        for folder in offered:
            box = CheckBox(f"{agent_words(folder)}, {size(folder.size)}")
            box.setChecked(True)
            box.setAccessibleDescription(folder.path)
            box.toggled.connect(self._add_up)
            path = SafeLabel(short_path(folder.path), tone=Colour.MUTED)
            path.setIndent(HUGE)
            self._list.addWidget(box)
            self._list.addWidget(path)
            self._boxes.append((box, folder))
        self._add_up()
        if self._boxes:
            self._boxes[0][0].setFocus()
        self.adjustSize()

    def checked(self) -> list[Discovered]:
        """The folders to import."""
        return [folder for box, folder in self._boxes if box.isChecked()]

    def _add_up(self) -> None:
        chosen = self.checked()
        self._import.setEnabled(bool(chosen))
        held = f"{count_words(chosen)}, {size(sum(folder.size for folder in chosen))}"
        sentence = f"{held}, {self._into}. What is there already is not taken twice."
        self._sum.setText(sentence if chosen else "")

    def _accept(self) -> None:
        if self.keep.isChecked():
            self.followed.emit(self.checked())
        else:
            self.chosen.emit([Path(folder.path) for folder in self.checked()])
        self.accept()

    def _ask_folder(self) -> None:
        self.reject()
        self.folder_asked.emit()
