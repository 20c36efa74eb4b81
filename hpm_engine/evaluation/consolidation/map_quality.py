"""Whether a map stays put, and whether neighbours in the memory are neighbours on it."""

from __future__ import annotations

import statistics
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.manifold import trustworthiness

from hpm_engine.consolidator.base import read_base
from hpm_engine.consolidator.cartography import UNCHANGED, Cartography
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.job import Job
from hpm_engine.memory import Memory, open_memory
from hpm_engine.projection.fit import fit
from hpm_engine.projection.quick import Rows, diameter, principal
from hpm_engine.values.map import PrototypeMap

_FIRST, _NEXT, _CYCLES = 1_000, 100, 5  # memories of the first cycle, of the next ones, how many
_NEIGHBOURS = 15
_ALLOWED = 0.03


class _Round(NamedTuple):
    drift: float  # the farthest that an unchanged prototype went, as a share of the diameter
    unchanged: float  # the share of prototypes that did not change
    kept: float  # trustworthiness of the map that stays put
    fresh: float  # of one that was fitted without a past


def quality(store: Path, folder: Path, report: Report) -> dict[str, Figure]:
    """Map a store, consolidate, map it again, and so on; each time beside a map without a past."""
    rounds: list[_Round] = []
    with open_memory(store, actor="bench") as memory:
        memory.consolidation.run(_FIRST, bound=1.0)
        report("laying out the first map")
        before = memory.consolidation.map.fit(Job())
        for number in range(_CYCLES):
            memory.consolidation.run(_NEXT, bound=1.0)
            report(f"map {number + 1} of {_CYCLES}")
            after = memory.consolidation.map.fit(Job())
            rounds.append(_round(memory, before, after, folder))
            before = after
    return {
        "drift_share": _over([one.drift for one in rounds], "of the diameter", 0.02),
        "unchanged_share": _over([one.unchanged for one in rounds], "of prototypes"),
        "trustworthiness": _over(
            [one.kept for one in rounds],
            "",
            statistics.median(one.fresh for one in rounds) - _ALLOWED,
        ),
        "trustworthiness_fresh": _over([one.fresh for one in rounds], ""),
    }


def _round(memory: Memory, before: PrototypeMap, after: PrototypeMap, folder: Path) -> _Round:
    """Everything of the new map, the prototypes first, in the order of its vectors."""
    rows, places = _vectors(memory.consolidation.map, memory, after)
    none = np.zeros((0, rows.shape[1]), np.float32)
    free = np.zeros(len(rows), np.bool_)
    start = principal(rows)
    fresh, _ = fit(rows, start, free, none, first=True, cache=folder / "compiled", job=Job())
    was = {one.id: one.mean for one in before.prototypes}
    old, new = _spots(before), _spots(after)
    same = [
        one.id
        for one in after.prototypes
        if one.id in was and 1 - _floats(one.mean) @ _floats(was[one.id]) <= UNCHANGED
    ]
    gone = [float(np.linalg.norm(new[key] - old[key])) for key in same]
    return _Round(
        max(gone, default=0.0) / diameter(places),
        len(same) / max(1, len(was)),
        _trust(rows, places),
        _trust(rows, fresh),
    )


def _vectors(chart: Cartography, memory: Memory, found: PrototypeMap) -> tuple[Rows, Rows]:
    with memory._db.reading():
        base = read_base(memory._db)
        ground = chart._ground()
    keys, rows = chart._vectors(base, [(one.episode_id, one.number) for one in ground.links], Job())
    points = np.frombuffer(found.memories.places, "<f4").reshape(-1, 2)
    at = {(one.episode_id, one.number): row for row, one in enumerate(ground.links)}
    spots = np.frombuffer(found.places, "<f4").reshape(-1, 2)
    places = np.vstack([spots, points[[at[key] for key in keys]]])
    return np.vstack([ground.means, rows]), places


def _trust(rows: Rows, places: Rows) -> float:
    """Venna and Kaski 2001: 1 where all neighbours on the map are neighbours by cosine."""
    return float(trustworthiness(rows, places, n_neighbors=_NEIGHBOURS, metric="cosine"))


def _spots(found: PrototypeMap) -> dict[int, Rows]:
    places = np.frombuffer(found.places, "<f4").reshape(-1, 2)
    return {one.id: row for one, row in zip(found.prototypes, places, strict=True)}


def _floats(data: bytes) -> Rows:
    return np.frombuffer(data, "<f4")


def _over(values: list[float], unit: str, reference: float | None = None) -> Figure:
    return Figure(statistics.median(values), unit, min(values), max(values), reference)
