"""One episode compressed: what its scorer values most, as much as the budget holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import accumulate

import msgspec
import numpy as np

from hpm_engine.compressed import Budget, BudgetKind, KeptFor, KeptSpan, LedgerWord
from hpm_engine.compressor.container import Kept, bucket, pack
from hpm_engine.compressor.covering import Cover
from hpm_engine.compressor.decision_input import best_steps
from hpm_engine.compressor.decision_points import PENALTY
from hpm_engine.compressor.fit import longest
from hpm_engine.compressor.identifiers import IDENTIFIER
from hpm_engine.compressor.quotas import Line, quota_lines
from hpm_engine.compressor.rebuilding import with_values
from hpm_engine.compressor.scorer import Evidence, Filling, Scorer, Scores
from hpm_engine.compressor.step_values import ROW as VALUE_ROW

ROW = 48  # bytes of the row that a compressed memory takes in a store beside its own
_PACKED = 4.0  # characters of text in a byte of a compressed memory, about
_LEDGER = 0.12  # of a standard budget is the ledger's
_LENGTH = 0.5  # of log(length): what a longer identifier must be worth more
_COARSE = 1 / 16  # of a budget may be the mask, or the decision points
_VALUES = 1 / 32  # of it may be the values of the best steps, or there are none


class Compression(msgspec.Struct, frozen=True):
    """What is written of an episode, and against what."""

    kept: Kept
    data: bytes
    mask_bits: int
    raw_size: int
    zstd_size: int | None


def compress(evidence: Evidence, scorer: Scorer, budget: Budget) -> Compression | None:
    """Fill a budget with an episode; ``None`` where the budget holds not even the mask's head.

    ``len(data) + ROW`` times the ratio is at most the episode's bytes, for any number of steps.
    """
    trajectory = evidence.trajectory
    packed = trajectory.zstd_size() if budget.kind is BudgetKind.DEEP else None
    of = trajectory.raw_size if packed is None else packed
    limit = int(of / budget.ratio) - ROW
    scores = scorer.scores(evidence)
    fitted = _head(evidence, scorer, scores, limit)
    if fitted is None:
        return None
    head, bits = fitted
    kept = _Filler(evidence, scores, head, bits, limit).fill(scorer.filling, budget.kind)
    return Compression(kept, pack(kept, mask_bits=bits), bits, trajectory.raw_size, packed)


def _head(
    evidence: Evidence, scorer: Scorer, scores: Scores, limit: int
) -> tuple[Kept, int] | None:
    """Mask, decision points and values, as fine as a small part of the budget allows."""
    mask = np.round(np.clip(scores.steps, 0, 1) * 255).astype(np.uint8).tobytes()
    bare = Kept(scorer.name, evidence.trajectory.length, mask, (), 0.0, (), ())
    least = len(pack(bare, mask_bits=0))
    for bits in (8, 4, 2, 1):
        if len(pack(bare, mask_bits=bits)) - least <= limit * _COARSE:
            break
    else:
        bits = 0
    full = msgspec.structs.replace(bare, points=evidence.points, penalty=PENALTY)
    size = len(pack(bare, mask_bits=bits))
    if size > limit:
        return None
    fits = len(pack(full, mask_bits=bits)) - size <= limit * _COARSE
    found = full if fits else bare
    valued = len(best_steps(scores.steps))
    if evidence.actions is None or valued * (VALUE_ROW + 1) > limit * _VALUES:
        return found, bits
    return with_values(found, evidence, scores.steps), bits


class _Filler:
    """Adds texts and words to a compressed memory until its bytes are used up."""

    def __init__(
        self, evidence: Evidence, scores: Scores, head: Kept, bits: int, limit: int
    ) -> None:
        self._evidence = evidence
        self._pieces = evidence.trajectory.pieces
        self._scores = scores
        self._head, self._bits, self._limit = head, bits, limit

    def fill(self, filling: Filling, kind: BudgetKind) -> Kept:
        if filling is Filling.LEDGER or (filling is Filling.HYBRID and kind is BudgetKind.DEEP):
            return self._with_words(self._head, range(len(self._scores.words)), pointed=False)
        if filling is not Filling.HYBRID:
            order = self._by_step() if filling is Filling.STEPS else self._by_action()
            return self._with_lines(order, self._limit)
        order = self._hybrid_order(self._limit * _PACKED)
        kept = self._with_lines(order, round(self._limit * (1 - _LEDGER)))
        covered = self._words_in(span.text for span in kept.spans)
        left = [word for word in range(len(self._scores.words)) if word not in covered]
        return self._with_words(kept, left, pointed=True)

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

    def _with_lines(self, order: Sequence[Line], limit: int) -> Kept:
        sizes = (len(self._pieces[one.piece].lines[one.line]) + 1 for one in order)
        total = list(accumulate(sizes, initial=0))

        def kept(count: int) -> Kept:
            return msgspec.structs.replace(self._head, spans=self._spans(order[:count]))

        return kept(longest(len(order), limit, lambda n: total[n] / _PACKED, self._measure(kept)))

    def _with_words(self, base: Kept, candidates: Sequence[int], *, pointed: bool) -> Kept:
        """The base with a ledger of the candidates that are worth most for their bytes."""
        identifiers = self._evidence.identifiers
        words = np.array(candidates, np.int64)
        sizes = identifiers.sizes()[words]
        worth = np.log(np.maximum(self._scores.words[words], 1e-9)) - _LENGTH * np.log(sizes)
        best = np.argsort(-worth, kind="stable")
        ranked, sizes = words[best], sizes[best]
        total = np.concatenate([[0], np.cumsum(sizes)])
        homes, times = identifiers.home(), identifiers.total()
        rows = [
            LedgerWord(
                identifiers.words[word],
                (1, 4, 10)[bucket(int(times[word]))],
                int(homes[word]) if pointed else None,
            )
            for word in ranked.tolist()
        ]
        before = len(pack(base, mask_bits=self._bits))

        def kept(count: int) -> Kept:
            return msgspec.structs.replace(base, ledger=tuple(rows[:count]))

        def estimate(count: int) -> float:
            return before + float(total[count]) / 2

        return kept(longest(len(rows), self._limit, estimate, self._measure(kept)))

    def _measure(self, kept: Callable[[int], Kept]) -> Callable[[int], int]:
        return lambda count: len(pack(kept(count), mask_bits=self._bits))

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
