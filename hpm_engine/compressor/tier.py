"""Tier 2 of one open store: compressing episodes, previewing it, reading back what was kept."""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator, Sequence

from hpm_engine.compressor.ageing.ageing import Ageing
from hpm_engine.compressor.ageing.eviction import Eviction
from hpm_engine.compressor.compression import ROW, Compression, compress
from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.needs import StoreHistory, words_of
from hpm_engine.compressor.evidence.scorer import Scorer
from hpm_engine.compressor.listing import CompressedListing
from hpm_engine.compressor.packing.container import unpack
from hpm_engine.compressor.previewing import Previews
from hpm_engine.compressor.reading_back import record_of, row_of
from hpm_engine.compressor.scorers.scorers import StoreScorers
from hpm_engine.errors import Evicted, NotFound
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.evictions import EvictionRows
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.compressed import CompressedRow, CompressedRows
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.episode_words import WordRows
from hpm_engine.store.settings import Settings
from hpm_engine.system.log.work import work
from hpm_engine.values.compression import (
    ActionCurve,
    Budget,
    CompressedBrief,
    CompressedEpisode,
    CompressedList,
    CompressedOrder,
    CompressionReport,
    KeptIdentifiers,
    KeptOrder,
    NotRebuilt,
    RebuiltSteps,
    RestoreReport,
)
from hpm_engine.values.episodes import Episode
from hpm_engine.words.plurals import counted

_LOG = logging.getLogger(__name__)
_BATCH = 16  # episodes in a transaction
_STANDARD = Budget()


