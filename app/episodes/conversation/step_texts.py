"""The texts of the steps around the viewport, made ready on the reader's thread."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from app.episodes.text.part_text import StepText, TextForm, Unfolding, step_text
from app.kit.session import Session
from hpm_engine import Job, Memory

KEPT = 400  # steps
_MOST_ASKED = 40  # steps in one question


class StepTexts(QObject):
    """Texts of one episode's steps; ``arrived`` says of which steps they are here now.

    What is far from the viewport is forgotten. When the form changes the old texts stay until
    the new ones are here, so that nothing flickers.
    """

    arrived = Signal(object)
    failed = Signal(object)

    def __init__(self, session: Session, parent: QObject) -> None:
        super().__init__(parent)
        self._session = session
        self._episode: int | None = None
        self._form = TextForm()
        self._generation = 0
        self._texts: OrderedDict[int, StepText] = OrderedDict()
        self._stale: set[int] = set()
        self._lost: set[int] = set()  # asked for, and not in the store
        self._unfoldings: dict[int, dict[int, Unfolding]] = {}
        self._asked: frozenset[int] = frozenset()
        self._task: Any = None

    def show(self, episode_id: int | None, form: TextForm) -> None:
        """Turn to another episode, or to the same one with other steps."""
        self._drop_question()
        for known in (self._texts, self._stale, self._lost, self._unfoldings):
            known.clear()
        self._episode, self._form = episode_id, form

    def extend(self, form: TextForm, last: int) -> None:
        """Go on with an episode that has grown: of the steps from ``last`` on more may be known."""
        self._drop_question()
        self._lost.clear()
        if form != self._form:
            self._form = form
            self._stale = set(self._texts)
        self._stale |= {seq for seq in self._texts if seq >= last}

    def step(self, seq: int) -> StepText | None:
        """The texts of a step, if they are here."""
        return self._texts.get(seq)

    def unfolding(self, seq: int, part: int) -> Unfolding | None:
        """How far somebody opened a part; None where nobody did."""
        return self._unfoldings.get(seq, {}).get(part)

    def unfold(self, seq: int, parts: dict[int, Unfolding]) -> None:
        """Open or fold parts of a step; what is not named stays as it comes at first."""
        if parts:
            self._unfoldings[seq] = parts
        else:
            self._unfoldings.pop(seq, None)
        self._drop_question()
        self._stale.add(seq)
        self.want([seq])

    def opened(self, seq: int) -> dict[int, Unfolding]:
        """The parts of a step that somebody opened or folded."""
        return dict(self._unfoldings.get(seq, {}))

    def want(self, seqs: Sequence[int]) -> None:
        """Read what is missing of these steps, the first ones first."""
        for seq in seqs:
            if seq in self._texts:
                self._texts.move_to_end(seq)
        missing = [seq for seq in seqs if self._is_missing(seq)][:_MOST_ASKED]
        if self._episode is None or not missing or missing[0] in self._asked:
            return
        self._drop_question()
        self._ask(self._episode, sorted(missing))

    def _is_missing(self, seq: int) -> bool:
        return (seq not in self._texts or seq in self._stale) and seq not in self._lost

    def _ask(self, episode_id: int, seqs: list[int]) -> None:
        generation, form = self._generation, self._form
        unfoldings = {seq: self._unfoldings[seq] for seq in seqs if seq in self._unfoldings}

        def call(memory: Memory, _job: Job) -> list[StepText]:
            return [
                step_text(step, form, unfoldings.get(step.seq, {}))
                for first, stop in _runs(seqs)
                for step in memory.steps.read(episode_id, first, stop)
            ]

        def answered(texts: list[StepText]) -> None:
            if generation == self._generation and isValid(self):
                self._keep(seqs, texts)

        def missed(error: Exception) -> None:
            if generation == self._generation and isValid(self):
                self._task, self._asked = None, frozenset()
                self.failed.emit(error)

        self._asked = frozenset(seqs)
        self._task = task = self._session.read(call)
        task.succeeded.connect(answered)
        task.failed.connect(missed)

    def _keep(self, asked: Iterable[int], texts: Sequence[StepText]) -> None:
        self._task, self._asked = None, frozenset()
        for text in texts:
            self._texts[text.step.seq] = text
            self._texts.move_to_end(text.step.seq)
        self._stale.difference_update(asked)
        self._lost |= set(asked) - {text.step.seq for text in texts}
        while len(self._texts) > KEPT:
            seq, _ = self._texts.popitem(last=False)
            self._stale.discard(seq)
        self.arrived.emit(frozenset(asked))

    def _drop_question(self) -> None:
        self._generation += 1
        if self._task is not None:
            self._task.cancel()
        self._task, self._asked = None, frozenset()


def _runs(seqs: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Steps that follow each other as (first, stop)."""
    start = 0
    for position in range(1, len(seqs) + 1):
        if position == len(seqs) or seqs[position] != seqs[position - 1] + 1:
            yield seqs[start], seqs[position - 1] + 1
            start = position
