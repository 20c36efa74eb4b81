"""Decision points known afterwards: where the files of the final patch were read and written."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

import numpy as np

from hpm_engine.compressor.evidence.commands import Does, does, whole
from hpm_engine.compressor.evidence.file_roles import Roles, same_file
from hpm_engine.compressor.evidence.identifiers import Counts
from hpm_engine.values.episodes import PartKind, Step, StepFlag

_FAILED = re.compile(rf"Traceback|Error:|{whole('FAILED', 'ERROR', 'failed')}")


def decision_labels(
    steps: Sequence[Step], roles: Sequence[Roles], changed: Collection[str]
) -> Counts:
    """The steps that first read, first wrote and last wrote each of the ``changed`` files.

    With them the first run that passes after one that failed. No change point of the actions goes
    in: labels made of the vectors that a mask reads could be found again without any memory.
    """
    points = set(first_pass(runs(steps)))
    for file in roles:
        if any(same_file(file.path, path) for path in changed):
            points.update((*file.writes[:1], *file.writes[-1:], *file.reads[:1]))
    return np.array(sorted(points), np.int64)


def runs(steps: Sequence[Step], kinds: Sequence[Does] | None = None) -> dict[int, bool]:
    """The steps that run tests or programs, and whether each went through.

    ``kinds`` are what the steps do, where that is known already.
    """
    kinds = tuple(map(does, steps)) if kinds is None else kinds
    return {
        seq: not (StepFlag.ERROR in step.flags or _FAILED.search(_shown(step)))
        for seq, (step, kind) in enumerate(zip(steps, kinds, strict=True))
        if kind in (Does.TEST, Does.RUN)
    }


def first_pass(of: Mapping[int, bool]) -> list[int]:
    """The first of ``runs`` that passes after one that failed, if there is one."""
    failed = False
    for seq, passed in of.items():
        if passed and failed:
            return [seq]
        failed = failed or not passed
    return []


def _shown(step: Step) -> str:
    return "\n".join(part.text for part in step.parts if part.kind is PartKind.RESULT)
