"""The order in which any budget takes an episode's lines: what a smaller one keeps, a larger does.

Quotas, the steps that the mask values and a cover of the identifiers each have a share of what is
taken, however much that is. So one order serves every budget: each holds a beginning of it.
"""

from __future__ import annotations

import msgspec
import numpy as np
from numpy.typing import NDArray

from hpm_engine.compressor.evidence.identifiers import Counts
from hpm_engine.compressor.evidence.scorer import Evidence, Filling, Scores
from hpm_engine.compressor.evidence.trajectory import EpisodeLines, ranges
from hpm_engine.compressor.packing.covering import Cover
from hpm_engine.compressor.packing.quotas import SHARES, quota_lines
from hpm_engine.compressor.scorers.decision_features import kept_steps
from hpm_engine.values.compression import KeptFor

REASONS = tuple(KeptFor)
_RANKS = {reason: rank for rank, reason in enumerate(REASONS)}
_MASK = 0.15  # of what is taken are the mask's best steps
_TURN = 8  # lines of a step
_AHEAD = 400  # characters that a share may be ahead of what it is due: its first lines
NEVER = np.iinfo(np.int64).max

Order = tuple[Counts, Counts]  # lines, and for each the index of its reason among ``REASONS``


class LineOrder(msgspec.Struct, frozen=True):
    """``lines`` are indexes of ``EpisodeLines.lines``, each once; ``reasons`` of ``REASONS``.

    ``ends`` has the characters of each beginning, line ends counted, with 0 for the empty one;
    ``first`` (W,) the number of lines before the first that holds each identifier, or ``NEVER``.
    """

    lines: Counts
    reasons: Counts
    ends: Counts
    first: Counts


def line_order(evidence: Evidence, scores: Scores, filling: Filling) -> LineOrder:
    """All lines of an episode, but those that no budget of this filling takes."""
    lines, reasons = _ordered(evidence, scores, filling)
    ends = np.concatenate([[0], np.cumsum(evidence.trajectory.sizes[lines])])
    first: Counts = np.full(len(evidence.identifiers), NEVER)
    positions, words = evidence.identifiers.in_lines(lines)
    np.minimum.at(first, words, positions)
    return LineOrder(lines, reasons, ends, first)


def _ordered(evidence: Evidence, scores: Scores, filling: Filling) -> Order:
    if filling is Filling.STEPS:
        return _all_for(KeptFor.MASK, _by_step(evidence.trajectory, scores))
    if filling is Filling.ACTIONS:
        return _all_for(KeptFor.MASK, _by_action(evidence.trajectory))
    return _shared_out(evidence, scores)


def _all_for(reason: KeptFor, lines: Counts) -> Order:
    return lines, np.full(len(lines), _RANKS[reason])


def _shared_out(evidence: Evidence, scores: Scores) -> Order:
    """Each share takes a line when that is due to it; what no share is due, the cover takes."""
    lines, reasons, due = _queue(evidence.trajectory, scores)
    dues, waiting, whys = due.tolist(), lines.tolist(), reasons.tolist()
    cover = Cover(evidence.trajectory, evidence.identifiers, scores.words)
    sizes = evidence.trajectory.sizes.tolist()
    free = bytearray(b"\1") * len(sizes)
    taken: list[tuple[int, int]] = []
    total = turn = 0
    while True:
        if turn < len(dues) and dues[turn] <= total:
            line, reason = waiting[turn], whys[turn]
            turn += 1
            if not free[line]:
                continue
        elif (best := cover.best()) is not None:
            line, reason = best, _RANKS[KeptFor.COVER]
        else:
            break
        free[line] = 0
        total += sizes[line]
        cover.take(line)
        taken.append((line, reason))
    begun = np.array(taken, np.int64).reshape(-1, 2).T
    rest = _all_for(KeptFor.MASK, _by_step(evidence.trajectory, scores))
    every = (
        np.concatenate(parts)
        for parts in zip(begun, (lines[turn:], reasons[turn:]), rest, strict=True)
    )
    return _each_once(*every)


def _queue(trajectory: EpisodeLines, scores: Scores) -> tuple[Counts, Counts, NDArray[np.float64]]:
    """The lines that shares take, their reasons, and how much is taken when each is due.

    A line is due as soon as its share of all that is taken holds it (weighted fair queueing:
    Demers, Keshav and Shenker 1989).
    """
    quotas = quota_lines(trajectory).items()
    shares = [(SHARES[why], why, np.array(lines, np.int64)) for why, lines in quotas]
    shares.append((_MASK, KeptFor.MASK, _in_turns(trajectory, scores)))
    queued = [
        (*_all_for(why, lines), (np.cumsum(trajectory.sizes[lines]) - _AHEAD) / share)
        for share, why, lines in shares
    ]
    lines, reasons, due = (np.concatenate(parts) for parts in zip(*queued, strict=True))
    order = np.argsort(due, kind="stable")
    return lines[order], reasons[order], due[order]


def _each_once(lines: Counts, reasons: Counts) -> Order:
    positions = np.arange(len(lines))
    first = np.zeros(lines.max(initial=-1) + 1, np.int64)
    first[lines[::-1]] = positions[::-1]
    new = first[lines] == positions
    return lines[new], reasons[new]


def _by_step(trajectory: EpisodeLines, scores: Scores) -> Counts:
    """The lines of the steps, highest value first."""
    order = np.argsort(_ranks(scores)[trajectory.seqs], kind="stable")
    return ranges(trajectory.starts[order], np.diff(trajectory.starts)[order])


def _in_turns(trajectory: EpisodeLines, scores: Scores) -> Counts:
    """What the agent said and did, a twelfth of the steps at a time, the best ones first.

    These take turns, a few lines each: a long command must not keep the other steps out.
    """
    acted = trajectory.acted
    lines = ranges(trajectory.starts[:-1][acted], np.diff(trajectory.starts)[acted])
    steps = np.repeat(trajectory.seqs, np.diff(trajectory.starts))[lines]
    begins = np.flatnonzero(np.diff(steps, prepend=-1))
    before = np.repeat(begins, np.diff(np.append(begins, len(lines))))
    rank = _ranks(scores)[steps]
    turn = (np.arange(len(lines)) - before) // _TURN
    return lines[np.lexsort((rank, turn, rank // kept_steps(trajectory.length)))]


def _ranks(scores: Scores) -> Counts:
    """Of each step how many are before it, highest value first."""
    ranks = np.empty(len(scores.steps), np.int64)
    ranks[np.argsort(-scores.steps, kind="stable")] = np.arange(len(ranks))
    return ranks


def _by_action(trajectory: EpisodeLines) -> Counts:
    """The first lines of every action, then the second ones, and so on."""
    acted = trajectory.acted
    starts, counts = trajectory.starts[:-1][acted], np.diff(trajectory.starts)[acted]
    lines = ranges(starts, counts)
    return lines[np.argsort(lines - np.repeat(starts, counts), kind="stable")]
