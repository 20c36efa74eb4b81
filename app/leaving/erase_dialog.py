"""What is to be erased: everything that holds it is shown first, and a person agrees to it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.file_list import FileList
from app.kit.formatting import counted
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM, SMALL
from hpm_engine import ErasurePreview, ErasureTarget, HeldPlace, Job, Memory

_WIDTH = 100  # characters
_LEAST = 3  # characters of a text
_PROMISE = (
    "It goes from every byte of the store's file and its caches, and the file is written anew. "
    "Topics that rested on it are learned again without it. The audit log keeps a receipt of "
    "counts and digests."
)


class EraseDialog(Dialog):
    """``agreed`` carries the target once a person ticked that there is no way back.

    With ``ids`` these episodes are to go; without, a person writes a text that is.
    """

    agreed = Signal(object)

    def __init__(self, session: Session, ids: Sequence[int], parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._ids = tuple(ids)
        self.setWindowTitle(f"Erase {counted(len(ids), 'episode')}" if ids else "Erase a text")
        self._target = ErasureTarget(episodes=self._ids)
        self._read = LatestRead(session, self, whole_store=True)
        self.words = QLineEdit()
        self.words.setAccessibleName("The text to be erased")
        self.words.setPlaceholderText("A text, a name, an address")
        self.fold = CheckBox("Capitals or not")
        self.expression = CheckBox("Regular expression")
        self.said = SafeLabel(wrap=True)
        self.places = FileList("What holds it", ("What holds it", "How many", "What becomes of it"))
        self.staying = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.sure = CheckBox("Erase it for good. There is no way back but a backup.")
        self.sure.toggled.connect(self._offer)
        buttons = DialogButtons()
        self.look = buttons.put("Look for it", DialogButtons.ButtonRole.ActionRole)
        self.look.setVisible(not ids)
        self.look.clicked.connect(self.look_for)
        self.erase = buttons.put("Erase", DialogButtons.ButtonRole.AcceptRole)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole).setDefault(bool(ids))
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        self.accepted.connect(lambda: self.agreed.emit(self._target))
        self._arrange()
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self._preview: ErasurePreview | None = None
        if ids:
            self._ask()
        else:
            self.look.setDefault(True)
            self.words.textChanged.connect(self._forget)
            self._forget()

    def look_for(self) -> None:
        """Look for the text that is written."""
        self._target = ErasureTarget(
            pattern=self.words.text(),
            expression=self.expression.isChecked(),
            fold=self.fold.isChecked(),
        )
        self._ask()

    def _arrange(self) -> None:
        column = self.content
        column.setSpacing(MEDIUM)
        asked = QWidget()
        row = QHBoxLayout(asked)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(SMALL)
        row.addWidget(self.words, 1)
        for box in (self.fold, self.expression):
            row.addWidget(box)
            box.toggled.connect(self._forget)
        column.addWidget(asked)
        asked.setVisible(not self._ids)
        column.addWidget(self.said)
        column.addWidget(self.places, 1)
        column.addWidget(self.staying)
        column.addWidget(SafeLabel(_PROMISE, wrap=True, tone=Colour.MUTED))
        column.addWidget(self.sure)

    def _forget(self) -> None:
        """Another text: nothing is known of it yet."""
        self._preview = None
        self.look.setEnabled(len(self.words.text().strip()) >= _LEAST)
        self.said.setText("Write what is to be erased, and look for it: nothing is changed yet.")
        self.places.show_rows([], [])
        self.staying.setText("")
        self._offer()

    def _ask(self) -> None:
        self._preview = None
        self.said.setText("Looking for everything that holds it…")
        self._offer()
        target = self._target

        def call(memory: Memory, job: Job) -> ErasurePreview:
            return memory.erasure.preview(target, job)

        self._read.ask(call, self._show, lambda error: self.said.setText(str(error)))

    def _show(self, preview: ErasurePreview) -> None:
        self._preview = preview
        self.said.setText(_sentence(preview))
        rows = [(place.what, f"{place.count:,}", place.note) for place in preview.places]
        self.places.show_rows(rows, [" ".join(row) for row in rows])
        stays = "; ".join(map(_stays, preview.staying))
        self.staying.setText(f"Not reached: {stays}." if stays else "")
        self._offer()

    def _offer(self) -> None:
        preview = self._preview
        free = preview is not None and not preview.nothing and not _pins(preview)
        self.sure.setEnabled(free)
        self.erase.setEnabled(free and self.sure.isChecked())


def _pins(preview: ErasurePreview) -> str:
    pins = [f"episode {key}" for key in preview.pinned[:5]]
    pins += [f"topic {key}" for key in preview.pinned_prototypes[:5]]
    return ", ".join(pins)


def _sentence(preview: ErasurePreview) -> str:
    if preview.nothing:
        return "Nothing in the store holds it."
    if pins := _pins(preview):
        return f"A pin protects {pins}. Unpin first; nothing is erased while it is pinned."
    parts = []
    if preview.episodes:
        too = ", branches and subagents of the same sessions among them" if preview.along else ""
        parts.append(f"{counted(len(preview.episodes), 'episode')} will go as a whole{too}.")
    if preview.touched:
        episodes = counted(len(preview.touched), "episode")
        parts.append(f"{episodes} will stay without it: [erased] stands in its place.")
    return " ".join(parts) or "It stands in the places below."


def _stays(place: HeldPlace) -> str:
    return f"{place.what}: {place.count:,} ({place.note})"
