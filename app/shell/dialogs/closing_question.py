"""The question before closing while something runs."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from app.kit.controls.question_dialog import QuestionDialog

_PROMISE = "The job is stopped. What it has stored so far stays, and it can be run again."


def ask_to_close(window: QWidget, close: Callable[[], None]) -> None:
    """Ask whether to close all the same; ``close`` is called if so."""
    QuestionDialog(
        "A job is running",
        "Close while a job is running?",
        _PROMISE,
        "Stop it and close",
        close,
        window,
        leave="Keep working",
    ).open()
