"""The latest of several questions to the reader: earlier ones are cancelled and unheard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject
from shiboken6 import isValid

from app.kit.session import Session
from hpm_engine import Job, Memory


class LatestRead(QObject):
    """A reader that is asked again and again: only the answer to the last question is heard.

    With ``whole_store`` the questions are such that rows and steps should not wait for them, with
    ``patient`` such that figures should not wait either.
    Answers that come after the view is gone are not heard either.
    """

    def __init__(
        self,
        session: Session,
        parent: QObject,
        *,
        whole_store: bool = False,
        patient: bool = False,
    ) -> None:
        super().__init__(parent)
        asked = session.sum_up if whole_store else session.read
        self._read = session.read_patiently if patient else asked
        self._asked = 0
        self._task: Any = None

    @property
    def busy(self) -> bool:
        """Whether an answer is awaited."""
        return self._task is not None

    def ask(
        self,
        call: Callable[[Memory, Job], Any],
        then: Callable[[Any], None],
        failed: Callable[[Exception], None],
        progressed: Callable[[Any], None] | None = None,
    ) -> None:
        """Run ``call`` on the reader thread and hand its result to ``then``."""
        self.cancel()
        number = self._asked

        def answered(result: Any) -> None:
            if number == self._asked and isValid(self):
                self._task = None
                then(result)

        def missed(error: Exception) -> None:
            if number == self._asked and isValid(self):
                self._task = None
                failed(error)

        self._task = task = self._read(call)
        task.succeeded.connect(answered)
        task.failed.connect(missed)
        if progressed is not None:
            task.progressed.connect(lambda report: progressed(report) if isValid(self) else None)

    def cancel(self) -> None:
        """Stop the question under way; its answer will not be heard."""
        self._asked += 1
        if self._task is not None:
            self._task.cancel()
            self._task = None
