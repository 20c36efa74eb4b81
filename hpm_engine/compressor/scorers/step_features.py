"""Features of each step for the mask network, beside its two vectors."""

from __future__ import annotations

import numpy as np

from hpm_engine.compressor.evidence.commands import Does, is_source
from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.values.episodes import StepFlag

WIDTH = 19


def step_features(evidence: Evidence) -> Floats:
    """``(T, 19)``: command class, error, files, lengths, novelty, use later on, position."""
    trajectory, deeds = evidence.trajectory, evidence.deeds
    length = trajectory.length
    columns: list[Floats] = [_of([kind is command for kind in deeds.kinds]) for command in Does]
    columns.append(_of([StepFlag.ERROR in step.flags for step in trajectory.steps]))
    columns.append(_of([any(is_source(path) for path in of) for of in deeds.named]))
    columns.append(_of([any(not is_source(path) for path in of) for of in deeds.named]))
    columns += _sizes(evidence)
    columns += _use(evidence)
    position = np.arange(length, dtype=np.float32) / np.float32(max(1, length))
    columns += [
        position,
        np.float32(1) - position,
        np.full(length, np.log1p(length) / 5, np.float32),
    ]
    columns.append(_repeats(evidence))
    return np.stack(columns, axis=1).astype(np.float32)


def _of(values: list[bool]) -> Floats:
    return np.array(values, np.float32)


def _sizes(evidence: Evidence) -> list[Floats]:
    trajectory = evidence.trajectory
    ends = np.concatenate([[0], np.cumsum(trajectory.sizes - 1)])[trajectory.starts]
    halves = trajectory.acted * trajectory.length + trajectory.seqs
    sums = np.bincount(halves, np.diff(ends), 2 * trajectory.length).reshape(2, -1)
    features: Floats = sums.astype(np.float32)
    return [np.log1p(features[0]) / np.float32(8), np.log1p(features[1]) / np.float32(8)]


def _use(evidence: Evidence) -> list[Floats]:
    """Identifiers: how many, how many new here, how many of the new ones used by later actions."""
    words = evidence.identifiers
    length = words.length
    first = np.full(len(words), length, np.int64)
    np.minimum.at(first, words.word, words.step)
    last_use = np.full(len(words), -1, np.int64)
    acted = words.acted == 1
    np.maximum.at(last_use, words.word[acted], words.step[acted])
    new = first[words.word] == words.step
    later = last_use[words.word] > words.step
    counts = [
        np.bincount(words.step[which], minlength=length) for which in (new, later, new & later)
    ]
    total = np.maximum(1, np.bincount(words.step, minlength=length))
    shares = [(count / total).astype(np.float32) for count in counts]
    return [(np.log1p(total) / 5).astype(np.float32), *shares]


def _repeats(evidence: Evidence) -> Floats:
    """Whether a step's action was done before, word for word."""
    seen: set[tuple[str, ...]] = set()
    worth = np.zeros(evidence.trajectory.length, np.float32)
    for piece in evidence.trajectory.pieces:
        if piece.acted:
            worth[piece.seq] = max(worth[piece.seq], float(piece.lines in seen))
            seen.add(piece.lines)
    return worth
