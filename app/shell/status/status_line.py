"""The left of the status bar: the store's name, how much it holds and how, and its size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from app.health.backup_keeping import BackupKeeping
from app.kit.formatting import counted, number, size
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.syncing.keeping import SourceKeeping
from hpm_engine import KEPT_WORDS, Kept, Stats

_LONGEST_NAME = 40  # characters


class StatusLine(QWidget):
    """Says which store is open and how much it holds."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = SafeLabel("No store is open", bold=True)
        self._figures = SafeLabel(tone=Colour.MUTED)
        self._sync = SafeLabel(tone=Colour.MUTED)
        self._backups = SafeLabel(tone=Colour.BAD)
        self._keeping = SafeLabel(tone=Colour.MUTED)
        self._held = ""  # what the store holds
        self._sums = ""  # what is selected in it
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 0, 0, 0)
        row.setSpacing(12)
        # Beside jobs there is less room: the schedule gives way first, then the figures, never the
        # name.
        self._name.setSizePolicy(QSizePolicy.Policy.Minimum, QSizePolicy.Policy.Fixed)
        self._keeping.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        row.addWidget(self._name)
        row.addWidget(self._figures)
        row.addWidget(self._sync)
        row.addWidget(self._backups)
        row.addWidget(self._keeping, 1)

    def show_store(self, path: Path | None) -> None:
        """Name the store; its figures follow."""
        self._name.setText(one_line(path.name, _LONGEST_NAME) if path else "No store is open")
        self._name.set_tip(str(path) if path else "")
        self._held = self._sums = ""
        self._show_figures()
        self._keeping.setText("")
        self._sync.setText("")
        self._backups.hide()

    def show_stats(self, stats: Stats) -> None:
        """Show how much is held, how it is kept where that differs, and the size."""
        ways = [
            f"{number(held.episodes)} {KEPT_WORDS[kept]}"
            for kept, held in stats.kept.items()
            if held.episodes
        ]
        learned = stats.learned.episodes
        parts = [
            counted(stats.episodes, "episode"),
            *(ways if stats.kept[Kept.WHOLE].episodes < stats.episodes else []),
            *([f"{number(learned)} learned"] if learned else []),
            counted(stats.steps, "step"),
            size(stats.file_size),
        ]
        self._held = "  ·  ".join(parts)
        self._show_figures()

    def show_sums(self, text: str) -> None:
        """Show what is selected in place of what the store holds; the latter where it is empty."""
        self._sums = text
        self._show_figures()

    def _show_figures(self) -> None:
        self._figures.setText(self._sums or self._held)

    def show_keeping(self, text: str) -> None:
        """Say what the schedule of consolidation waits for."""
        self._keeping.setText(f"◆ {text}" if text else "")
        self._keeping.set_tip(text)

    def follow(
        self, syncing: SourceKeeping, backups: BackupKeeping, log: Callable[[str], None]
    ) -> None:
        """Say how up to date the store is, and on hover with what; the log has what came.

        Say too that the last planned backup failed, and on hover why.
        """

        def show() -> None:
            text = syncing.sentence()
            self._sync.setText(f"↻ {text}" if text else "")
            self._sync.set_tip(syncing.details())

        def show_backups() -> None:
            self._backups.setText("⚠ The last backup failed" if backups.failure else "")
            self._backups.setVisible(bool(backups.failure))  # the line is short of room
            self._backups.set_tip(backups.failure)

        backups.news.connect(show_backups)
        syncing.news.connect(show)
        syncing.told.connect(log)

    def text(self) -> str:
        """What is said of the store."""
        parts = (self._name, self._figures, self._sync, self._backups, self._keeping)
        return "  ".join(part.whole_text() for part in parts).strip()
