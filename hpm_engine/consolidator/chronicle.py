"""The prototypes as each of the last cycles left them, put on today's map."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from hpm_engine.projection.quick import Rows, placed
from hpm_engine.store.learned.prototypes import PrototypeChange
from hpm_engine.values.consolidation import CycleReport, Prototype
from hpm_engine.values.map import MapMoment

_SOFT = 4.0  # sharpness; sharper, a mean on its way lies where it began until it is nearly there
State = dict[int, tuple[bytes, float]]  # by prototype: its mean, how much it explains


def moments(
    prototypes: Sequence[Prototype],
    places: Rows,
    cycles: Iterable[tuple[CycleReport, PrototypeChange]],
    first: CycleReport | None,
) -> list[MapMoment]:
    """The states after ``cycles``, given newest first with what undoes them; oldest first.

    The oldest is that before all of them, which the cycle ``first`` left (``None``: the first one
    of all). A prototype that has moved since stands as far from its place (of ``places``, (K, 2))
    as its mean then lies, by its neighbours, from its mean now; what is gone stands among them.
    """
    if not prototypes:
        return []
    now: State = {prototype.id: (prototype.mean, prototype.count) for prototype in prototypes}
    chart = _Chart(prototypes, places)
    moments = []
    for report, undo in cycles:
        moments.append(_moment(report, now, chart))
        now = {key: value for key, value in now.items() if key not in set(undo.gone)}
        now |= {row.id: (row.mean, row.count) for row in undo.prototypes}
    if moments:
        moments.append(_moment(first, now, chart))
    return moments[::-1]


class _Chart:
    """Today's map as what earlier means are read off."""

    def __init__(self, prototypes: Sequence[Prototype], places: Rows) -> None:
        self._means = np.array([np.frombuffer(prototype.mean, "<f4") for prototype in prototypes])
        self._places = places
        self._at = {prototype.id: (prototype.mean, row) for row, prototype in enumerate(prototypes)}
        self._read = placed(self._means, self._means, places, _SOFT)

    def places(self, state: State) -> Rows:
        """Where the prototypes of a state stand, (n, 2)."""
        if not state:
            return np.zeros((0, 2), np.float32)
        means = np.array([np.frombuffer(mean, "<f4") for mean, _ in state.values()])
        positions = placed(means, self._means, self._places, _SOFT)
        for row, (key, (mean, _)) in enumerate(state.items()):
            today, row_now = self._at.get(key, (b"", -1))
            if today == mean:
                positions[row] = self._places[row_now]
            elif today:
                positions[row] += self._places[row_now] - self._read[row_now]
        return positions


def _moment(report: CycleReport | None, state: State, chart: _Chart) -> MapMoment:
    return MapMoment(
        report.id or 0 if report else 0,
        report.at if report else 0,
        tuple(state),
        chart.places(state).astype("<f4").tobytes(),
        np.array([count for _, count in state.values()], "<f4").tobytes(),
    )
