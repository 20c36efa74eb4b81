"""Fills a budget with lines of an episode, and a ledger of the identifiers they do not hold."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from itertools import accumulate, compress

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Counts
from hpm_engine.compressor.evidence.scorer import Evidence, Filling, Scores
from hpm_engine.compressor.packing.container import MemoryContents, Trial, body, tried
from hpm_engine.compressor.packing.fit import longest
from hpm_engine.compressor.packing.ledger import PACKED as WORD_PACKED
from hpm_engine.compressor.packing.ledger import Ledger
from hpm_engine.compressor.packing.line_order import REASONS, LineOrder, line_order
from hpm_engine.values.compression import BudgetKind, KeptOrder, KeptSpan

# A text of n characters takes about _PACKED * n ** _POWER bytes: long ones repeat more.
_PACKED = 0.71  # bytes a character
_POWER = 0.9
_LISTED = 0.45  # share of a budget that a ledger beside lines takes at most
_ENOUGH = 0.975  # share of a limit from which no further trial is made
_ROUNDS = 2  # trials for a limit
_SHARE = 1.052  # bytes written for a byte of a trial, about: positions are written too


class FilledMemory(msgspec.Struct, frozen=True):
    """A memory that fits its budget, and the bytes of its texts and ledger."""

    kept: MemoryContents
    body: bytes


class BudgetFiller:
    """Fills budgets with one episode: its lines are put in order once for all of them."""

    def __init__(self, evidence: Evidence, scores: Scores, filling: Filling) -> None:
        self._lines = evidence.trajectory.lines
        self._evidence, self._scores, self._filling = evidence, scores, filling
        self._ledger = Ledger(evidence.identifiers, scores.words)

    @cached_property
    def _order(self) -> LineOrder:
        return line_order(self._evidence, self._scores, self._filling)

    def fill(self, head: MemoryContents, taken: int, limit: int, kind: BudgetKind) -> FilledMemory:
        """The head, which takes ``taken`` bytes, with as much as fits ``limit`` bytes."""
        room = limit - taken
        if self._filling is Filling.LEDGER:
            return self._with_words(head, self._ledger.by_worth(), room)
        if self._filling is Filling.HYBRID and kind is BudgetKind.DEEP:
            return self._with_words(head, self._ledger.by_both(limit), room)
        listed = self._listed(room) if self._filling is Filling.HYBRID else []
        return self._with_lines(head, np.array(self._ledger.placed(listed), np.int64), room)

    def kept_order(self) -> KeptOrder:
        """The order of all lines, with about the bytes that each beginning of it takes."""
        order, trajectory = self._order, self._evidence.trajectory
        listed = np.zeros(len(order.ends))
        if self._filling is Filling.HYBRID:
            words = self._ledger.sizes
            held = np.cumsum(np.bincount(order.first + 1, words, len(listed)))
            listed = (words.sum() - held) / WORD_PACKED
        steps = np.repeat(trajectory.seqs, np.diff(trajectory.starts))
        of_lines = np.array([len(line.encode()) + 1 for line in self._lines], np.int32)
        return KeptOrder(
            steps[order.lines].astype(np.int32).tobytes(),
            of_lines[order.lines].tobytes(),
            (_PACKED * order.ends**_POWER).astype(np.float32).tobytes(),
            listed.astype(np.float32).tobytes(),
            _LISTED,
        )

    def _listed(self, room: int) -> list[int]:
        """The identifiers that are listed where no kept line holds them: all, if they fit."""
        ranked = self._ledger.by_worth()
        most = round(_LISTED * room)
        total = [0, *np.cumsum(self._ledger.sizes[ranked]).tolist()]

        def size(count: int) -> int:
            return len(tried(self._ledger.text(self._ledger.placed(ranked[:count]))).data)

        if total[-1] / WORD_PACKED < most / 2 or size(len(ranked)) <= most:
            return ranked
        return ranked[: longest(len(ranked), most, lambda n: total[n] / WORD_PACKED, size)]

    def _with_lines(self, head: MemoryContents, listed: Counts, room: int) -> FilledMemory:
        """The head with as many of the order's first lines as fit beside a ledger of the rest."""
        order = self._order

        def words(count: int) -> list[int]:
            left: list[int] = listed[order.first[listed] >= count].tolist()
            return left

        def text(count: int) -> str:
            chosen = np.zeros(len(self._lines), bool)
            chosen[order.lines[:count]] = True
            lines = compress(self._lines, chosen.tobytes())
            return "\n".join((*lines, self._ledger.text(words(count))))

        def kept(count: int) -> MemoryContents:
            left = words(count)
            rows = self._ledger.rows(left, pointed=True)
            spans = self._spans(count)
            held = order.first < count
            held[left] = True
            counts = self._ledger.counts(held) if self._filling is Filling.HYBRID else b""
            return msgspec.structs.replace(head, spans=spans, ledger=rows, counts=counts)

        filled = _fitted(kept, text, (_PACKED * order.ends**_POWER).tolist(), room)
        return filled or FilledMemory(head, body(head))

    def _with_words(self, head: MemoryContents, ranked: Sequence[int], room: int) -> FilledMemory:
        """The head with a bare ledger of as many words as fit, the first first."""
        rows = self._ledger.rows(ranked, pointed=False)
        total = accumulate((len(entry.word) + 1 for entry in rows), initial=0)

        def text(count: int) -> str:
            return self._ledger.bare(rows[:count])

        def kept(count: int) -> MemoryContents:
            return msgspec.structs.replace(head, ledger=rows[:count])

        filled = _fitted(kept, text, [size / WORD_PACKED for size in total], room)
        return filled or FilledMemory(head, body(head))

    def _spans(self, count: int) -> tuple[KeptSpan, ...]:
        """Neighbouring lines of one part, kept for one reason, as one span."""
        lines, of = self._lines, self._evidence.trajectory
        by_place = np.argsort(self._order.lines[:count])
        chosen, reasons = self._order.lines[by_place], self._order.reasons[by_place]
        pieces = np.searchsorted(of.starts, chosen, "right") - 1
        other = (np.diff(chosen) > 1) | (np.diff(reasons) != 0) | (np.diff(pieces) != 0)
        begins = np.flatnonzero(np.concatenate([[True], other])) if count else chosen
        ends = chosen[np.append(begins[1:] - 1, count - 1)] + 1 if count else chosen
        first, pieces = chosen[begins], pieces[begins]
        spans = zip(
            (of.pieces[piece] for piece in pieces.tolist()),
            (first - of.starts[pieces]).tolist(),
            map("\n".join, map(lines.__getitem__, map(slice, first.tolist(), ends.tolist()))),
            (REASONS[reason] for reason in reasons[begins].tolist()),
            strict=True,
        )
        return tuple(
            KeptSpan(piece.seq, piece.part, piece.kind, line, text, reason)
            for piece, line, text, reason in spans
        )


def _fitted(
    kept: Callable[[int], MemoryContents],
    text: Callable[[int], str],
    added: Sequence[float],
    room: int,
) -> FilledMemory | None:
    """The memory of as many things as fit; ``None`` if not even none does.

    ``added`` are about the bytes that each number of things adds. Trials compress nothing but the
    text, and quickly; by what share that errs is measured at what they find.
    """
    trials: dict[int, Trial] = {}
    share = _SHARE

    def trial(count: int) -> int:
        if count not in trials:
            trials[count] = tried(text(count))
        return round(share * len(trials[count].data))

    def estimate(count: int) -> float:
        return trial(0) + added[count]

    most = len(added) - 1
    for _ in range(_ROUNDS):
        known = {count: trial(count) for count in trials if count}
        count = longest(most, room, estimate, trial, known)
        trial(count)
        memory = kept(count)
        data = body(memory, trials[count])
        share = len(data) / max(1, len(trials[count].data))
        if len(data) <= room and (count == most or len(data) >= _ENOUGH * room):
            break
    while count and len(data) > room:
        count -= max(1, count // 100)
        memory = kept(count)
        data = body(memory)
    return FilledMemory(memory, data) if len(data) <= room else None
