"""A session read once for all recalls into it: its steps as terms, parted at each recall."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from hpm_engine.store.handed import Salted
from hpm_engine.usage.session_acts import SessionTerms, StepTerms
from hpm_engine.values.episodes import Step
from hpm_engine.words.own_quotation import is_own_quotation
from hpm_engine.words.telling_terms import Term, TermKind


class SessionReading:
    """The steps of the episodes that a session is; ``salts`` are those of its recalls, with terms.

    Only what could begin a command that some recall gave is read as a command.
    """

    def __init__(
        self,
        steps: Mapping[int, Sequence[Step]],
        salts: Sequence[tuple[Salted, Set[bytes]]],
    ) -> None:
        self.ids = frozenset(steps)
        self._steps, self._salts = steps, salts
        self._begins: dict[str, bool] = {}
        self._terms = {
            key: list(SessionTerms(own, self._may_begin).of_steps()) for key, own in steps.items()
        }

    def around(self, at: int) -> tuple[list[StepTerms], list[StepTerms]]:
        """The steps before a recall at this time, and those after it in the order of time."""
        before: list[StepTerms] = []
        after: list[StepTerms] = []
        for key, terms in self._terms.items():
            start = _start(self._steps[key], at)
            for step in terms:
                (before if step.seq < start else after).append(step)
        after.sort(key=lambda step: (step.at or 0, step.episode_id, step.seq))
        return before, after

    def _may_begin(self, word: str) -> bool:
        if word not in self._begins:
            term = Term(TermKind.FIRST, word)
            self._begins[word] = any(salt.digest(term) in terms for salt, terms in self._salts)
        return self._begins[word]


def _start(steps: Sequence[Step], at: int) -> int:
    """The position of the first step after a recall; behind all where that cannot be told."""
    known = False
    for step in steps:
        known = known or step.at is not None
        if step.at is not None and step.at > at:
            return step.seq
    if known or not steps:
        return len(steps) + (steps[0].seq if steps else 0)
    # Without times, the recall stands where the session has what it was given.
    for step in steps:
        if any(is_own_quotation(part.text) for part in step.parts):
            return step.seq + 1
    return len(steps)
