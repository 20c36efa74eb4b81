"""What a person deleted: restored from here, until its date."""

from __future__ import annotations

import time
from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.controls.file_list import FileList
from app.kit.formatting import counted, local_day
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import MEDIUM
from hpm_engine import Job, Memory, TrashedEpisode

_WIDTH = 110  # characters
_PROMISE = (
    "What is here is in no list, search, recall, topic or figure. Its bytes are still in the "
    "store's file until you erase them."
)


class TrashDialog(Dialog):
    """The deleted episodes, the latest first; signals carry the numbers of the chosen ones."""

    restore_asked = Signal(object)
    erase_asked = Signal(object)

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Trash")
        self._session = session
        self._listed: Sequence[TrashedEpisode] = ()
        self.said = SafeLabel("Looking into the trash…", wrap=True)
        self.episodes = FileList(
            "Deleted episodes", ("Deleted", "Stays until", "Agent", "Steps", "Episode")
        )
        self.episodes.tree.itemSelectionChanged.connect(self._offer)
        buttons = DialogButtons()
        self.restore = buttons.put("Restore", DialogButtons.ButtonRole.ActionRole)
        self.restore.clicked.connect(lambda: self.restore_asked.emit(self.chosen()))
        self.restore.setEnabled(False)
        self.erase = buttons.put("Erase now…", DialogButtons.ButtonRole.ActionRole)
        self.erase.clicked.connect(lambda: self.erase_asked.emit(self.chosen()))
        self.erase.setEnabled(False)
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = self.content
        column.setSpacing(MEDIUM)
        column.addWidget(self.said)
        column.addWidget(self.episodes, 1)
        column.addWidget(SafeLabel(_PROMISE, wrap=True, tone=Colour.MUTED))
        self.buttons = buttons
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self._read = LatestRead(session, self)
        self.read()

    def read(self) -> None:
        """Look again."""

        def call(memory: Memory, job: Job) -> list[TrashedEpisode]:
            return memory.trash.listed()

        self._read.ask(call, self._show, lambda error: self.said.setText(str(error)))

    def chosen(self) -> list[int]:
        """The numbers of the selected episodes."""
        tree = self.episodes.tree
        rows = sorted(tree.indexOfTopLevelItem(item) for item in tree.selectedItems())
        return [self._listed[row].id for row in rows]

    def _offer(self) -> None:
        for button in (self.restore, self.erase):
            button.setEnabled(bool(self.chosen()))

    def _show(self, listed: Sequence[TrashedEpisode]) -> None:
        self._listed = listed
        now = time.time_ns() // 1000
        past = sum(episode.keep_until < now for episode in listed)
        late = f" {past:,} of them are past their date." if past else ""
        self.said.setText(
            f"{counted(len(listed), 'episode')} in the trash.{late}"
            if listed
            else "The trash is empty. Delete an episode and it waits here."
        )
        rows = [
            (
                local_day(episode.deleted_at),
                "past its date" if episode.keep_until < now else local_day(episode.keep_until),
                episode.agent,
                f"{episode.steps:,}",
                episode.name,
            )
            for episode in listed
        ]
        self.episodes.show_rows(rows, [episode.name for episode in listed])
        self._offer()
