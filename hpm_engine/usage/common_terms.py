"""What every session of a project speaks of: it tells nothing of where somebody has it from."""

from __future__ import annotations

from collections.abc import Set

from hpm_engine.store.search.term_counts import TermCounts
from hpm_engine.words.telling_terms import Term, TermKind, of_everybody

_COMMON = 0.3  # of the project's other sessions; a term in more of them tells nothing
_COMMON_AMONG_GIVEN = 0.5  # the same where those that were given are counted, too: they are alike
_FEW = 3  # sessions; of fewer nothing is common


class CommonTerms:
    """The sessions of a project as they were before a recall into one of them.

    Reads inside the caller's transaction.
    """

    def __init__(self, counts: TermCounts, session: Set[int], at: int, given: Set[int]) -> None:
        self._counts = counts
        every = counts.others(min(session), at, session)
        self._others, self._least = every - given, _COMMON
        self._itself = 0
        if len(self._others) < _FEW:  # so that few others are left: those given are asked, too
            self._others, self._least, self._itself = every, _COMMON_AMONG_GIVEN, 1
        self._known: dict[Term, bool] = {}

    def common(self, term: Term) -> bool:
        """Whether so many other sessions hold a term that it tells nothing."""
        if term not in self._known:
            self._known[term] = of_everybody(term) or self._is_held(term)
        return self._known[term]

    def _is_held(self, term: Term) -> bool:
        others = len(self._others) - self._itself
        if others < _FEW:
            return False
        begun = term.kind is TermKind.WORD
        holding = self._counts.holding(term.text, self._others, begun=begun) - self._itself
        return holding >= self._least * others
