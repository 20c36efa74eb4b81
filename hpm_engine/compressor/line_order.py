"""The order in which any budget takes an episode's lines: what a smaller one keeps, a larger does.

Quotas, the steps that the mask values and a cover of the identifiers each have a share of what is
taken, however much that is. So one order serves every budget: each holds a beginning of it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator

import numpy as np

from hpm_engine.compressed import KeptFor
from hpm_engine.compressor.covering import Cover
from hpm_engine.compressor.identifiers import Counts
from hpm_engine.compressor.quotas import SHARES, placed, quota_lines
from hpm_engine.compressor.scorer import Evidence, Filling, Scores

_MASK = 0.15  # of what is taken are the mask's best steps, whole
_AHEAD = 400  # characters that a share may be ahead of what it is due: its first lines
NEVER = np.iinfo(np.int64).max

Taken = tuple[int, KeptFor]


class LineOrder:
    """``lines`` are places among ``Trajectory.lines``, ``reasons`` and ``ends`` parallel to them.

    ``ends`` has the characters of each beginning, line ends counted, with 0 for the empty one;
    ``first`` (W,) the number of lines before the first that holds each identifier, or ``NEVER``.
    All of them grow with ``reach``.
    """

    def __init__(self, evidence: Evidence, scores: Scores, filling: Filling) -> None:
        self._identifiers = evidence.identifiers
        self._sizes = [len(line) + 1 for line in evidence.trajectory.lines]
        self.lines: list[int] = []
        self.reasons: list[KeptFor] = []
        self.ends = [0]
        self.first: Counts = np.full(len(evidence.identifiers), NEVER)
        self.complete = False
        self._more = self._order(evidence, scores, filling)

    def reach(self, room: float) -> int:
        """Go on until ``room`` characters are taken, or all lines are; how many lines take them."""
        if self.ends[-1] < room:
            self._go_on(room)
        return min(bisect_left(self.ends, room), len(self.lines))

    def _go_on(self, room: float) -> None:
        known = len(self.lines)
        ends, total = self.ends, self.ends[-1]
        for line, reason in self._more:
            self.lines.append(line)
            self.reasons.append(reason)
            total += self._sizes[line]
            ends.append(total)
            if total >= room:
                break
        else:
            self.complete = True
        places, words = self._identifiers.in_lines(np.array(self.lines[known:], np.int64))
        np.minimum.at(self.first, words, known + places)

    def _order(self, evidence: Evidence, scores: Scores, filling: Filling) -> Iterator[Taken]:
        if filling is Filling.STEPS:
            return ((line, KeptFor.MASK) for line in _by_step(evidence, scores, acted=False))
        if filling is Filling.ACTIONS:
            return ((line, KeptFor.MASK) for line in _by_action(evidence))
        return self._shared_out(evidence, scores)

    def _shared_out(self, evidence: Evidence, scores: Scores) -> Iterator[Taken]:
        """Each share takes a line when that is due to it; what no share is due, the cover takes."""
        shares = [
            _Share(reason, SHARES[reason], lines, self._sizes)
            for reason, lines in quota_lines(evidence.trajectory).items()
        ]
        best = _by_step(evidence, scores, acted=True)
        shares.append(_Share(KeptFor.MASK, _MASK, best, self._sizes))
        shares = [one for one in shares if one.line is not None]
        cover = Cover(evidence.trajectory, self._identifiers, scores.words)
        taken: set[int] = set()
        total = 0
        found: int | None = -1
        while shares or found is not None:
            due = max(shares, key=lambda one: one.due(total), default=None)
            if due is not None and (found is None or due.due(total) >= 0):
                line, reason = due.take(), due.reason
                if due.line is None:
                    shares.remove(due)
            elif (found := cover.best()) is not None:
                line, reason = found, KeptFor.COVER
            else:
                continue
            if line not in taken:
                taken.add(line)
                total += self._sizes[line]
                cover.take(line)
                yield line, reason
        for line in _by_step(evidence, scores, acted=False):
            if line not in taken:
                yield line, KeptFor.MASK


class _Share:
    """What takes lines in its own order, a share of all that is taken."""

    def __init__(
        self, reason: KeptFor, share: float, lines: Iterable[int], sizes: list[int]
    ) -> None:
        self.reason = reason
        self._share, self._sizes = share, sizes
        self._lines = iter(lines)
        self._used = 0
        self.line = next(self._lines, None)

    def due(self, total: int) -> float:
        """Characters that its share of ``total`` has left once its next line is taken."""
        if self.line is None:
            return -1.0
        return self._share * total + _AHEAD - self._used - self._sizes[self.line]

    def take(self) -> int:
        """Its next line."""
        line = self.line
        if line is None:
            raise LookupError("no line is left")
        self._used += self._sizes[line]
        self.line = next(self._lines, None)
        return line


def _by_step(evidence: Evidence, scores: Scores, *, acted: bool) -> Iterator[int]:
    """The lines of the steps, highest value first; with ``acted`` only what the agent did."""
    of: dict[int, list[range]] = {}
    for start, piece in placed(evidence.trajectory):
        if piece.acted or not acted:
            of.setdefault(piece.seq, []).append(range(start, start + len(piece.lines)))
    for seq in np.argsort(-scores.steps, kind="stable").tolist():
        for lines in of.get(seq, ()):
            yield from lines


def _by_action(evidence: Evidence) -> Iterator[int]:
    """The first lines of every action, then the second ones, and so on."""
    acted = [(start, len(one.lines)) for start, one in placed(evidence.trajectory) if one.acted]
    most = max((count for _, count in acted), default=0)
    for line in range(most):
        yield from (start + line for start, count in acted if line < count)
