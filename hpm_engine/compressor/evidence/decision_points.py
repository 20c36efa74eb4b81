"""Decision points: the steps at which an episode's actions change course."""

from __future__ import annotations

import numpy as np

from hpm_engine.compressor.evidence.identifiers import Floats

PENALTY = 1.0  # of squared distance between unit vectors: about one point in fifteen steps
_SHORTEST = 2  # steps between two points


def decision_points(actions: Floats, penalty: float = PENALTY) -> tuple[int, ...]:
    """The first steps of the segments that the actions' unit vectors ``(T, d)`` fall into.

    Exact change points with a linear kernel and a penalty for each (Arlot et al. 2019; ruptures'
    ``KernelCPD``). On unit vectors the penalty has one meaning for all episodes. The beginning is
    no point; an episode of fewer than four steps has none.
    """
    if len(actions) < 2 * _SHORTEST:
        return ()
    from ruptures import KernelCPD  # scipy: half a second, only where points are found

    search = KernelCPD(kernel="linear", min_size=_SHORTEST)
    ends = search.fit(np.ascontiguousarray(actions, np.float64)).predict(pen=penalty)
    return tuple(int(point) for point in ends[:-1])