class CompressedTier:
    """What ``Memory.compression`` is. Every method may raise ``HPMError``."""

    def __init__(
        self, database: Database, log: AuditLog, episodes: EpisodeRows, steps: StepRows
    ) -> None:
        self._db = database
        self._log = log
        self._episodes = episodes
        self._steps = steps
        self._rows = CompressedRows(database, log)
        self._words = WordRows(database)
        self._evictions = EvictionRows(database, log)
        self._gatherer = Gatherer()
        self._scorers = StoreScorers(database)
        self._previews = Previews(episodes, steps, self._rows, self._words, self._scorers)
        self._listing = CompressedListing(database, self._rows)
        self.ageing = Ageing(
            database,
            Settings(database, log),
            episodes,
            Eviction(database, log, episodes, steps),
            log,
            self.compress,
            self.restore,
        )

    def scorers(self) -> tuple[str, ...]:
        """The names of all scorers, the default first."""
        with self._db.reading():
            return self._scorers.names()

    def read(self, episode_id: int) -> CompressedEpisode:
        """What is kept of an episode, read back from disk. Raises ``NotFound`` if it is whole."""
        with self._db.reading():
            row = self._rows.get(episode_id)
            if row is None:
                raise NotFound(f"{self._db.path}: episode {episode_id} is not compressed.")
            with self._db.decoding("compressed memories"):
                return record_of(row, unpack(row.data))

    def preview(
        self, episode_id: int, budget: Budget = _STANDARD, scorer: str = ""
    ) -> CompressedEpisode:
        """What would be kept; writes nothing. Raises ``NotFound``, also where nothing fits."""
        with self._db.reading():
            return self._previews.preview(episode_id, budget, scorer)

    def order(self, episode_id: int, scorer: str = "") -> KeptOrder:
        """In which order standard budgets take an episode's lines. Raises ``NotFound``."""
        with self._db.reading():
            return self._previews.order(episode_id, scorer)

    def curve(self, episode_id: int, job: Job | None = None) -> ActionCurve:
        """The course of an episode's actions in one dimension. Raises ``NotFound``."""
        with self._db.reading():
            return self._previews.curve(episode_id, job or Job())

    def identifiers(self, kept: CompressedEpisode) -> KeptIdentifiers:
        """What became of each identifier of the episode that ``kept`` is of."""
        with self._db.reading():
            return self._previews.identifiers(kept)

    def rebuilt(self, kept: CompressedEpisode, job: Job | None = None) -> RebuiltSteps | NotRebuilt:
        """What the stored values rebuild of the episode, or why nothing. Raises ``Cancelled``.

        It takes T² time: about a second for 5,000 steps.
        """
        with self._db.reading(), self._db.decoding("compressed memories"):
            return self._previews.rebuilt(kept, job or Job())

    def listed(self, order: CompressedOrder = CompressedOrder.LEAST_KEPT) -> CompressedList:
        """All compressed episodes."""
        with self._db.reading():
            return self._listing.listed(order)

    def briefs(self, ids: Sequence[int]) -> list[CompressedBrief]:
        """Each compressed memory in brief; ids that are whole or gone are left out."""
        with self._db.reading():
            return self._listing.briefs(ids)

    def compress(
        self,
        ids: Sequence[int],
        budget: Budget = _STANDARD,
        scorer: str = "",
        job: Job | None = None,
    ) -> CompressionReport:
        """Compress episodes, replacing earlier memories of them; each stays recoverable.

        Those whose whole text was evicted are left as they are.

        Raises ``Cancelled`` with the batches before it kept, ``NotFound`` for a wrong scorer.
        """
        with work(_LOG, "compression") as counts:
            report = self._compressed(ids, budget, scorer, job or Job())
            counts.update(
                episodes=report.compressed,
                too_small=report.too_small,
                text=report.raw_size,
                kept=report.stored_size,
            )
        return report

    def _compressed(
        self, ids: Sequence[int], budget: Budget, scorer: str, job: Job
    ) -> CompressionReport:
        with self._db.reading():
            chosen = self._scorers.named(scorer)
            gone = self._evictions.evicted(ids)
        ids = [key for key in ids if key not in gone]
        started = time.monotonic()
        done = too_small = raw = stored = 0
        pending: list[tuple[CompressedRow, float]] = []
        for episode, digest, earlier in self._in_order(ids, job):
            job.step(done + too_small, len(ids), "compressing", "episodes")
            with self._db.reading():
                compression = self._made(episode, chosen, budget, earlier)
            if compression is None:
                too_small += 1
                continue
            share = len({span.seq for span in compression.kept.spans}) / max(1, episode.steps)
            pending.append((row_of(episode.id, digest, budget, compression), share))
            done += 1
            raw += compression.raw_size
            stored += len(compression.data) + ROW
            if len(pending) >= _BATCH:
                self._write(pending, chosen.name)
                job.give_way()
        self._write(pending, chosen.name)
        return CompressionReport(done, too_small, raw, stored, time.monotonic() - started)

    def restore(self, ids: Sequence[int]) -> RestoreReport:
        """Make episodes whole again.

        Raises ``Evicted`` where the whole text of all of them is gone; of some, these stay.
        """
        if not ids:
            return RestoreReport(0)
        with self._db.writing():
            gone = self._evictions.evicted(ids)
            if gone.issuperset(ids):
                raise Evicted(
                    f"{self._db.path}: the full text of {_named(ids)} cannot be restored: it was"
                    " deleted permanently. What compression kept stays as it is."
                )
            count = self._rows.remove([key for key in ids if key not in gone])
        _LOG.info("%d episodes made whole again", count)
        return RestoreReport(count)

    def _write(self, pending: list[tuple[CompressedRow, float]], scorer: str) -> None:
        if pending:
            with self._db.writing():
                for row, share in pending:
                    self._rows.put(row, share, scorer)
            pending.clear()

    def _made(
        self, episode: Episode, scorer: Scorer, budget: Budget, earlier: StoreHistory
    ) -> Compression | None:
        evidence = self._gatherer.evidence(self._steps.steps(episode.id, 0, None), earlier)
        return compress(evidence, scorer, budget)

    def _in_order(
        self, ids: Sequence[int], job: Job
    ) -> Iterator[tuple[Episode, bytes, StoreHistory]]:
        """The episodes by project and time, each with what earlier ones of its project tell."""
        with self._db.reading():
            episodes = {episode.id: episode for episode in self._episodes.get(ids)}
            digests = self._rows.digests(ids)
        projects = sorted({episode.project for episode in episodes.values()})
        self._read_words(projects, job)
        for project in projects:
            left = {key for key, episode in episodes.items() if episode.project == project}
            earlier = StoreHistory()
            with self._db.reading():
                words_by_episode = list(self._words.of_project(project))
            for key, words in words_by_episode:
                if key in left:
                    left.remove(key)
                    yield episodes[key], digests[key], earlier
                earlier.after(words)
            for key in sorted(left):
                yield episodes[key], digests[key], earlier

    def _read_words(self, projects: Sequence[str], job: Job) -> None:
        for start in range(0, len(projects), 100):
            part = projects[start : start + 100]
            while True:
                with self._db.writing():
                    missing = self._words.missing(part, _BATCH)
                    for episode_id, digest in missing:
                        job.step(0, None, "reading what tasks needed", "episodes")
                        folder = self._episodes.folder(episode_id)
                        words = words_of(self._steps.steps(episode_id, 0, None), folder)
                        self._words.put(episode_id, digest, words)
                if not missing:
                    break
                job.give_way()


def _named(ids: Sequence[int]) -> str:
    return f"episode {ids[0]}" if len(ids) == 1 else counted(len(ids), "episode")
