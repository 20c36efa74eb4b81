"""The chosen sources of the open store, to be added to, paused and removed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QDir
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.formatting import short_path
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HUGE, SMALL
from app.syncing.words import ago
from hpm_engine import Changed, ChosenSource, Discovered, Job, Memory, discover

_WIDTH = 72  # characters
_NONE = "No source is chosen yet. Add what agents keep on this computer, or a folder."
_SAID = (
    "While this window is open, or hpm run, what is new in them is imported within seconds. "
    "Nothing is ever removed from the store because a source is gone, paused or removed."
)
Listed = tuple[tuple[ChosenSource, ...], bool]


class SourcesDialog(Dialog):
    """Every change is made at once, and shown as the store has it then."""

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Sources of this store")
        self._session = session
        self._read = LatestRead(session, self)
        self._said = SafeLabel("Reading…", wrap=True)
        self._rows = QVBoxLayout()
        self._rows.setSpacing(SMALL)
        self.by_itself = CheckBox("Import what is new by itself")
        self.by_itself.clicked.connect(self._switch)
        buttons = DialogButtons()
        self.add_found = buttons.put("Add what is found", DialogButtons.ButtonRole.ActionRole)
        self.add_folder = buttons.put("Add folder…", DialogButtons.ButtonRole.ActionRole)
        buttons.put("Close", DialogButtons.ButtonRole.RejectRole).setDefault(True)
        self.add_found.clicked.connect(self._look)
        self.add_folder.clicked.connect(self._ask_folder)
        buttons.rejected.connect(self.reject)
        column = self.content
        column.setSpacing(SMALL)
        column.addWidget(self._said)
        column.addLayout(self._rows)
        column.addWidget(self.by_itself)
        column.addWidget(SafeLabel(_SAID, tone=Colour.MUTED, wrap=True))
        column.addStretch(1)
        self.set_buttons(buttons)
        self.setMinimumWidth(self.fontMetrics().averageCharWidth() * _WIDTH)
        self.finished.connect(self.deleteLater)
        session.changed.connect(self._on_changed)
        self._ask()

    def boxes(self) -> list[CheckBox]:
        """The switch of each source, in the order in which they are shown."""
        return [box for box in self.findChildren(CheckBox) if box is not self.by_itself]

    def _ask(self) -> None:
        self._read.ask(_listed, self._show, lambda error: self._said.setText(str(error)))

    def _show(self, listed: Listed) -> None:
        sources, by_itself = listed
        self._said.setText("This store is kept up to date with:" if sources else _NONE)
        self.by_itself.setChecked(by_itself)
        self.by_itself.setEnabled(bool(sources))
        while (item := self._rows.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for source in sources:
            self._rows.addWidget(self._row(source))
        self.adjustSize()

    def _row(self, source: ChosenSource) -> QWidget:
        row = QWidget()
        path = Path(source.path)
        box = CheckBox(source.agent or path.name or source.path)
        box.setChecked(not source.paused)
        box.setAccessibleDescription(source.path)
        box.clicked.connect(lambda on: self._change(partial(_pause, path, not on), "Pause source"))
        remove = QPushButton("Remove")
        remove.setAccessibleName(f"Remove {source.path} from the sources")
        remove.clicked.connect(lambda: self._change(partial(_remove, path), "Remove source"))
        top = QHBoxLayout()
        top.addWidget(box, 1)
        top.addWidget(remove)
        where = SafeLabel(_state(source), tone=Colour.MUTED, wrap=True)
        where.setIndent(HUGE)
        column = QVBoxLayout(row)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addWidget(where)
        if source.failure:
            failure = SafeLabel(source.failure, tone=Colour.BAD, wrap=True)
            failure.setIndent(HUGE)
            column.addWidget(failure)
        return row

    def _change(self, call: Callable[[Memory, Job], Changed], title: str) -> None:
        self._session.edit(call, title)

    def _switch(self, wanted: bool) -> None:
        self._change(lambda memory, job: memory.chosen.set_by_itself(wanted), "Switch sync")

    def _look(self) -> None:
        self.add_found.setEnabled(False)
        task = self._session.read_patiently(lambda memory, job: discover())
        task.succeeded.connect(self._on_found)
        task.finished.connect(lambda: self.add_found.setEnabled(True))

    def _on_found(self, found: tuple[Discovered, ...]) -> None:
        readable = [place for place in found if place.read]
        if readable:
            self._change(partial(choose, readable), "Add sources")
        else:
            self._said.setText("No agents' sessions were found in the usual places.")

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self, "Add a folder to the sources", str(Path.home()))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        dialog.setFilter(dialog.filter() | QDir.Filter.Hidden)  # agents keep theirs in such
        dialog.finished.connect(dialog.deleteLater)
        dialog.filesSelected.connect(self._add)
        dialog.open()

    def _add(self, names: list[str]) -> None:
        places = [Discovered("", name, None, 0) for name in names]
        self._change(partial(choose, places), "Add sources")

    def _on_changed(self, changed: Changed) -> None:
        if changed & Changed.SETTINGS:
            self._ask()


def choose(places: list[Discovered], memory: Memory, _job: Job) -> Changed:
    """Remember places as sources."""
    changed = Changed.NOTHING
    for place in places:
        changed |= memory.chosen.add(Path(place.path), place.agent)
    return changed


def _listed(memory: Memory, _job: Job) -> Listed:
    return memory.chosen.all(), memory.chosen.by_itself()


def _pause(path: Path, paused: bool, memory: Memory, _job: Job) -> Changed:
    return memory.chosen.pause(path, paused=paused)


def _remove(path: Path, memory: Memory, _job: Job) -> Changed:
    return memory.chosen.remove(path)


def _state(source: ChosenSource) -> str:
    words = [short_path(source.path)]
    if source.paused:
        words.append("paused")
    elif source.synced_at:
        words.append(f"synced {ago(source.synced_at / 1e6)}")
    return " · ".join(words)
