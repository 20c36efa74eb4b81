"""The raw record behind a step, as the agent's program wrote it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QTextOption
from PySide6.QtWidgets import (
    QComboBox,
    QFileDialog,
    QHBoxLayout,
    QPlainTextEdit,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from app.episodes.record_text import MOST_SHOWN, RecordText, record_text
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, size
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, tip
from app.kit.session import Session
from app.kit.theme.colour import Colour
from app.kit.theme.type_scale import fixed_font
from hpm_engine import Evicted, Job, Memory, write_file


class RawPane(QWidget):
    """The record of a step, or its episode's; indented where it is JSON, or byte for byte."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self)
        self._step: tuple[int, int] | None = None
        self._shown: RecordText | None = None
        self._text = self._make_text()
        self._page = StatePage(self._text)
        self._scope = QComboBox()
        self._scope.addItems(["Record of the step", "Record of the episode"])
        self._scope.setAccessibleName("Which record is shown")
        self._scope.currentIndexChanged.connect(self._ask)
        self._exact = self._button("Exact", "Show the bytes as they stand, not laid out as JSON")
        self._exact.setCheckable(True)
        self._exact.toggled.connect(self._fill)
        self._save = self._button("Save…", "Write this record, byte for byte, to a file")
        self._save.clicked.connect(self._choose_file)
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
        bar = QHBoxLayout()
        bar.setContentsMargins(6, 2, 4, 2)
        bar.setSpacing(8)
        bar.addWidget(self._scope)
        bar.addWidget(self._facts, 1)
        bar.addWidget(self._exact)
        bar.addWidget(self._save)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(bar)
        layout.addWidget(self._page, 1)

    # -- what is shown ---------------------------------------------------------------------

    def show_step(self, episode_id: int, seq: int) -> None:
        """Show the record behind a step."""
        wanted = (episode_id, seq)
        if wanted == self._step:
            return
        same_episode = self._step is not None and self._step[0] == episode_id
        self._step = wanted
        if not (same_episode and self._of_episode and self._shown is not None):
            self._ask()

    def clear(self) -> None:
        """Show nothing."""
        self._read.cancel()
        self._step = self._shown = None
        self._text.clear()
        self._facts.setText("")
        self._offer()
        self._page.show_empty("No step chosen", "The record behind a step appears here.")

    @property
    def shown_text(self) -> str:
        """The text in the pane."""
        return self._text.toPlainText()

    @property
    def _of_episode(self) -> bool:
        return self._scope.currentIndex() == 1

    def _ask(self) -> None:
        if self._step is None:
            return
        episode_id, seq = self._step
        whole = self._of_episode

        def call(memory: Memory, _job: Job) -> RecordText:
            return record_text(_record(memory, episode_id, seq, whole))

        self._page.show_loading("Reading the record…")
        self._read.ask(call, self._on_read, self._on_failed)

    def _on_read(self, record: RecordText) -> None:
        self._shown = record
        self._fill()

    def _on_failed(self, error: Exception) -> None:
        self._shown = None
        self._offer()
        if isinstance(error, Evicted):
            self._page.show_empty(
                "The original bytes were evicted",
                "The store's ageing deleted them permanently. What compression kept of the step is"
                " in its card; the audit log has the row of the eviction.",
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
                "Show the record of the episode",
                lambda: self._scope.setCurrentIndex(1),
            )
            return
        pretty = bool(record.pretty) and not self._exact.isChecked()
        self._text.setPlainText(record.pretty if pretty else record.exact)
        self._facts.setText(self._describe(record, pretty))
        self._page.show_content()

    def _describe(self, record: RecordText, pretty: bool) -> str:
        how = "laid out as JSON" if pretty else "exact"
        if record.elided:
            rest = size(record.elided)
            how = f"the first {size(MOST_SHOWN)}; Save… has the other {rest}"
        return f"{counted(record.size, 'byte')}, {how}"

    def _offer(self) -> None:
        there = self._shown is not None and self._shown.size > 0
        self._save.setEnabled(there)
        self._exact.setEnabled(there and self._shown is not None and bool(self._shown.pretty))

    # -- saving ----------------------------------------------------------------------------

    def _choose_file(self) -> None:
        if self._step is None:
            return
        episode_id, seq = self._step
        name = f"episode-{episode_id}" + ("" if self._of_episode else f"-step-{seq + 1}")
        path, _ = QFileDialog.getSaveFileName(self, "Save the record", f"{name}.json")
        if path:
            self.save_to(Path(path))

    def save_to(self, destination: Path) -> None:
        """Write the record behind the step to a file, byte for byte."""
        if self._step is None:
            return
        episode_id, seq = self._step
        whole = self._of_episode

        def call(memory: Memory, _job: Job) -> int:
            return write_file(destination, _record(memory, episode_id, seq, whole))

        task = self._session.read(call)
        task.succeeded.connect(self._on_saved)
        task.failed.connect(self._on_not_saved)

    def _on_saved(self, written: int) -> None:
        self._facts.setText(f"✓ Saved {counted(written, 'byte')}")

    def _on_not_saved(self, error: Exception) -> None:
        self._facts.setText(f"✗ Not saved: {error}")


def _record(memory: Memory, episode_id: int, seq: int, whole: bool) -> bytes:
    return memory.originals.record(episode_id) if whole else memory.originals.step(episode_id, seq)
