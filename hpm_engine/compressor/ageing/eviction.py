"""Eviction: what is whole beside its compressed memory goes for good, by the store's settings."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hpm_engine.compressor.ageing.abridged import abridged
from hpm_engine.compressor.ageing.due_moves import spared
from hpm_engine.compressor.compression import ROW
from hpm_engine.compressor.evidence.needs import words_of
from hpm_engine.compressor.packing.container import unpack
from hpm_engine.errors import NotFound
from hpm_engine.job import Job
from hpm_engine.recall.document import document
from hpm_engine.store.abridging import Abridger
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.evictions import ByteRange, Evictable, EvictionRows
from hpm_engine.store.figures import file_size
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.compressed import CompressedRows
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.episode_words import WordRows
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.search.recall_scope import ScopeRows
from hpm_engine.store.sources import Sources
from hpm_engine.system.log.work import work
from hpm_engine.values.ageing import (
    AgeingSettings,
    EvictionPreview,
    EvictionReport,
    Leaving,
    Originals,
)
from hpm_engine.values.episodes import Step

_LOG = logging.getLogger(__name__)
_DAY = 86_400 * 1_000_000  # microseconds
_BATCH = 32  # episodes in a transaction
_LARGEST = 50  # episodes that a preview names


class _Plan(msgspec.Struct, frozen=True):
    """What goes, in groups of which each goes as a whole, and why the rest stays."""

    groups: tuple[tuple[Evictable, ...], ...] = ()
    places: tuple[ByteRange, ...] = ()
    pinned: int = 0
    spared: int = 0
    held: int = 0
    waiting: int = 0


class Eviction:
    """Plans and carries out the eviction of one store."""

    def __init__(
        self, database: Database, log: AuditLog, episodes: EpisodeRows, steps: StepRows
    ) -> None:
        self._db, self._episodes, self._steps = database, episodes, steps
        self._rows = EvictionRows(database, log)
        self._compressed = CompressedRows(database, log)
        self._scope = ScopeRows(database)
        self._sources = Sources(database)
        self._words = WordRows(database)
        self._recall = RecallIndex(database)
        self._abridger = Abridger(database, steps)

    def preview(self, settings: AgeingSettings) -> EvictionPreview:
        """What would go; nothing does."""
        plan = self._plan(settings)
        going = [episode for group in plan.groups for episode in group]
        times = [episode.at for episode in going if episode.at is not None]
        largest = sorted(going, key=lambda episode: -episode.text_size)[:_LARGEST]
        return EvictionPreview(
            episodes=len(going),
            text_size=sum(episode.text_size for episode in going),
            kept_size=sum(episode.kept_size + ROW for episode in going),
            original_size=self._bytes_of(plan.places),
            oldest=min(times, default=None),
            newest=max(times, default=None),
            pinned=plan.pinned,
            spared=plan.spared,
            held=plan.held,
            waiting=plan.waiting,
            largest=tuple(
                Leaving(
                    episode.episode_id,
                    episode.name,
                    episode.at,
                    episode.text_size,
                    episode.kept_size + ROW,
                )
                for episode in largest
            ),
        )

    def unwiped(self) -> bool:
        """Whether an earlier eviction was broken off before freed pages were wiped."""
        return bool(self._rows.unwiped())

    def run(self, settings: AgeingSettings, job: Job) -> EvictionReport:
        """Evict what the settings say, a few episodes in a transaction, then wipe freed pages.

        Raises ``Cancelled`` and ``CannotWrite`` with the transactions before it kept.
        """
        with work(_LOG, "eviction") as counts:
            report = self._run(settings, job)
            counts.update(episodes=report.episodes, freed=report.freed, wiped=report.wiped)
        return report

    def _run(self, settings: AgeingSettings, job: Job) -> EvictionReport:
        before = file_size(self._db)
        episodes = text = original = 0
        with self._db.reading():
            groups = self._plan(settings).groups
            earlier = self._rows.earlier_sources()
        total = sum(map(len, groups))
        for batch in _batches(groups):
            job.step(episodes, total, "evicting", "episodes")
            with self._db.writing():
                self._abridger.begin()
                for group in self._still(batch):
                    sizes = [self._evict(episode, earlier, job) for episode in group]
                    episodes += len(group)
                    text += sum(gone for gone, _ in sizes)
                    original += sum(gone for _, gone in sizes)
            job.give_way()
        with self._db.reading():
            wipe = self.unwiped()
        wiped = self._rows.wipe(job) if wipe else True
        freed = max(0, before - file_size(self._db))
        return EvictionReport(episodes, text, original, freed, wiped)

    def _still(self, batch: Iterable[tuple[Evictable, ...]]) -> list[tuple[Evictable, ...]]:
        """Those groups that may still go: a pin or an import may have come between."""
        now = self._rows.compressed(episode.episode_id for group in batch for episode in group)
        due = {episode.episode_id: episode for episode in now if not episode.pinned}
        return list(_groups(*self._rows.places(due), due))

    def _plan(self, settings: AgeingSettings) -> _Plan:
        if settings.originals is Originals.KEPT:
            return _Plan()
        now = time.time_ns() // 1000
        until = now - settings.days * _DAY if settings.originals is Originals.DAYS else now
        every = self._rows.compressed()
        standings = self._scope.standings() if every else []
        stays = spared(standings, now, settings.newest, by_use=settings.by_use)
        free = [episode for episode in every if not episode.pinned]
        old = [episode for episode in free if episode.episode_id not in stays]
        due = {episode.episode_id: episode for episode in old if episode.made_at <= until}
        mine, others = self._rows.places(due)
        groups = list(_groups(mine, others, due))
        going = {episode.episode_id for group in groups for episode in group}
        return _Plan(
            groups=tuple(groups),
            places=tuple(byte_range for byte_range in mine if byte_range.episode_id in going),
            pinned=len(every) - len(free),
            spared=len(free) - len(old),
            held=len(due) - len(going),
            waiting=len(old) - len(due),
        )

    def _evict(self, episode: Evictable, earlier: dict[int, set[int]], job: Job) -> tuple[int, int]:
        """Let go of one episode's whole text and bytes; how many bytes of each."""
        job.step(0, None, "evicting", "episodes")
        key = episode.episode_id
        row = self._compressed.get(key)
        if row is None:
            raise NotFound(f"{self._db.path}: episode {key} is not compressed.")
        with self._db.decoding("compressed memories"):
            kept = unpack(row.data)
        drafts = abridged(self._steps.steps(key, 0, None), kept)
        after, text = self._abridger.abridge(key, drafts)
        left = self._steps.steps(key, 0, None)
        self._index(key, after, left)
        original = sum(self._sources.evict(source) for source in earlier.get(key, ()))
        original += self._evict_bytes(key)
        detail = {"text": text, "original": original, "kept": episode.kept_size + ROW}
        self._rows.note(key, time.time_ns() // 1000, after, detail)
        return text, original

    def _index(self, key: int, digest: bytes, left: Sequence[Step]) -> None:
        folder = self._episodes.folder(key)
        self._words.put(key, digest, words_of(left, folder))
        self._recall.remove(key, step_id(key, 0), step_id(key, MOST_STEPS - 1))
        self._recall.put(key, digest, document(key, folder, left))

    def _evict_bytes(self, key: int) -> int:
        """The bytes of an episode; all of its source once none of its episodes is whole."""
        mine, others = self._rows.places([key])
        gone = 0
        for byte_range in mine:
            alone = all(other.source_id != byte_range.source_id for other in others)
            stop = None if alone or not byte_range.size else byte_range.start + byte_range.size
            gone += self._sources.evict(
                byte_range.source_id, 0 if alone else byte_range.start, stop
            )
        return gone

    def _bytes_of(self, places: Iterable[ByteRange]) -> int:
        whole = {byte_range.source_id for byte_range in places if not byte_range.size}
        parts = {(byte_range.source_id, byte_range.start): byte_range.size for byte_range in places}
        of = self._rows.source_sizes(whole)
        return sum(of.values()) + sum(
            size for (source, _), size in parts.items() if source not in whole
        )


def _batches(groups: Iterable[tuple[Evictable, ...]]) -> Iterator[list[tuple[Evictable, ...]]]:
    """As many groups at a time as a transaction takes."""
    taken: list[tuple[Evictable, ...]] = []
    count = 0
    for group in groups:
        if taken and count + len(group) > _BATCH:
            yield taken
            taken, count = [], 0
        taken.append(group)
        count += len(group)
    if taken:
        yield taken


def _groups(
    mine: Sequence[ByteRange], others: Sequence[ByteRange], due: dict[int, Evictable]
) -> Iterable[tuple[Evictable, ...]]:
    """Episodes that share bytes go together, or not at all where one of them stays."""
    placed = {byte_range.episode_id for byte_range in mine}
    yield from ((episode,) for key, episode in due.items() if key not in placed)
    by_source: dict[int, list[ByteRange]] = {}
    for byte_range in (*mine, *others):
        by_source.setdefault(byte_range.source_id, []).append(byte_range)
    for places in by_source.values():
        for group in _sharing(places):
            if all(byte_range.episode_id in due for byte_range in group):
                yield tuple(due[byte_range.episode_id] for byte_range in group)


def _sharing(places: Sequence[ByteRange]) -> Iterable[list[ByteRange]]:
    """Ranges that overlap, directly or by others between them."""
    if any(not byte_range.size for byte_range in places):
        yield list(places)
        return
    group: list[ByteRange] = []
    end = 0
    for byte_range in sorted(places, key=lambda byte_range: byte_range.start):
        if group and byte_range.start >= end:
            yield group
            group = []
        group.append(byte_range)
        end = max(end, byte_range.start + byte_range.size)
    if group:
        yield group
