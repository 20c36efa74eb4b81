"""The question with which episode one is to be compared: typed for, chosen from a list."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QListWidget, QListWidgetItem, QWidget

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.latest_read import LatestRead
from app.kit.list_times import brief_time
from app.kit.plain_text import SafeLabel, one_line, tip
from app.kit.session import Session
from app.kit.table.noted_delegate import NOTE, NotedDelegate
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL
from hpm_engine import Episode, EpisodeQuery, Job, Memory

MOST = 200  # episodes in the list
_PAUSE_MS = 150  # after a keystroke
_WIDTH, _ROWS = 72, 12  # characters, lines
_ID = Qt.ItemDataRole.UserRole
_STEERING = {
    Qt.Key.Key_Up: -1,
    Qt.Key.Key_Down: 1,
    Qt.Key.Key_PageUp: 1 - _ROWS,
    Qt.Key.Key_PageDown: _ROWS - 1,
}


class _SearchLine(QLineEdit):
    """A line whose keys up and down steer a list."""

    steered = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tell by how many rows; other keys are the line's."""
        if event.key() in _STEERING:
            self.steered.emit(_STEERING[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)


class OtherEpisodeDialog(Dialog):
    """Lists the newest episodes, or what a search finds; ``chosen`` names one of them."""

    chosen = Signal(int)

    def __init__(self, session: Session, episode: Episode, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Compare with…")
        self._episode = episode
        self._read = LatestRead(session, self)
        self._pause = QTimer(self, singleShot=True, interval=_PAUSE_MS)
        self._pause.timeout.connect(self._search)
        self.line = _SearchLine()
        self.line.setPlaceholderText("Search for the other episode")
        self.line.setAccessibleName("Search for the other episode")
        self.line.textChanged.connect(lambda: self._pause.start())
        self.line.steered.connect(self._steer)
        self.list = QListWidget()
        self.list.setAccessibleName("Episodes to compare with")
        self.list.setItemDelegate(NotedDelegate(self.list))
        self.list.itemActivated.connect(self._choose)
        self.list.setMinimumHeight((self.fontMetrics().height() + SMALL) * _ROWS)
        self.said = SafeLabel(tone=Colour.MUTED, wrap=True)
        buttons = DialogButtons()
        self.compare = buttons.put("Compare", DialogButtons.ButtonRole.AcceptRole)
        self.compare.setDefault(True)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self._choose)
        buttons.rejected.connect(self.reject)
        self.content.setSpacing(SMALL)
        self.content.addWidget(SafeLabel(one_line(episode.name, 120), bold=True))
        for part in (self.line, self.list, self.said):
            self.content.addWidget(part)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self.line.setFocus()
        self._search()

    def _steer(self, rows: int) -> None:
        last = self.list.count() - 1
        self.list.setCurrentRow(max(0, min(last, self.list.currentRow() + rows)))

    def _search(self) -> None:
        text = self.line.text().strip()
        read = partial(_found, text, self._episode.id)
        self._read.ask(read, self._show, lambda error: self.said.setText(str(error)))

    def _show(self, episodes: list[Episode]) -> None:
        self.list.clear()
        for episode in episodes:
            item = QListWidgetItem(one_line(episode.name, 100), self.list)
            item.setData(_ID, episode.id)
            facts = (episode.agent, brief_time(episode.started_at))
            item.setData(NOTE, " · ".join(fact for fact in facts if fact))
            item.setToolTip(tip(f"{episode.name}\nEpisode {episode.id}, {episode.project}"))
        self.list.setCurrentRow(0)
        self.compare.setEnabled(bool(episodes))
        self.said.setText("" if episodes else "No other episode matches.")

    def _choose(self, _: object = None) -> None:
        if (item := self.list.currentItem()) is not None:
            self.chosen.emit(item.data(_ID))
            self.accept()


def _found(text: str, but: int, memory: Memory, job: Job) -> list[Episode]:
    ids = memory.episodes.find(EpisodeQuery(text), job).window(0, MOST + 1)
    return memory.episodes.get([episode_id for episode_id in ids if episode_id != but][:MOST])
