"""Features of each step for the decision mask: files that it read and wrote, and its runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpm_engine.compressor.evidence.file_roles import Roles
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER, Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers.decision_labels import first_pass, runs
from hpm_engine.config import MASK_STEP_RATIO

WIDTH = 18
# What the rule gives a step.
_WRITTEN = 1.0  # the first or last write of a file
_READ = 0.5  # the first read of a file that was written
_PASSED = 0.6  # the first run that passes after a failure
LOOKED_AT = 0.1  # the first read of any other file


def kept_steps(length: int) -> int:
    """How many of so many steps are kept: a twelfth, rounded up."""
    return -(-length // MASK_STEP_RATIO.value)


def role_worth(evidence: Evidence) -> Floats:
    """The rule that the mask starts from ``(T,)``: what each step is to the files that changed.

    First and last write of each source file, twice as much where the change stands; its first
    read half of that; the first run that passes after a failure; ties by time, latest first.
    """
    went = runs(evidence.trajectory.steps, evidence.deeds.kinds)
    return _worth(evidence.trajectory.length, evidence.roles, first_pass(went))


def _worth(length: int, roles: Sequence[Roles], passed: Sequence[int]) -> Floats:
    worth = np.arange(1, length + 1, dtype=np.float32) * np.float32(1e-6)
    for file in roles:
        if not file.source:
            continue
        times = 1 + file.stands
        for seq in (*file.writes[:1], *file.writes[-1:]):
            worth[seq] = max(worth[seq], times * _WRITTEN)
        for seq in file.reads[:1]:
            worth[seq] = max(worth[seq], times * _READ if file.writes else LOOKED_AT)
    for seq in passed:
        worth[seq] = max(worth[seq], _PASSED)
    return worth


def decision_features(evidence: Evidence) -> Floats:
    """``(T, 18)``; the first column is ``role_worth``."""
    length, roles = evidence.trajectory.length, evidence.roles
    went = runs(evidence.trajectory.steps, evidence.deeds.kinds)
    passed = first_pass(went)
    worth = _worth(length, roles, passed)
    features = np.zeros((length, WIDTH), np.float32)
    features[:, 0] = worth
    rank = np.empty(length, np.float32)
    rank[np.argsort(-worth, kind="stable")] = np.arange(length)
    features[:, 1] = np.minimum(rank / np.float32(kept_steps(length)), 3.0)
    features[passed, 2] = 1.0
    for seq, well in went.items():
        features[seq, 3 if well else 4] = 1.0
    _of_files(features, roles, evidence.task)
    features[:, 17] = np.log1p(sum(file.source and file.stands for file in roles))
    return features


def _of_files(features: Floats, roles: Sequence[Roles], task: frozenset[str]) -> None:
    """Columns 5 to 16: of the files that a step reads or writes, the most."""
    total = max(1, sum(len(file.writes) for file in roles if file.source))
    for file in roles:
        row = np.zeros(WIDTH, np.float32)
        row[11] = np.log1p(len(file.writes)) / 3
        row[12] = len(file.writes) / total if file.source else 0.0
        row[13] = np.log1p(len(file.reads)) / 3
        row[14] = float(not task.isdisjoint(IDENTIFIER.findall(file.path)))
        row[15] = float(file.stands)
        row[16] = float(bool(file.taken_back))
        for column, seqs in (
            (5, file.writes[:1]),
            (6, file.writes[-1:]),
            (7, file.reads[:1]),
            (8, file.writes),
        ):
            if file.source:
                for seq in seqs:
                    features[seq, column] = 1.0
            elif file.stands:
                for seq in seqs:
                    features[seq, 9 if column < 8 else 10] = 1.0
        for seq in {*file.writes, *file.reads}:
            features[seq, 11:17] = np.maximum(features[seq, 11:17], row[11:17])
