"""The quality of a map: whether it stays put, and keeps neighbours of the memory together."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.manifold import trustworthiness

from hpm_engine.config import MAP_UNCHANGED
from hpm_engine.consolidator.base import read_base
from hpm_engine.consolidator.cartography import Cartography
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.projection.fit import fit
from hpm_engine.projection.quick import Rows, diameter, principal
from hpm_engine.values.map import PrototypeMap

_FIRST = 1_000  # memories of the first cycle
_NEXT = 100  # memories of each later cycle
_CYCLES = 5  # after the first
_NEIGHBOURS = 15
_ALLOWED = 0.03  # of trustworthiness, below a map without a past


class _MapComparison(NamedTuple):
    """A map after a cycle, beside the map before it and a map without a past."""

    drift: float  # the farthest that an unchanged prototype went, as a share of the diameter
    unchanged: float  # the share of prototypes that did not change
    kept: float  # trustworthiness of the map that stays put
    fresh: float  # of one that was fitted without a past


def quality(store: Path, folder: Path, report: Report) -> dict[str, Figure]:
    """Map a store, consolidate, map it again, and so on; each time beside a map without a past."""
    comparisons: list[_MapComparison] = []
    with open_memory(store, actor="bench") as memory:
        memory.consolidation.run(_FIRST, bound=1.0)
        report("laying out the first map")
        before = memory.consolidation.map.fit(Job())
        for number in range(_CYCLES):
            memory.consolidation.run(_NEXT, bound=1.0)
            report(f"map {number + 1} of {_CYCLES}")
            after = memory.consolidation.map.fit(Job())
            comparisons.append(_comparison(memory, before, after, folder))
            before = after
    return {
        "drift_share": _over(
            [comparison.drift for comparison in comparisons], "of the diameter", 0.02
        ),
        "unchanged_share": _over(
            [comparison.unchanged for comparison in comparisons], "of prototypes"
        ),
        "trustworthiness": _over(
            [comparison.kept for comparison in comparisons],
            "",
            statistics.median(comparison.fresh for comparison in comparisons) - _ALLOWED,
        ),
        "trustworthiness_fresh": _over([comparison.fresh for comparison in comparisons], ""),
    }


def _comparison(
    memory: Memory, before: PrototypeMap, after: PrototypeMap, folder: Path
) -> _MapComparison:
    """A comparison over all of the new map, the prototypes first, in the order of its vectors."""
    rows, positions = _vectors(memory.consolidation.map, memory, after)
    none = np.zeros((0, rows.shape[1]), np.float32)
    free = np.zeros(len(rows), np.bool_)
    start = principal(rows)
    fresh, _ = fit(rows, start, free, none, first=True, cache=folder / "compiled", job=Job())
    means = {prototype.id: prototype.mean for prototype in before.prototypes}
    old, new = _spots(before), _spots(after)
    same = [
        prototype.id
        for prototype in after.prototypes
        if prototype.id in means
        and 1 - _floats(prototype.mean) @ _floats(means[prototype.id]) <= MAP_UNCHANGED.value
    ]
    distances = [float(np.linalg.norm(new[key] - old[key])) for key in same]
    return _MapComparison(
        max(distances, default=0.0) / diameter(positions),
        len(same) / max(1, len(means)),
        _trust(rows, positions),
        _trust(rows, fresh),
    )


def _vectors(chart: Cartography, memory: Memory, prototype_map: PrototypeMap) -> tuple[Rows, Rows]:
    with memory.internals.database.reading():
        base = read_base(memory.internals.database)
        ground = chart._ground()
    keys, rows = chart._vectors(
        base, [(link.episode_id, link.number) for link in ground.links], Job()
    )
    points = np.frombuffer(prototype_map.memories.places, "<f4").reshape(-1, 2)
    row_of = {(link.episode_id, link.number): row for row, link in enumerate(ground.links)}
    spots = np.frombuffer(prototype_map.places, "<f4").reshape(-1, 2)
    positions = np.vstack([spots, points[[row_of[key] for key in keys]]])
    return np.vstack([ground.means, rows]), positions


def _trust(rows: Rows, positions: Rows) -> float:
    """Venna and Kaski 2001: 1 where all neighbours on the map are neighbours by cosine."""
    return float(trustworthiness(rows, positions, n_neighbors=_NEIGHBOURS, metric="cosine"))


def _spots(prototype_map: PrototypeMap) -> dict[int, Rows]:
    positions = np.frombuffer(prototype_map.places, "<f4").reshape(-1, 2)
    return {
        prototype.id: row
        for prototype, row in zip(prototype_map.prototypes, positions, strict=True)
    }


def _floats(data: bytes) -> Rows:
    return np.frombuffer(data, "<f4")


def _over(values: list[float], unit: str, reference: float | None = None) -> Figure:
    return Figure(statistics.median(values), unit, min(values), max(values), reference)
