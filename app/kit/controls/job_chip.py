"""A running job in the status bar: what it is at, how far, how long, and a way to stop it."""

from __future__ import annotations

import time

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QToolButton, QWidget

from app.kit.engine_thread import Task
from app.kit.formatting import duration, number
from app.kit.icons import Icon, icon
from app.kit.plain_text import SafeLabel, one_line, tip
from hpm_engine import Progress

SHOWN_AFTER_MS = 100
_ESTIMATE_AFTER = 2.0  # seconds
_CHARACTERS = 48  # of the notes of all jobs
_FEWEST = 14  # of one


class JobChip(QFrame):
    """Follows one task; hidden until it has run for 100 ms, so that short ones never flicker."""

    def __init__(self, task: Task, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._task, self._title = task, task.title
        self._started = time.monotonic()
        self._note = SafeLabel(task.title)
        self.share_room(1)
        self._bar = QProgressBar(textVisible=False, maximum=0)
        self._bar.setFixedSize(110, max(8, self.fontMetrics().height() // 2))
        self._bar.setAccessibleName(f"Progress of {task.title}")
        self._stop = QToolButton(autoRaise=True)
        self._stop.setIcon(icon(Icon.CLOSE))
        self._stop.setToolTip(tip(f"Stop: {task.title}"))
        self._stop.setAccessibleName(f"Stop {task.title}")
        self._stop.clicked.connect(self._cancel)
        row = QHBoxLayout(self)
        row.setContentsMargins(4, 0, 0, 0)
        row.setSpacing(6)
        for part in (self._note, self._bar, self._stop):
            row.addWidget(part)
        task.progressed.connect(self._on_progress)
        self._timer = QTimer(self, singleShot=True, interval=SHOWN_AFTER_MS)
        self._timer.timeout.connect(self.show)
        self._timer.start()
        self.hide()

    def share_room(self, jobs: int) -> None:
        """Take as much room as is fair among so many jobs, whatever it says at the moment."""
        characters = max(_FEWEST, _CHARACTERS // jobs)
        self._note.setFixedWidth(self.fontMetrics().averageCharWidth() * characters)

    def note(self) -> str:
        """What the chip says now."""
        return self._note.whole_text()

    def _on_progress(self, progress: Progress) -> None:
        if not self._stop.isEnabled():
            return
        words = [self._title]
        if progress.total:
            self._bar.setRange(0, 1000)
            self._bar.setValue(min(1000, progress.done * 1000 // progress.total))
            words.append(f"{number(progress.done)} of {number(progress.total)} {progress.unit}")
        elif progress.done:
            words.append(f"{number(progress.done)} {progress.unit}")
        if left := self._left(progress):
            words.append(left)
        elif progress.note:
            words.append(one_line(progress.note, 80))
        self._note.setText(" · ".join(word.strip() for word in words))

    def _left(self, progress: Progress) -> str:
        spent = time.monotonic() - self._started
        if not progress.total or not progress.done or spent < _ESTIMATE_AFTER:
            return ""
        left = spent * (progress.total - progress.done) / progress.done
        return f"about {duration(round(max(left, 1)) * 1_000_000).replace('.0', '')} left"

    def _cancel(self) -> None:
        self._stop.setEnabled(False)
        self._note.setText(f"{self._title} · stopping…")
        self._task.cancel()
