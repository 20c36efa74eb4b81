"""The memory on disk and everything that can be done with it: the engine's one facade."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from hpm_engine.adaptation.adaptation import Adaptation
from hpm_engine.audit.chain import verify
from hpm_engine.audit.export import check_format
from hpm_engine.config import RECALL_HITS
from hpm_engine.errors import CannotWrite
from hpm_engine.export.audit_export import export_audit
from hpm_engine.importing.imported_sources import ImportedSources
from hpm_engine.job import Job
from hpm_engine.store import figures
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.doctor import examine
from hpm_engine.store.marks import MarkRows
from hpm_engine.store.originals import OriginalBytes
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.saved_searches import SavedSearches
from hpm_engine.store.schema.reindexing import Reindexing
from hpm_engine.store.schema.upgrade import open_database
from hpm_engine.store.search.finding import Finder
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.settings import Settings
from hpm_engine.store.sources import Sources
from hpm_engine.store.texts import Texts
from hpm_engine.store.visible import VisibleRows
from hpm_engine.values.episodes import (
    Episode,
    EpisodeDetail,
    EpisodeList,
    EpisodeQuery,
    Facets,
    Step,
    StepOutline,
)
from hpm_engine.values.recall import (
    PastRecall,
    Prepared,
    Recall,
    RecallFilter,
    RecallOptions,
    RecallScope,
)
from hpm_engine.values.reports import (
    AuditFilter,
    AuditRow,
    Changed,
    Edit,
    EncodeReport,
    Exported,
    FileReport,
    GrowthPoint,
    Health,
    ImportReport,
    Stats,
    Verification,
)

if TYPE_CHECKING:
    from hpm_engine.compressor.tier import CompressedTier
    from hpm_engine.consolidator.tier import ConsolidatedTier
    from hpm_engine.encoder.protocol import StepEncoder
    from hpm_engine.recall.service import RecallService

_ALL, _EVERYWHERE, _AS_SHIPPED, _ANY = AuditFilter(), RecallScope(), RecallOptions(), RecallFilter()


class Memory(AbstractContextManager["Memory"]):
    """One open store. Calls block; one thread at a time, the one that opened it.

    Every method may raise ``HPMError``: its text is meant for the person. A write that raises
    has changed nothing.
    """

    def __init__(self, path: Path, *, read_only: bool, create: bool, actor: str) -> None:
        self.path, self.read_only = path, read_only
        opened = open_database(path, read_only=read_only, create=create, actor=actor)
        self._db, self.upgrade = opened
        self._log = AuditLog(self._db, actor)
        self.trouble = self._db.trouble
        self._episodes = EpisodeRows(self._db)
        texts = Texts(self._db)
        self._steps = StepRows(self._db, texts, SearchIndex(self._db))
        self.reindexing = Reindexing(self._db, self._log, self._steps)
        self._finder = Finder(self._db, texts)
        self._finder.near = lambda text, among: self._recalling.near(text, among)
        self._sources = Sources(self._db)
        self.sources = ImportedSources(self._db, self._log)
        self._originals = OriginalBytes(self._db, self._sources, self._episodes, self._steps)
        self._settings = Settings(self._db, self._log)
        self._marks = MarkRows(self._db, self._log)
        self.searches = SavedSearches(self._db, self._log)
        self.visibility = VisibleRows(self._db)
        self.adaptation = Adaptation(self._db, self._log)

    def stats(self) -> Stats:
        """The store in figures."""
        with self._db.reading():
            return figures.stats(self._db)

    def growth(self) -> tuple[GrowthPoint, ...]:
        """Episodes and steps by day."""
        with self._db.reading():
            return figures.growth(self._db)

    def facets(self) -> Facets:
        """The values that filters can offer."""
        with self._db.reading():
            return self._episodes.facets()

    def find(self, query: EpisodeQuery, job: Job | None = None) -> EpisodeList:
        """The ids that a query finds, in its order. Raises ``BadQuery``."""
        with self._db.reading():
            return self._finder.find(query, job)

    def episodes(self, ids: Sequence[int]) -> list[Episode]:
        """The rows of ``ids`` in that order; ids that are gone are left out."""
        with self._db.reading():
            return self._episodes.get(ids)

    def detail(self, episode_id: int | str) -> EpisodeDetail:
        """All about one episode (a text: its session's id or title). Raises ``NotFound``."""
        with self._db.reading():
            return self._episodes.detail(episode_id)

    def outline(self, episode_id: int) -> list[StepOutline]:
        """All steps of an episode in brief, in order."""
        with self._db.reading():
            return self._steps.outline(episode_id)

    def steps(self, episode_id: int, start: int = 0, stop: int | None = None) -> list[Step]:
        """The steps at positions ``start`` to ``stop`` (exclusive), with all their text."""
        with self._db.reading():
            return self._steps.steps(episode_id, start, stop)

    def hits(self, episode_id: int, text: str, job: Job | None = None) -> list[int]:
        """The positions of an episode's steps that match a search text. Raises ``BadQuery``."""
        with self._db.reading():
            return self._finder.hits(episode_id, text, job)

    def raw(self, episode_id: int) -> Iterator[bytes]:
        """The bytes of the file that an episode came from, as they were."""
        return self._originals.whole(episode_id)

    def raw_record(self, episode_id: int) -> bytes:
        """An episode's own record: all of its file, or its part of a file of many."""
        return self._originals.record(episode_id)

    def raw_step(self, episode_id: int, seq: int) -> bytes:
        """The record behind one step; empty for a step that has none of its own."""
        return self._originals.step(episode_id, seq)

    def audit(
        self, filter: AuditFilter = _ALL, offset: int = 0, limit: int = 200
    ) -> list[AuditRow]:
        """Rows of the audit log, oldest first."""
        with self._db.reading():
            return self._log.page(filter, offset, limit)

    def audit_count(self, filter: AuditFilter = _ALL) -> int:
        """How many rows of the audit log a filter finds."""
        with self._db.reading():
            return self._log.count(filter)

    def verify_audit(self, job: Job | None = None) -> Verification:
        """Recompute the chain of the whole log."""
        with self._db.reading():
            return verify(self._log.walk(), job)

    def health(self, *, check: bool = False, job: Job | None = None) -> Health:
        """Version, journal, sizes; with ``check`` the integrity of every page and link."""
        with self._db.reading():
            return examine(self._db, check=check, job=job or Job())

    def settings(self) -> dict[str, str]:
        """The settings that live in the store."""
        with self._db.reading():
            return self._settings.all()

    def import_paths(
        self,
        paths: Sequence[Path],
        *,
        base: Path | None = None,
        job: Job | None = None,
        acknowledge: Callable[[FileReport], None] | None = None,
    ) -> ImportReport:
        """Import files, folders and archives; what the store has already is left alone.

        Sources are remembered by their path, seen from ``base`` where that is given.
        ``acknowledge`` receives each file's ``FileReport`` once it is safe on disk; bad ones too.
        Raises ``Cancelled`` with the batches before it kept.
        """
        # Readers are no part of opening a window.
        from hpm_engine.importing.importer import Importer

        importer = Importer(self._db, self._log, base)
        return importer.run(paths, job or Job(), acknowledge or (lambda report: None))

    def recall(
        self,
        cue: str,
        k: int = RECALL_HITS.value,
        scope: RecallScope = _EVERYWHERE,
        without: Sequence[int] = (),
        options: RecallOptions = _AS_SHIPPED,
    ) -> Recall:
        """The ``k`` episodes that answer a cue best, with every reason, and a context block.

        ``without`` leaves episodes out, as if they were absent; such a recall is not recorded,
        nor is one of a read-only store. Raises ``BadQuery`` for an empty cue.
        """
        return self._recalling.recall(cue, k, scope, without, options)

    def recalls(
        self, offset: int = 0, limit: int = 200, of: RecallFilter = _ANY
    ) -> list[PastRecall]:
        """Recorded recalls, newest first: who asked what, what came back, what was injected."""
        return self._recalling.past(offset, limit, of)

    def recall_count(self, of: RecallFilter = _ANY) -> int:
        """How many recalls are recorded."""
        return self._recalling.count(of)

    def unprepared(self) -> int:
        """How many episodes, new or changed, recall cannot find yet."""
        return self._recalling.unprepared()

    def prepare_recall(self, job: Job | None = None, openings: bool = False) -> Prepared:
        """Index for recall what is missing, ``openings`` by MiniLM too; batches stay if stopped."""
        return self._recalling.prepare(job or Job(), openings)

    @cached_property
    def _recalling(self) -> RecallService:
        from hpm_engine.recall.service import RecallService  # numpy: 0.1 s

        return RecallService(self._db, self._log, self._episodes, self._steps)

    def encode(self, job: Job | None = None, encoder: StepEncoder | None = None) -> EncodeReport:
        """Give its vectors to what lacks them, by default by the shipped encoder; index them.

        Only what is missing is done. Raises ``Cancelled`` with the batches before it kept.
        """
        from hpm_engine.encoding.steps import encode_and_index  # numpy: 0.1 s

        return encode_and_index(self._db, self._log, self._steps, job or Job(), encoder)

    @cached_property
    def compression(self) -> CompressedTier:
        """Tier 2: ``compress``, ``preview``, ``read`` and ``restore`` of episodes."""
        from hpm_engine.compressor.tier import CompressedTier

        return CompressedTier(self._db, self._log, self._episodes, self._steps)

    @cached_property
    def consolidation(self) -> ConsolidatedTier:
        """Tier 3: prototypes, and the cycles that make them: ``run``, ``preview``, ``undo``."""
        from hpm_engine.consolidator.tier import ConsolidatedTier

        return ConsolidatedTier(self._db, self._log, self._steps)

    def set_pinned(self, ids: Sequence[int], pinned: bool) -> Edit:
        """Pin or unpin episodes; the edit undoes it."""
        with self._db.writing():
            return self._marks.set_pinned(ids, pinned)

    def add_tag(self, ids: Sequence[int], tag: str) -> Edit:
        """Give episodes a tag; the edit undoes it."""
        with self._db.writing():
            return self._marks.add_tag(ids, tag)

    def remove_tag(self, ids: Sequence[int], tag: str) -> Edit:
        """Take a tag from episodes; the edit undoes it."""
        with self._db.writing():
            return self._marks.remove_tag(ids, tag)

    def undo(self, edit: Edit) -> Edit:
        """Put back what an edit changed; the edit that this gives is the redo."""
        with self._db.writing():
            return self._marks.undo(edit)

    def set_setting(self, name: str, value: str) -> Changed:
        """Change a setting of the store."""
        with self._db.writing():
            return self._settings.set(name, value)

    def export_audit(
        self, destination: Path, format: str, filter: AuditFilter = _ALL, *, job: Job | None = None
    ) -> int:
        """Write the log as ``jsonl`` or ``csv``, and log that; how many rows. ``CannotWrite``."""
        check_format(format)
        self.spare(destination)
        return export_audit(self._db, self._log, destination, format, filter, job)

    def export_episode(
        self, episode_id: int, destination: Path | BinaryIO, *, job: Job | None = None
    ) -> Exported:
        """Write an episode as an ATIF trajectory, lossless both ways. The export is logged.

        Raises ``NotFound``, and ``CannotWrite`` with no file left behind.
        """
        from hpm_engine.export.episode_export import (
            EpisodeExporter,  # a window reads no trajectories
        )

        if isinstance(destination, Path):
            self.spare(destination)
        exporter = EpisodeExporter(self._db, self._log, self._episodes, self._steps)
        return exporter.export(episode_id, destination, job or Job())

    def interrupt(self) -> None:
        """Stop the call under way, which raises ``Cancelled`` soon; from any thread."""
        self._db.interrupt()

    def spare(self, destination: Path) -> None:
        """Raise ``CannotWrite`` if writing to a file would replace the store itself."""
        if destination.exists() and any(map(destination.samefile, self._db.files())):
            raise CannotWrite(f"{destination}: is the store itself. Choose another place.")

    def close(self) -> None:
        """Close the store."""
        self._db.close()

    def __exit__(self, *_: object) -> None:
        """Close the store."""
        self.close()


def open_memory(
    path: str | os.PathLike[str],
    *,
    read_only: bool = False,
    create: bool = False,
    actor: str = "person",
) -> Memory:
    """Open the store at ``path``; ``actor`` is who the audit log says made the changes.

    Raises ``NotAStore``, ``NewerStore``, ``DamagedStore``, ``ReadOnlyStore``, ``StoreMissing`` or
    ``StoreBusy``, all of them ``CannotOpen``, each with the remedy; the file stays as it is.
    """
    return Memory(Path(path), read_only=read_only, create=create, actor=actor)
