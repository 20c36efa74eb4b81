"""The first page: open a store, import what agents left on this computer, or try the sample."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from app.kit.controls.check_box import CheckBox
from app.kit.controls.program_mark import ProgramMark
from app.kit.formatting import short_path, size
from app.kit.icons import Icon
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import LARGE
from app.kit.theme.type_scale import TextRole
from app.shell.dialogs.choice_row import ChoiceRow
from app.shell.found_agents import KEEP, agent_words, count_words, readable, unread_sentence
from hpm_engine import Discovered

_RECENT_SHOWN = 6
_MARK = 56  # pixels
_DROP = "Files, folders and stores can also be dropped anywhere on this window."


class WelcomeView(QWidget):
    """The page without a store; each signal is one of the things that can be done here.

    ``import_asked`` has paths to be imported once, ``follow_asked`` what was found, to be imported
    and kept up to date with.
    """

    open_asked = Signal()
    new_asked = Signal()
    sample_asked = Signal()
    folder_asked = Signal()
    import_asked = Signal(object)
    follow_asked = Signal(object)
    recent_asked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._folders = QVBoxLayout()
        self._recent = QVBoxLayout()
        self._found: tuple[Discovered, ...] = ()
        self.keep = CheckBox(KEEP)
        self.keep.setChecked(True)
        self.keep.hide()
        for column in (self._folders, self._recent):
            column.setSpacing(6)
        inside = QWidget()
        around = QHBoxLayout(inside)
        around.addStretch(1)
        around.addLayout(self._build(), 6)
        around.addStretch(1)
        area = QScrollArea(widgetResizable=True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidget(inside)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)
        self.show_looking()
        self.show_recent(())

    def show_looking(self) -> None:
        """Say that agents' folders are being looked for."""
        _fill(self._folders, [SafeLabel("Looking for agents' sessions…", tone=Colour.MUTED)])

    def show_found(self, folders: Sequence[Discovered]) -> None:
        """Offer the folders that were found, and all of them at once where there are several."""
        self._found = tuple(readable(folders))
        rows: list[QWidget] = []
        offered, unread = readable(folders), unread_sentence(folders)
        if len(offered) > 1:
            every = ChoiceRow(
                f"All of them: {count_words(offered)}",
                f"{', '.join(sorted({folder.agent for folder in offered}))} · "
                f"{size(sum(folder.size for folder in offered))}",
                Icon.IMPORT,
            )
            every.clicked.connect(partial(self._import, [folder.path for folder in offered]))
            rows.append(every)
        for folder in offered:
            explanation = f"{short_path(folder.path)} · {size(folder.size)}"
            row = ChoiceRow(agent_words(folder), explanation, Icon.AGENT)
            row.clicked.connect(partial(self._import, [folder.path]))
            rows.append(row)
        if not rows:
            rows.append(
                SafeLabel(
                    "No agents' sessions were found in the usual places.",
                    tone=Colour.MUTED,
                    wrap=True,
                )
            )
        if unread:
            rows.append(SafeLabel(unread, tone=Colour.MUTED, wrap=True))
        _fill(self._folders, rows)
        self.keep.setVisible(bool(offered))

    def show_recent(self, paths: Sequence[str]) -> None:
        """Offer the stores that were open before."""
        rows: list[QWidget] = []
        for path in paths[:_RECENT_SHOWN]:
            row = ChoiceRow(Path(path).name, short_path(str(Path(path).parent)), Icon.STORE)
            row.clicked.connect(partial(self._reopen, path))
            rows.append(row)
        if not rows:
            rows.append(SafeLabel("Stores that you open appear here.", tone=Colour.MUTED))
        _fill(self._recent, rows)

    def _build(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(16, 28, 16, 16)
        column.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(LARGE)
        top.addWidget(ProgramMark(_MARK))
        words = QVBoxLayout()
        words.addWidget(SafeLabel("HPM Inspector", role=TextRole.TITLE))
        words.addWidget(SafeLabel("See and steer what an AI agent remembers.", tone=Colour.MUTED))
        top.addLayout(words, 1)
        column.addLayout(top)
        column.addSpacing(18)
        halves = QHBoxLayout()
        halves.setSpacing(28)
        halves.addLayout(self._left(), 1)
        halves.addLayout(self._right(), 1)
        column.addLayout(halves)
        column.addSpacing(14)
        column.addWidget(SafeLabel(_DROP, tone=Colour.MUTED))
        column.addStretch(1)
        return column

    def _left(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(SafeLabel("Start", role=TextRole.HEADING))
        for title, explanation, which, asked in (
            ("Open a store", "A memory file on this computer (.hpm)", Icon.OPEN, self.open_asked),
            (
                "Make a new store",
                "One file, named by you, that sessions are copied into",
                Icon.NEW,
                self.new_asked,
            ),
            (
                "Try the sample",
                "Invented sessions with everything computed, to look around in",
                Icon.SAMPLE,
                self.sample_asked,
            ),
        ):
            row = ChoiceRow(title, explanation, which)
            row.clicked.connect(partial(_emit, asked))
            column.addWidget(row)
            if self.focusProxy() is None:
                self.setFocusProxy(row)  # the first
        column.addSpacing(14)
        column.addWidget(SafeLabel("Recent stores", role=TextRole.HEADING))
        column.addLayout(self._recent)
        column.addStretch(1)
        return column

    def _right(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(SafeLabel("Import agent sessions", role=TextRole.HEADING))
        column.addLayout(self._folders)
        column.addWidget(self.keep)
        row = ChoiceRow(
            "Import a folder…", "Sessions or archives from anywhere else", Icon.IMPORT_FOLDER
        )
        row.clicked.connect(partial(_emit, self.folder_asked))
        column.addWidget(row)
        column.addStretch(1)
        return column

    def _import(self, paths: Sequence[str], _checked: bool = False) -> None:
        if self.keep.isChecked():
            self.follow_asked.emit([folder for folder in self._found if folder.path in paths])
        else:
            self.import_asked.emit([Path(path) for path in paths])

    def _reopen(self, path: str, _checked: bool = False) -> None:
        self.recent_asked.emit(path)


def _emit(asked: object, _checked: bool = False) -> None:
    asked.emit()  # type: ignore[attr-defined]


def _fill(column: QVBoxLayout, widgets: Sequence[QWidget]) -> None:
    while (item := column.takeAt(0)) is not None:
        if (widget := item.widget()) is not None:
            widget.hide()
            widget.deleteLater()
    for widget in widgets:
        widget.setFocusPolicy(
            Qt.FocusPolicy.StrongFocus if isinstance(widget, ChoiceRow) else Qt.FocusPolicy.NoFocus
        )
        column.addWidget(widget)
