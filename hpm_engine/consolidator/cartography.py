"""The map of the prototypes and their memories: as it is kept, and laid out anew."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import MAP_LAID_OUT, MAP_SHOWN, MAP_UNCHANGED
from hpm_engine.consolidator.base import Base, read_base
from hpm_engine.consolidator.chronicle import moments
from hpm_engine.consolidator.memories import Key, Memories
from hpm_engine.consolidator.topic_facts import topic_facts
from hpm_engine.consolidator.windows import centred
from hpm_engine.errors import NotFound
from hpm_engine.index.cache import map_file, needed
from hpm_engine.job import Job
from hpm_engine.projection.fit import fit
from hpm_engine.projection.kept_map import KeptMap, keep, read_kept
from hpm_engine.projection.quick import Rows, placed, principal, strewn
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.system.log.work import work
from hpm_engine.values.consolidation import Member, Prototype
from hpm_engine.values.map import Background, MapMoment, MapState, MemoryPoints, PrototypeMap
from hpm_engine.values.vectors import VectorKind

_LOG = logging.getLogger(__name__)
_REPORTS = 200  # cycles that are looked through for those that stand
_READ = 2_000  # memories whose vectors are read at once


class Ground(NamedTuple):
    """What is to be mapped: prototypes, heaviest first, and for each memory its heaviest link."""

    prototypes: tuple[Prototype, ...]
    links: tuple[Member, ...]  # those that are shown, the ones to lay out first
    total: int
    state: tuple[str, int, int]  # of which vectors and cycles
    members: tuple[Member, ...] = ()

    @property
    def means(self) -> Rows:
        """Unit rows (K, d)."""
        return np.array(
            [np.frombuffer(prototype.mean, "<f4") for prototype in self.prototypes], np.float32
        )


class Cartography:
    """What ``Memory.consolidation.map`` is. Every method may raise ``HPMError``."""

    def __init__(
        self, database: Database, log: AuditLog, prototypes: Callable[[], list[Prototype]]
    ) -> None:
        self._db = database
        self._log = log
        self._read_prototypes = prototypes
        self._prototypes = PrototypeRows(database)
        self._file = map_file(database)
        self._cache = self._file.parent.parent

    def read(self) -> PrototypeMap:
        """The map as it can be shown at once: no vector of a memory is read, nothing is fitted."""
        with self._db.reading():
            ground = self._ground()
            backgrounds = self._prototypes.backgrounds()
            times = CycleRows(self._db).times()
        kept = read_kept(self._file, self._db.seal)
        if kept is not None and kept.state[0] != ground.state[0]:
            kept = None  # of other vectors
        prototype_xy = _prototype_places(ground, kept)
        points, fitted = _memory_places(ground, kept, prototype_xy)
        known = {key: row for row, key in enumerate(backgrounds)}
        rows = {prototype.id: row for row, prototype in enumerate(ground.prototypes)}
        links = ground.links
        memories = MemoryPoints(
            points.astype("<f4").tobytes(),
            _packed([link.episode_id for link in links], "<i8"),
            _packed([link.start for link in links], "<i4"),
            _packed([rows[link.prototype_id] for link in links], "<i4"),
            _packed([known[link.episode_id] for link in links], "<i4"),
        )
        state = MapState.QUICK
        if kept is not None:
            state = MapState.LAID_OUT if kept.state == ground.state else MapState.BEHIND
        return PrototypeMap(
            ground.prototypes,
            prototype_xy.astype("<f4").tobytes(),
            memories,
            tuple(Background(*fields) for fields in backgrounds.values()),
            state,
            fitted,
            ground.total,
            topic_facts(
                ground.prototypes,
                ground.members,
                {key: project for key, (project, *_) in backgrounds.items()},
                times,
            ),
        )

    def moments(self) -> list[MapMoment]:
        """The map after each of the last runs, as far as they can be undone; oldest first."""
        shown = self.read()
        cycles = CycleRows(self._db)
        with self._db.reading():
            undone = cycles.undos()
            standing = [
                report for report in cycles.reports(0, _REPORTS) if report.undone_at is None
            ]
        known = {report.id: report for report in standing}
        oldest = min((known[key].run or key for key, _ in undone if key in known), default=0)
        first = next((report for report in standing if (report.id or 0) < oldest), None)
        prototype_xy = np.frombuffer(shown.places, "<f4").reshape(-1, 2)
        pairs = [(known[key], undo) for key, undo in undone if key in known]
        return moments(shown.prototypes, prototype_xy, pairs, first)

    def fit(self, job: Job) -> PrototypeMap:
        """Lay the map out by UMAP and keep it: seconds, in a process of its own.

        Prototypes that have not changed stay exactly where they are. Raises ``Cancelled`` with the
        map before it kept, ``NotFound`` without the vectors that the prototypes are of,
        ``CannotWrite`` where the fit fails.
        """
        with work(_LOG, "laying out the map") as counts:
            laid_out = self._laid_out(job)
            counts.update(prototypes=len(laid_out.prototypes), memories=laid_out.fitted)
        return laid_out

    def _laid_out(self, job: Job) -> PrototypeMap:
        with self._db.reading():
            ground = self._ground()
            base = read_base(self._db)
        if not ground.prototypes:
            return self.read()
        if base.outdated:
            raise NotFound(
                f"{self._db.path}: the topics were learned with another model than the store has."
                " Learn again (hpm consolidate), then lay the map out."
            )
        kept = read_kept(self._file, self._db.seal)
        if kept is not None and kept.state[0] != ground.state[0]:
            kept = None
        near = [(link.episode_id, link.number) for link in ground.links[: MAP_LAID_OUT.value]]
        far = [(link.episode_id, link.number) for link in ground.links[MAP_LAID_OUT.value :]]
        near, first_rows = self._vectors(base, near, job)
        far, rest = self._vectors(base, far, job)
        rows = np.vstack([ground.means, first_rows])
        start, held = _start(ground, rows, near, kept)
        compiled = self._cache / "compiled"
        prototype_xy, others = fit(
            rows, start, held, rest, first=kept is None, cache=compiled, job=job
        )
        count = len(ground.prototypes)
        keys = np.array([*near, *far], np.int64).reshape(-1, 2)
        ids = [prototype.id for prototype in ground.prototypes]
        points = np.vstack([prototype_xy[count:], others])
        kept_map = KeptMap.of(
            ground.state, ids, ground.means, prototype_xy[:count], keys, points, len(near)
        )
        with needed(self._file.parent, "keeping the map"):
            keep(self._file, kept_map, self._db.seal)
        return self.read()

    def _ground(self) -> Ground:
        encoder = VectorRows(self._db).current(VectorKind.STEP)
        space = self._prototypes.space()
        sha256 = space.sha256 if space else encoder.sha256 if encoder else ""
        prototypes = sorted(
            self._read_prototypes(), key=lambda prototype: (-prototype.count, prototype.id)
        )
        heaviest: dict[Key, Member] = {}
        members = tuple(self._prototypes.members())
        for member in members:
            heaviest.setdefault((member.episode_id, member.number), member)
        links = sorted(heaviest.values(), key=_by_chance)
        return Ground(
            tuple(prototypes),
            tuple(links[: MAP_SHOWN.value]),
            len(links),
            (sha256, *CycleRows(self._db).head()),
            members,
        )

    def _vectors(self, base: Base, keys: Sequence[Key], job: Job) -> tuple[list[Key], Rows]:
        """The centred unit rows of memories that are still there, with their keys."""
        memories = Memories(self._db, self._log, base.encoder)
        origin = np.frombuffer(base.space.origin if base.space else b"", "<f4").astype(np.float64)
        read_keys: list[Key] = []
        rows = [np.zeros((0, base.encoder.dimension), np.float32)]
        for start in range(0, len(keys), _READ):
            job.step(start, len(keys), "reading memories", "memories")
            with self._db.reading():
                windows, vectors = memories.read(keys[start : start + _READ])
            read_keys += [(window.episode_id, window.number) for window in windows]
            rows.append(centred(vectors, origin).astype(np.float32))
        return read_keys, np.vstack(rows)


def _prototype_places(ground: Ground, kept: KeptMap | None) -> Rows:
    """Kept positions; those without one are put among the others that they are like."""
    means = ground.means
    if kept is None:
        return principal(means)
    index, was, kept_xy = kept.prototypes()
    positions = np.zeros((len(means), 2), np.float32)
    new = []
    for row, prototype in enumerate(ground.prototypes):
        if prototype.id in index:
            positions[row] = kept_xy[index[prototype.id]]
        else:
            new.append(row)
    if new:
        positions[new] = placed(means[new], was, kept_xy)
    return positions


def _memory_places(ground: Ground, kept: KeptMap | None, centres: Rows) -> tuple[Rows, int]:
    """Kept positions; others about their prototype. And how many of them were laid out."""
    rows = {prototype.id: row for row, prototype in enumerate(ground.prototypes)}
    owners = np.array([rows[link.prototype_id] for link in ground.links], np.int32)
    positions = strewn(centres, owners)
    if kept is None:
        return positions, 0
    index, points = kept.memories()
    for row, link in enumerate(ground.links):
        kept_row = index.get((link.episode_id, link.number))
        if kept_row is not None:
            positions[row] = points[kept_row]
    return positions, kept.fitted


def _start(
    ground: Ground, rows: Rows, keys: Sequence[Key], kept: KeptMap | None
) -> tuple[Rows, NDArray[np.bool_]]:
    """Where a fit begins, and which rows it must leave there."""
    held = np.zeros(len(rows), np.bool_)
    if kept is None:
        return principal(rows), held
    start = np.zeros((len(rows), 2), np.float32)
    known = np.zeros(len(rows), np.bool_)
    index, was, kept_xy = kept.prototypes()
    for row, prototype in enumerate(ground.prototypes):
        if (kept_row := index.get(prototype.id)) is not None:
            start[row], known[row] = kept_xy[kept_row], True
            held[row] = 1 - float(rows[row] @ was[kept_row]) <= MAP_UNCHANGED.value
    count = len(ground.prototypes)
    memories, points = kept.memories()
    for row, key in enumerate(keys, start=count):
        if (kept_row := memories.get(key)) is not None:
            start[row], known[row] = points[kept_row], True
    if not known.all():
        start[~known] = placed(rows[~known], rows[known], start[known])
    return start, held


def _by_chance(member: Member) -> bytes:
    """An order that has nothing to do with what memories are, and stays as more come."""
    return blake2b(f"{member.episode_id} {member.number}".encode(), digest_size=8).digest()


def _packed(values: Sequence[int], kind: str) -> bytes:
    return np.array(values, kind).tobytes()
