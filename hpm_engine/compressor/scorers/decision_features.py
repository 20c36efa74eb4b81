"""What the decision mask is told of each step: the files that it read and wrote, and its runs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpm_engine.compressor.evidence.file_roles import Roles
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER, Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers.decision_labels import first_pass, runs
from hpm_engine.config import MASK_STEP_RATIO

WIDTH = 18
_WRITTEN, _READ, _PASSED, LOOKED_AT = 1.0, 0.5, 0.6, 0.1  # the rule's worth of a step


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
    found = np.arange(1, length + 1, dtype=np.float32) * np.float32(1e-6)
    for one in roles:
        if not one.source:
            continue
        times = 1 + one.stands
        for seq in (*one.writes[:1], *one.writes[-1:]):
            found[seq] = max(found[seq], times * _WRITTEN)
        for seq in one.reads[:1]:
            found[seq] = max(found[seq], times * _READ if one.writes else LOOKED_AT)
    for seq in passed:
        found[seq] = max(found[seq], _PASSED)
    return found


def decision_features(evidence: Evidence) -> Floats:
    """``(T, 18)``; the first column is ``role_worth``."""
    length, roles = evidence.trajectory.length, evidence.roles
    went = runs(evidence.trajectory.steps, evidence.deeds.kinds)
    passed = first_pass(went)
    worth = _worth(length, roles, passed)
    found = np.zeros((length, WIDTH), np.float32)
    found[:, 0] = worth
    rank = np.empty(length, np.float32)
    rank[np.argsort(-worth, kind="stable")] = np.arange(length)
    found[:, 1] = np.minimum(rank / np.float32(kept_steps(length)), 3.0)
    found[passed, 2] = 1.0
    for seq, well in went.items():
        found[seq, 3 if well else 4] = 1.0
    _of_files(found, roles, evidence.task)
    found[:, 17] = np.log1p(sum(one.source and one.stands for one in roles))
    return found


def _of_files(found: Floats, roles: Sequence[Roles], task: frozenset[str]) -> None:
    """Columns 5 to 16: of the files that a step reads or writes, the most."""
    total = max(1, sum(len(one.writes) for one in roles if one.source))
    for one in roles:
        row = np.zeros(WIDTH, np.float32)
        row[11] = np.log1p(len(one.writes)) / 3
        row[12] = len(one.writes) / total if one.source else 0.0
        row[13] = np.log1p(len(one.reads)) / 3
        row[14] = float(not task.isdisjoint(IDENTIFIER.findall(one.path)))
        row[15] = float(one.stands)
        row[16] = float(bool(one.taken_back))
        for column, places in (
            (5, one.writes[:1]),
            (6, one.writes[-1:]),
            (7, one.reads[:1]),
            (8, one.writes),
        ):
            if one.source:
                for seq in places:
                    found[seq, column] = 1.0
            elif one.stands:
                for seq in places:
                    found[seq, 9 if column < 8 else 10] = 1.0
        for seq in {*one.writes, *one.reads}:
            found[seq, 11:17] = np.maximum(found[seq, 11:17], row[11:17])
