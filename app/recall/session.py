"""The last question of recall: put to the engine, recorded, compared, reopened."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.kit.engine_thread import Call
from app.kit.formatting import counted
from app.kit.latest_read import LatestRead
from app.kit.plain_text import one_line
from app.kit.session import Session
from app.recall.recall_answer import Answer, HitRow, Question, answer_of, compared, past_answer
from hpm_engine import Job, Memory, NotFound, Recall, RecallFilter


class Recalling(QObject):
    """The questions put to recall in a window.

    A question emits ``began``, and then ``answered`` with its answer, or ``failed``.

    A recall that is to be recorded goes to the writer, where it passes a long write between two of
    its transactions; all other questions go to the reader.
    """

    began = Signal()
    answered = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._read = LatestRead(session, self)
        self._number = 0
        self._again: Callable[[], None] = lambda: None
        self.question: Question | None = None
        self.whole: Answer | None = None  # the recall with nothing left out
        self.shown: Answer | None = None

    def ask(self, question: Question) -> None:
        """Recall; it is recorded if the question says so and the file can be written."""
        self._again = lambda: self.ask(question)

        def call(memory: Memory, _job: Job) -> Recall:
            return question.put(memory)

        def then(recall: Recall) -> None:
            self.question, self.whole = question, answer_of(recall)
            self._show(self.whole)

        if question.record and self._session.writable:
            self._write(call, f"Recall “{one_line(question.cue, 40)}”", then)
        else:
            self._ask_reader(call, then)

    def leave_out(self, row: HitRow) -> None:
        """Ask again as if an episode, besides those left out already, were absent."""
        question, whole, shown = self.question, self.whole, self.shown
        if question is None or whole is None or shown is None or shown.past is not None:
            return
        without = (*shown.without, row)
        self._again = lambda: self.leave_out(row)

        def call(memory: Memory, _job: Job) -> Answer:
            recall = question.put(memory, [left.episode_id for left in without])
            return compared(recall, whole, without)

        self._ask_reader(call, self._show)

    def put_back(self) -> None:
        """Show the recall with nothing left out again."""
        if self.whole is not None:
            self._cancel()
            self._show(self.whole)

    def reopen(self, recall_id: int) -> None:
        """Show a recorded recall as it was."""
        if self.whole is not None and self.whole.recall_id == recall_id:
            self.put_back()
            return
        self._again = lambda: self.reopen(recall_id)

        def call(memory: Memory, _job: Job) -> Answer:
            recalls = memory.recall.past(of=RecallFilter(recall_id=recall_id))
            if not recalls:
                raise NotFound(f"Recall {recall_id} is not recorded in this store any more.")
            ids = [hit.episode_id for hit in recalls[0].hits]
            return past_answer(recalls[0], memory.episodes.get(ids))

        self._ask_reader(call, self._show)

    def again(self) -> None:
        """Put the last question again."""
        self._again()

    def _ask_reader(self, call: Call, then: Callable[[Any], None]) -> None:
        self._cancel()
        self.began.emit()
        self._read.ask(call, then, self.failed.emit)

    def _write(self, call: Call, title: str, then: Callable[[Recall], None]) -> None:
        self._cancel()
        self.began.emit()
        number = self._number
        task = self._session.edit(call, title, _recalled)

        def heard(tell: Callable[[Any], None]) -> Callable[[Any], None]:
            return lambda result: tell(result) if isValid(self) and number == self._number else None

        task.succeeded.connect(heard(then))
        task.failed.connect(heard(self.failed.emit))

    def _cancel(self) -> None:
        """Ignore the answer of what is under way; a recall on the writer is recorded still."""
        self._number += 1
        self._read.cancel()

    def _show(self, answer: Answer) -> None:
        self.shown = answer
        self.answered.emit(answer)


def _recalled(title: str, recall: Recall, took: str) -> str:
    return f"{title}: {counted(len(recall.hits), 'hit')}, {took}."
