"""Fills what a budget leaves: lines word for word, then a ledger of what they do not hold."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import msgspec
import numpy as np

from hpm_engine.compressed import BudgetKind, KeptFor, KeptSpan
from hpm_engine.compressor.container import Kept, body_size, head_size
from hpm_engine.compressor.covering import Cover
from hpm_engine.compressor.decision_input import best_steps
from hpm_engine.compressor.fit import longest
from hpm_engine.compressor.identifiers import IDENTIFIER
from hpm_engine.compressor.ledger import PACKED as WORD_PACKED
from hpm_engine.compressor.ledger import Ledger
from hpm_engine.compressor.quotas import Line, quota_lines
from hpm_engine.compressor.scorer import Evidence, Filling, Scores

_PACKED = 4.0  # characters of text in a byte of a compressed memory, about
_LISTED = 0.15  # of a standard budget is the ledger's
_FULL = 0.98  # of a budget: what is left then is not worth filling again
_ENOUGH, _ROUNDS = 0.985, 2  # of a limit; times that trials are made for it


class Filler:
    """Adds texts and words to a compressed memory until its bytes are used up."""

    def __init__(
        self, evidence: Evidence, scores: Scores, head: Kept, bits: int, limit: int
    ) -> None:
        self._evidence = evidence
        self._pieces = evidence.trajectory.pieces
        self._scores = scores
        self._ledger = Ledger(evidence.identifiers, scores.words)
        self._head, self._limit = head, limit
        self._taken = head_size(head, bits)
        self._share = 0.98  # of the bytes that a trial takes, what is written takes, about

    def fill(self, filling: Filling, kind: BudgetKind) -> Kept:
        """The head with as much as fits ``limit`` bytes."""
        ledger, limit = self._ledger, self._limit
        if filling is Filling.LEDGER:
            return self._with_words(self._head, ledger.by_worth(), pointed=False)
        if filling is not Filling.HYBRID:
            order = self._by_step() if filling is Filling.STEPS else self._by_action()
            return self._with_lines(order, self._head, limit)
        if kind is BudgetKind.DEEP:
            return self._with_words(self._head, ledger.by_both(limit), pointed=False)
        order = self._hybrid_order(limit * _PACKED)
        lines = self._with_lines(order, self._head, round(limit * (1 - _LISTED)))
        listed = self._with_words(lines, self._not_in(lines), pointed=True)
        if self._size(listed) > _FULL * limit:
            return listed
        # Every identifier is listed: what its ledger leaves of its share goes to lines.
        lines = self._with_lines(order, msgspec.structs.replace(listed, spans=()), limit)
        return self._with_words(lines, self._not_in(lines), pointed=True)

    def _not_in(self, kept: Kept) -> list[int]:
        """The identifiers that no kept line holds, best first."""
        held = self._words_in(span.text for span in kept.spans)
        return [word for word in self._ledger.by_worth() if word not in held]

    def _hybrid_order(self, room: float) -> list[Line]:
        """Quotas, the mask's best steps whole, then lines for what these do not hold."""
        trajectory = self._evidence.trajectory
        order = quota_lines(trajectory, room)
        whole = set(best_steps(self._scores.steps).tolist())
        order += self._lines_of(whole, room * 0.15)
        texts = (self._pieces[line.piece].lines[line.line] for line in order)
        covered = self._words_in(texts)
        order += Cover(trajectory, self._evidence.identifiers).order(
            self._scores.words, covered, 2 * room
        )
        return list({(line.piece, line.line): line for line in reversed(order)}.values())[::-1]

    def _lines_of(self, steps: set[int], room: float) -> Iterable[Line]:
        for place, piece in enumerate(self._pieces):
            if piece.seq in steps and piece.acted:
                for number, line in enumerate(piece.lines):
                    room -= len(line) + 1
                    if room < 0:
                        return
                    yield Line(place, number, KeptFor.MASK)

    def _by_step(self) -> list[Line]:
        of: dict[int, list[Line]] = {}
        for place, piece in enumerate(self._pieces):
            lines = [Line(place, line, KeptFor.MASK) for line in range(len(piece.lines))]
            of.setdefault(piece.seq, []).extend(lines)
        best = np.argsort(-self._scores.steps, kind="stable").tolist()
        return [line for seq in best for line in of.get(seq, ())]

    def _by_action(self) -> list[Line]:
        acted = [(place, piece) for place, piece in enumerate(self._pieces) if piece.acted]
        most = max((len(piece.lines) for _, piece in acted), default=0)
        return [
            Line(place, line, KeptFor.MASK)
            for line in range(most)
            for place, piece in acted
            if line < len(piece.lines)
        ]

    def _with_lines(self, order: Sequence[Line], base: Kept, limit: int) -> Kept:
        """The base with as many of an order's first lines as fit ``limit`` bytes."""
        sizes = (len(self._pieces[one.piece].lines[one.line]) + 1 for one in order)
        total = list(accumulate(sizes, initial=0))

        def kept(count: int) -> Kept:
            return msgspec.structs.replace(base, spans=self._spans(order[:count]))

        return self._fitted(kept, [size / _PACKED for size in total], limit)

    def _with_words(self, base: Kept, ranked: Sequence[int], *, pointed: bool) -> Kept:
        """The base with a ledger of as many words as fit, the first first."""
        rows = self._ledger.rows(ranked, pointed=pointed)
        total = list(accumulate((len(one.word) + 1 for one in rows), initial=0))

        def kept(count: int) -> Kept:
            return msgspec.structs.replace(base, ledger=rows[:count])

        return self._fitted(kept, [size / WORD_PACKED for size in total], self._limit)

    def _fitted(self, kept: Callable[[int], Kept], added: Sequence[float], limit: int) -> Kept:
        """The most that fits; ``added`` are about the bytes that each number of things adds.

        Trials compress quickly; by what share that errs is measured at what they find.
        """
        quick: dict[int, int] = {}

        def trial(count: int) -> int:
            if count not in quick:
                quick[count] = body_size(kept(count), quick=True)
            return self._taken + round(self._share * quick[count])

        def estimate(count: int) -> float:
            return trial(0) + added[count]

        most = len(added) - 1
        found, size = 0, trial(0)
        for _ in range(_ROUNDS):
            found = longest(most, limit, estimate, trial)
            trial(found)
            size = self._size(kept(found))
            self._share = (size - self._taken) / max(1, quick[found])
            if size <= limit and (found == most or size >= _ENOUGH * limit):
                break
        while found and size > limit:
            found -= max(1, found // 100)
            size = self._size(kept(found))
        return kept(found)

    def _size(self, kept: Kept) -> int:
        return self._taken + body_size(kept)

    def _words_in(self, texts: Iterable[str]) -> set[int]:
        ids = self._evidence.identifiers.ids
        return {ids[word] for text in texts for word in IDENTIFIER.findall(text) if word in ids}

    def _spans(self, lines: Sequence[Line]) -> tuple[KeptSpan, ...]:
        """Neighbouring lines of one part, kept for one reason, as one span."""
        spans: list[KeptSpan] = []
        run: list[str] = []
        last: Line | None = None
        for line in sorted(lines, key=lambda one: (one.piece, one.line)):
            if last is not None and (line.piece, line.line - 1, line.reason) != (
                last.piece,
                last.line,
                last.reason,
            ):
                spans.append(self._span(last, run))
                run = []
            run.append(self._pieces[line.piece].lines[line.line])
            last = line
        if last is not None:
            spans.append(self._span(last, run))
        return tuple(spans)

    def _span(self, last: Line, run: list[str]) -> KeptSpan:
        piece = self._pieces[last.piece]
        first = last.line - len(run) + 1
        return KeptSpan(piece.seq, piece.part, piece.kind, first, "\n".join(run), last.reason)
