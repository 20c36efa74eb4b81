"""A map of prototypes as arrays: where things stand, and in which group of colour and shape."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.kit.formatting import local_day, scaled
from hpm_engine import MapMoment, Prototype, PrototypeMap

GROUPS = 5  # with a colour and a shape of their own; the rest form one more
Points: TypeAlias = NDArray[np.float32]
Indices: TypeAlias = NDArray[np.int64]


class ColourBy(StrEnum):
    """What colour and shape say."""

    PROJECT = "Project"
    AGENT = "Agent"
    OUTCOME = "Outcome"
    AGE = "Age"
    HELD = "How firmly held"


@dataclass(frozen=True, slots=True, eq=False)
class Grouping:
    """The groups' names, and the group of each prototype (K,) and memory (n,).

    ``ordered`` groups run from little to much, or from old to new.
    """

    names: tuple[str, ...]
    prototypes: Indices
    memories: Indices
    ordered: bool


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Prototypes at one moment: places (n, 2), how much each explains (n,), its row or -1.

    ``before`` (n, 2) is where each stood a cycle earlier; NaN for what was born since.
    """

    places: Points
    counts: NDArray[np.float32]
    rows: Indices
    before: Points


class MapScene:
    """Everything that is painted of a map; arrays follow the map's order."""

    def __init__(self, prototype_map: PrototypeMap) -> None:
        self.prototype_map = prototype_map
        self.prototypes: tuple[Prototype, ...] = prototype_map.prototypes
        self.places = _array(prototype_map.places, "<f4").reshape(-1, 2)
        memories = prototype_map.memories
        self.points = _array(memories.places, "<f4").reshape(-1, 2)
        self.owners: Indices = _array(memories.owners, "<i4").astype(np.int64)
        self.episodes = _array(memories.episodes, "<i8")
        self.starts = _array(memories.starts, "<i4")
        self.backgrounds: Indices = _array(memories.backgrounds, "<i4").astype(np.int64)
        counts = np.array([prototype.count for prototype in self.prototypes], np.float32)
        rows = np.arange(len(self.prototypes))
        self.now = Standing(self.places, counts, rows, np.full_like(self.places, np.nan))

    def standing(self, moments: Sequence[MapMoment], index: int) -> Standing:
        """The prototypes at one of the moments, with where they came from."""
        rows = {prototype.id: row for row, prototype in enumerate(self.prototypes)}
        moment = moments[index]
        places = _array(moment.places, "<f4").reshape(-1, 2)
        before = np.full_like(places, np.nan)
        if index > 0:
            earlier = _array(moments[index - 1].places, "<f4").reshape(-1, 2)
            known = {key: earlier[row] for row, key in enumerate(moments[index - 1].ids)}
            for row, key in enumerate(moment.ids):
                before[row] = known.get(key, before[row])
        rows_then = np.array([rows.get(key, -1) for key in moment.ids], np.int64)
        return Standing(places, _array(moment.counts, "<f4"), rows_then, before)

    def grouped(self, by: ColourBy) -> Grouping:
        """Groups by project, agent, age or how firmly prototypes are held."""
        if by is ColourBy.HELD:
            held = np.array([prototype.fisher for prototype in self.prototypes], np.float64)
            names, groups = _ranged(held, scaled)
            return Grouping(names, groups, groups[self.owners], ordered=True)
        if by is ColourBy.AGE:
            times = np.array(
                [ground.started_at or 0 for ground in self.prototype_map.backgrounds], np.float64
            )
            names, groups = _ranged(times, lambda value: local_day(int(value)))
        else:
            which = (ColourBy.PROJECT, ColourBy.AGENT, ColourBy.OUTCOME).index(by)
            grounds = self.prototype_map.backgrounds
            values = [(ground.project, ground.agent, ground.outcome)[which] for ground in grounds]
            names, groups = _named(values, self.backgrounds)
        memories = groups[self.backgrounds] if len(groups) else self.backgrounds
        return Grouping(
            names, self._most(memories, len(names)), memories, ordered=by is ColourBy.AGE
        )

    def alike(self, row: int) -> list[tuple[int, float]]:
        """The rows of the other prototypes, most alike first, with their cosines."""
        means = np.array([np.frombuffer(prototype.mean, "<f4") for prototype in self.prototypes])
        cosines = means @ means[row]
        order = np.argsort(-cosines, kind="stable").tolist()
        return [(other, float(cosines[other])) for other in order if other != row]

    def of_owners(self, rows: Sequence[int]) -> NDArray[np.bool_]:
        """Which memories some of these prototypes hold."""
        chosen = np.zeros(len(self.prototypes), np.bool_)
        chosen[list(rows)] = True
        held: NDArray[np.bool_] = chosen[self.owners]
        return held

    def _most(self, groups: Indices, count: int) -> Indices:
        """The group (K,) that most memories of each prototype belong to."""
        width = max(1, count)
        votes = np.bincount(
            self.owners * width + groups, minlength=len(self.prototypes) * width
        ).reshape(-1, width)
        groups_of_most: Indices = votes.argmax(axis=1)
        return groups_of_most


def inside(points: Points, outline: Points) -> NDArray[np.bool_]:
    """Which points (n, 2) lie within a closed outline (m, 2), by the even-odd rule."""
    within = np.zeros(len(points), np.bool_)
    if len(outline) < 3:
        return within
    low, high = outline.min(axis=0), outline.max(axis=0)
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    x, y = points[near, 0], points[near, 1]
    odd = np.zeros(len(near), np.bool_)
    for (x1, y1), (x2, y2) in zip(outline, np.roll(outline, -1, axis=0), strict=True):
        if y1 != y2:
            crossing = (x2 - x1) * (y - y1) / (y2 - y1) + x1
            odd ^= ((y1 > y) != (y2 > y)) & (x < crossing)
    within[near] = odd
    return within


def _named(values: Sequence[str], used: Indices) -> tuple[tuple[str, ...], Indices]:
    """The most frequent values as groups; all others are the last one."""
    counts = np.bincount(used, minlength=len(values))
    totals: dict[str, int] = {}
    for value, count in zip(values, counts.tolist(), strict=True):
        totals[value] = totals.get(value, 0) + count
    order = sorted(totals, key=lambda value: (-totals[value], value))
    kept = order if len(order) <= GROUPS + 1 else order[:GROUPS]
    ranks = {value: rank for rank, value in enumerate(kept)}
    names = [value or "unknown" for value in kept]
    if len(kept) < len(order):
        names.append(f"{len(order) - len(kept):,} others")
    return tuple(names), np.array([ranks.get(value, len(kept)) for value in values], np.int64)


def _ranged(values: NDArray[np.float64], name: Any) -> tuple[tuple[str, ...], Indices]:
    """Groups of equal size by value: five, or fewer where values repeat."""
    if not len(values):
        return (), np.zeros(0, np.int64)
    edges = np.unique(np.quantile(values, np.linspace(0, 1, GROUPS + 1)))
    groups: Indices = np.clip(
        np.searchsorted(edges, values, "right") - 1, 0, max(0, len(edges) - 2)
    )
    ends = zip(edges, edges[1:] if len(edges) > 1 else edges, strict=False)
    texts = [(name(low), name(high)) for low, high in ends]
    return tuple(low if low == high else f"{low} to {high}" for low, high in texts), groups


def _array(data: bytes, kind: str) -> NDArray[Any]:
    return np.frombuffer(data, kind)
