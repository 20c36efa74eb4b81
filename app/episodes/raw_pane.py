"""The original behind a selection, as the agent's program wrote it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QGuiApplication, QTextOption
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.episodes.record_text import MOST_SHOWN, RecordText, record_text
from app.episodes.text_finder import TextFinder
from app.kit.controls.last_folder import FileKind, keep_folder, last_folder
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, size
from app.kit.icons import Icon, icon
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from hpm_engine import Evicted, Job, Memory, write_file

_OF_STEP = 0  # entries of the box that says how much is shown
_OF_EPISODE = 1


class RawPane(QWidget):
    """The record of a step, or its episode's; indented where it is JSON, or byte for byte."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self)
        self._place: tuple[int, int | None] | None = None
        self._shown: RecordText | None = None
        self._text = self._make_text()
        self._page = StatePage(self._text)
        self._scope = QComboBox()
        self._scope.addItems(["This step", "Whole episode"])
        self._scope.setAccessibleName("Which record is shown")
        self._scope.activated.connect(self._ask)
        self._pretty = self._button("Raw", "Show the record laid out to be read, where it is JSON")
        self._exact = self._button("Bytes", "Show the bytes as they stand")
        self._forms = QButtonGroup(self)
        for button in (self._pretty, self._exact):
            button.setCheckable(True)
            self._forms.addButton(button)
        self._pretty.setChecked(True)
        self._exact.toggled.connect(self._fill)
        self._copy = self._button("", "Copy the record as it is shown")
        self._copy.setIcon(icon(Icon.COPY))
        self._copy.clicked.connect(self._copy_text)
        self._save = self._button("Save…", "Write this record, byte for byte, to a file")
        self._save.clicked.connect(self._choose_file)
        self._finder = TextFinder(self._text, "Find in the record")
        self._facts = SafeLabel(tone=Colour.MUTED)
        self._arrange()
        self.clear()

    def _make_text(self) -> QPlainTextEdit:
        text = QPlainTextEdit()
        text.setReadOnly(True)
        text.setUndoRedoEnabled(False)
        text.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        text.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        text.setFont(QFont(fixed_font()))
        text.setAccessibleName("Raw record")
        return text

    def _button(self, text: str, hint: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setToolTip(tip(hint))
        button.setAccessibleName(hint)
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        return button

    def _arrange(self) -> None:
        above, below = QHBoxLayout(), QHBoxLayout()
        for row in (above, below):
            row.setContentsMargins(8, 4, 4, 0)
            row.setSpacing(4)
        above.addWidget(self._scope, 1)
        above.addWidget(self._copy)
        above.addWidget(self._save)
        below.addWidget(self._pretty)
        below.addWidget(self._exact)
        below.addWidget(self._finder, 1)
        self._facts.setContentsMargins(8, 2, 8, 4)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(above)
        layout.addLayout(below)
        layout.addWidget(self._page, 1)
        layout.addWidget(self._facts)

    # -- what is shown ---------------------------------------------------------------------

    def show_record(self, episode_id: int, seq: int | None) -> None:
        """Show the record behind a step, or, without one, that of its episode."""
        wanted = (episode_id, seq)
        if wanted == self._place:
            return
        before, self._place = self._place, wanted
        self._scope.setEnabled(seq is not None)
        if seq is None:
            self._scope.setCurrentIndex(_OF_EPISODE)
        elif before is None or before[1] is None:
            self._scope.setCurrentIndex(_OF_STEP)
        same_episode = before is not None and before[0] == episode_id
        if not (same_episode and self._of_episode and self._shown is not None):
            self._ask()

    def show_none(self, what: str) -> None:
        """Say that what is selected has no original."""
        self.clear()
        self._page.show_empty(
            "No original behind it",
            f"{what}: no agent's program wrote it. Episodes and their steps have an original.",
        )

    def clear(self) -> None:
        """Show nothing."""
        self._read.cancel()
        self._place = self._shown = None
        self._text.clear()
        self._facts.setText("")
        self._scope.setEnabled(False)
        self._offer()
        self._page.show_empty("Nothing selected", "The record behind a step appears here.")

    @property
    def shown_text(self) -> str:
        """The text in the pane."""
        return self._text.toPlainText()

    @property
    def _of_episode(self) -> bool:
        return self._scope.currentIndex() == _OF_EPISODE

    def _ask(self) -> None:
        if self._place is None:
            return
        episode_id, seq = self._place
        part = None if self._of_episode else seq

        def call(memory: Memory, _job: Job) -> RecordText:
            return record_text(_record(memory, episode_id, part))

        self._page.show_loading("Reading the record…")
        self._read.ask(call, self._on_read, self._on_failed)

    def _on_read(self, record: RecordText) -> None:
        self._shown = record
        self._fill()

    def _on_failed(self, error: Exception) -> None:
        self._shown = None
        self._facts.setText("")
        self._offer()
        if isinstance(error, Evicted):
            self._page.show_empty(
                "The original was deleted",
                "Automatic compression deleted the original permanently. What compression kept of"
                " the step is in its card; the audit log has the row of the deletion.",
            )
            return
        self._page.show_error("The record could not be read", error, self._ask)

    def _fill(self) -> None:
        record = self._shown
        self._offer()
        if record is None:
            return
        if record.size == 0:
            self._facts.setText("")
            self._page.show_empty(
                "No record of its own",
                "This step comes from a record that it shares with others. "
                "The record of the episode holds it.",
                "Show the whole episode's",
                self._show_whole,
            )
            return
        pretty = bool(record.pretty) and not self._exact.isChecked()
        self._text.setPlainText(record.pretty if pretty else record.exact)
        self._finder.find_again()
        self._facts.setText(self._describe(record, pretty))
        self._page.show_content()

    def _show_whole(self) -> None:
        self._scope.setCurrentIndex(_OF_EPISODE)
        self._ask()

    def _describe(self, record: RecordText, pretty: bool) -> str:
        how = "laid out as JSON" if pretty else "exact"
        if record.elided:
            rest = size(record.elided)
            how = f"the first {size(MOST_SHOWN)}; Save… has the other {rest}"
        return f"{counted(record.size, 'byte')}, {how}"

    def _offer(self) -> None:
        there = self._shown is not None and self._shown.size > 0
        for part in (self._save, self._copy, self._finder):
            part.setEnabled(there)
        both = there and self._shown is not None and bool(self._shown.pretty)
        for button in (self._pretty, self._exact):
            button.setEnabled(both)

    # -- copying and saving ----------------------------------------------------------------

    def _copy_text(self) -> None:
        QGuiApplication.clipboard().setText(self.shown_text)
        self._facts.setText("✓ Copied")

    def _choose_file(self) -> None:
        if self._place is None:
            return
        episode_id, seq = self._place
        step = "" if self._of_episode or seq is None else f"-step-{seq + 1}"
        path, _ = QFileDialog.getSaveFileName(
            self,
            "Save the record",
            str(last_folder(FileKind.RECORDS) / f"episode-{episode_id}{step}.json"),
        )
        if path:
            keep_folder(FileKind.RECORDS, Path(path))
            self.save_to(Path(path))

    def save_to(self, destination: Path) -> None:
        """Write the record that is shown to a file, byte for byte."""
        if self._place is None:
            return
        episode_id, seq = self._place
        part = None if self._of_episode else seq

        def call(memory: Memory, _job: Job) -> int:
            return write_file(destination, _record(memory, episode_id, part))

        task = self._session.read(call)
        task.succeeded.connect(self._on_saved)
        task.failed.connect(self._on_not_saved)

    def _on_saved(self, written: int) -> None:
        self._facts.setText(f"✓ Saved {counted(written, 'byte')}")

    def _on_not_saved(self, error: Exception) -> None:
        self._facts.setText(f"✗ Not saved: {error}")


def _record(memory: Memory, episode_id: int, seq: int | None) -> bytes:
    if seq is None:
        return memory.originals.record(episode_id)
    return memory.originals.step(episode_id, seq)
