"""Ageing: what is old and out of use is compressed, what is used again or pinned comes back."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable

from msgspec import structs

from hpm_engine.compressor.ageing.due_moves import moves
from hpm_engine.compressor.ageing.eviction import Eviction
from hpm_engine.compressor.ageing.settings import ageing_settings, as_settings
from hpm_engine.job import Job
from hpm_engine.scheduling.consent import Consent, consent_of
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.search.recall_scope import ScopeRows
from hpm_engine.store.settings import Settings
from hpm_engine.system.log.work import work
from hpm_engine.values.ageing import AgeingOutlook, AgeingReport, AgeingSettings, EvictionReport
from hpm_engine.values.compression import Budget, CompressionReport, RestoreReport
from hpm_engine.values.episodes import Kept
from hpm_engine.values.recall import KeptMove
from hpm_engine.values.reports import Changed

_LOG = logging.getLogger(__name__)
Compress = Callable[[list[int], Budget, str, Job], CompressionReport]


class Ageing:
    """What ``Memory.compression.ageing`` is. Every method may raise ``HPMError``."""

    def __init__(
        self,
        database: Database,
        settings: Settings,
        episodes: EpisodeRows,
        eviction: Eviction,
        log: AuditLog,
        compress: Compress,
        restore: Callable[[list[int]], RestoreReport],
    ) -> None:
        self._db, self._settings, self._episodes = database, settings, episodes
        self._eviction, self._log = eviction, log
        self._compress, self._restore = compress, restore

    def settings(self) -> AgeingSettings:
        """How this store ages. Raises ``BadQuery`` where the settings make no sense."""
        with self._db.reading():
            return ageing_settings(self._settings.all())

    def set(self, wanted: AgeingSettings) -> Changed:
        """Let this store age so from now on; nothing is moved. Raises ``BadQuery``."""
        changed = Changed.NOTHING
        with self._db.writing():
            before = self._settings.all()
            written = as_settings(wanted, before)
            ageing_settings(before | written)
            for name, value in written.items():
                changed |= self._settings.set(name, value)
        return changed

    def due(self, settings: AgeingSettings | None = None) -> tuple[KeptMove, ...]:
        """What ``run`` would move now, most wanted first; nothing is moved."""
        with self._db.reading():
            wanted = settings or ageing_settings(self._settings.all())
            standings = ScopeRows(self._db).standings()
        return tuple(moves(standings, time.time_ns() // 1000, wanted.newest, by_use=wanted.by_use))

    def outlook(self, settings: AgeingSettings | None = None) -> AgeingOutlook:
        """What ``run`` would do now, under these settings or the store's own."""
        wanted = settings or self.settings()
        due_moves = self.due(wanted)
        down = [move.episode_id for move in due_moves if move.becomes is Kept.COMPRESSED]
        with self._db.reading():
            return AgeingOutlook(
                settings=wanted,
                compress=len(down),
                compress_size=sum(episode.text_size for episode in self._episodes.get(down)),
                restore=len(due_moves) - len(down),
                eviction=self._eviction.preview(wanted),
                by_itself=wanted.automatic and consent_of(self._settings.all()) is Consent.YES,
                unwiped=self._eviction.unwiped(),
            )

    def run(self, job: Job | None = None, actor: str = "") -> AgeingReport:
        """Make whole what is used or pinned, compress what is old, evict as the settings say.

        In slices: a transaction for a few episodes. Raises ``Cancelled`` with the slices before
        it kept; the next run goes on from there. ``actor`` is who asked for it, where that is not
        who opened the store: what others do in between is logged as theirs.
        """
        person, whole = self._log.actor, job or Job()

        def give_way() -> None:
            with self._log.acting(person):
                whole.give_way()

        inner = Job(lambda progress: whole.step(*structs.astuple(progress)), 0.0, give_way)
        with self._log.acting(actor), work(_LOG, "ageing") as counts:
            report = self._run(inner)
            counts.update(restored=report.restored, compressed=report.compressed.compressed)
        return report

    def _run(self, job: Job) -> AgeingReport:
        settings = self.settings()
        wanted = self.due(settings)
        back = self._restore([move.episode_id for move in wanted if move.becomes is Kept.WHOLE])
        down = [move.episode_id for move in wanted if move.becomes is Kept.COMPRESSED]
        compressed = self._compress_all(down, settings, job)
        evicted = self._eviction.run(settings, job)
        return AgeingReport(back.episodes, compressed, evicted, tuple(down))

    def evict(self, job: Job | None = None) -> EvictionReport:
        """Only let go of what the settings no longer keep; see ``outlook`` before."""
        return self._eviction.run(self.settings(), job or Job())

    def _compress_all(
        self, ids: list[int], settings: AgeingSettings, job: Job
    ) -> CompressionReport:
        """Each project by its own budget, those of one budget together."""
        by_budget: dict[Budget, list[int]] = {}
        for episode in self._episodes.get(ids):
            by_budget.setdefault(settings.budget_of(episode.project), []).append(episode.id)
        done = small = raw = stored = 0
        seconds = 0.0
        for budget, part in by_budget.items():
            report = self._compress(part, budget, settings.scorer, job)
            done += report.compressed
            small += report.too_small
            raw += report.raw_size
            stored += report.stored_size
            seconds += report.seconds
        return CompressionReport(done, small, raw, stored, seconds)
