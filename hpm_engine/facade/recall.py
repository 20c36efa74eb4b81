"""Recall of a store: asking it, its record of what was asked, and preparing it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.config import RECALL_HITS
from hpm_engine.export.hashed_stream import HashedStream
from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.store.asker_use import asker_uses
from hpm_engine.store.handed import HandedRows
from hpm_engine.store.recall_log import RecallLog
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.store.settings import store_id
from hpm_engine.system.output_file import output_file
from hpm_engine.values.activity import AskerUse
from hpm_engine.values.recall import (
    ExportedRecalls,
    GivenFilter,
    GivenMemory,
    PastRecall,
    Prepared,
    Recall,
    RecallFilter,
    RecallOptions,
    RecallScope,
)

_EVERYWHERE = RecallScope()
_AS_SHIPPED = RecallOptions()
_ANY = RecallFilter()
_ALL_GIVEN = GivenFilter()
_PAGE = 500  # recalls that are read at once


class StoreRecall:
    """What ``Memory.recall`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._record = RecallLog(internals.database, internals.log)
        self._handed = HandedRows(internals.database)

    def ask(
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
        return self._internals.recall.recall(cue, k, scope, without, options)

    def brief(self, scope: RecallScope, options: RecallOptions) -> Recall:
        """The latest sessions of a scope in a few lines, for an agent that begins there.

        Nothing is asked: the cue of such a recall is empty. Of the options ``budget``, ``into``
        and ``steps_by``, which says how to ask for more, count.
        """
        return self._internals.recall.brief(scope, options)

    def past(self, offset: int = 0, limit: int = 200, of: RecallFilter = _ANY) -> list[PastRecall]:
        """Recorded recalls, newest first: who asked what, what came back, what was injected."""
        with self._db.reading():
            return self._record.page(offset, limit, of)

    def past_count(self, of: RecallFilter = _ANY) -> int:
        """How many recalls are recorded."""
        with self._db.reading():
            return self._record.count(of)

    def askers(self, now: int | None = None) -> tuple[AskerUse, ...]:
        """Who recalled, the latest first: the last recall of each, sums of 7 and of 30 days."""
        with self._db.reading():
            return asker_uses(self._db, time.time_ns() // 1000 if now is None else now)

    def given(
        self, of: GivenFilter = _ALL_GIVEN, offset: int = 0, limit: int = 200
    ) -> list[GivenMemory]:
        """Memories that sessions were given, the latest first, and whether each was used.

        What is not followed up yet is "not known yet": ``prepare`` brings it up to date.
        """
        with self._db.reading():
            return self._handed.given(of, offset, limit)

    def export_spans(self, destination: Path, *, texts: bool = False) -> ExportedRecalls:
        """Write all recorded recalls as spans of OpenTelemetry, in OTLP's JSON.

        What was asked and found stands in it only with ``texts``. Each export is a row of the log.
        Raises ``CannotWrite``, with no file left behind.
        """
        from hpm_engine.export.recall_spans import spans_document

        self._internals.spare(destination)
        with output_file(destination) as file, self._db.writing():
            counted = HashedStream(file.stream)
            count = self._record.count(_ANY)
            pages = (self._record.page(start, _PAGE, _ANY) for start in range(0, count, _PAGE))
            recalls = (recall for page in pages for recall in page)
            for piece in spans_document(recalls, store_id(self._db), texts=texts):
                counted.write(piece)
            detail = {"format": "otlp", "recalls": count, "texts": texts}
            digest = counted.digest.hexdigest()
            self._internals.log.append("export", "recalls", after=digest, detail=detail)
            file.put()
        return ExportedRecalls(count, digest)

    def unprepared(self) -> int:
        """How many episodes, new or changed, recall cannot find yet."""
        with self._db.reading():
            return RecallIndex(self._db).count_unprepared()

    def prepare(self, job: Job | None = None, openings: bool = False) -> Prepared:
        """Index for recall what is missing, ``openings`` by MiniLM too; batches stay if stopped.

        Then what was given to sessions is followed up that are new or have changed.
        """
        job = job or Job()
        prepared = self._internals.recall.prepare(job, openings)
        own = self._internals
        followed = 0
        if self._handed.any():  # spares most stores the modules
            from hpm_engine.usage.service import Usage

            followed = Usage(own.database, own.log, own.episodes, own.steps).follow_up(job)
        return msgspec.structs.replace(prepared, followed=followed)
