"""The recall of one open store: its searches, its working memory, and the record of recalls."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

import msgspec

from hpm_engine.errors import BadQuery, CannotWrite, ReadOnlyStore, StoreBusy, StoreReplaced
from hpm_engine.job import Job
from hpm_engine.recall.meaning import Meaning
from hpm_engine.recall.near_notes import NearNotes
from hpm_engine.recall.openings import encode_openings
from hpm_engine.recall.preparing import prepare
from hpm_engine.recall.prototype_matcher import PrototypeMatcher
from hpm_engine.recall.recaller import Recaller
from hpm_engine.recall.working_memory import WorkingMemory
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.proposals.rows import ProposalRows
from hpm_engine.store.recall_log import RecallLog
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.schema.reindexing import Reindexing
from hpm_engine.system.log.work import work
from hpm_engine.values.proposals import NearText, Proposal
from hpm_engine.values.recall import (
    Prepared,
    Recall,
    RecallOptions,
    RecallScope,
    StageTime,
)
from hpm_engine.values.visibility import Reader

_NEAR_NOTES = 5
_LOG = logging.getLogger(__name__)


class RecallService:
    """What ``Memory.recall`` hands a cue over to."""

    def __init__(
        self, database: Database, log: AuditLog, episodes: EpisodeRows, steps: StepRows
    ) -> None:
        self._db = database
        self._log = log
        self._steps = steps
        self._recalls = RecallLog(database, log)
        self.working_memory = WorkingMemory()
        self._meaning = Meaning(database)
        self._recaller = Recaller(
            database,
            episodes,
            steps,
            self.working_memory,
            self._meaning,
            PrototypeMatcher(database),
        )

    def recall(
        self, cue: str, k: int, scope: RecallScope, without: Sequence[int], options: RecallOptions
    ) -> Recall:
        """Recall, and record it unless it is a question of what if.

        What cannot be recorded is given all the same, and its notes say so.
        """
        with self._db.reading():
            recall = self._recaller.recall(cue, k, scope, without, options)
        if without or not options.record:
            return recall
        if self._db.read_only:
            note = "Not recorded: the store is open for reading only."
            return msgspec.structs.replace(recall, notes=(*recall.notes, note))
        return self._record(recall, options.into, scope.reader)

    def brief(self, scope: RecallScope, options: RecallOptions) -> Recall:
        """The latest sessions of a scope, recorded as a recall of nothing if there are any."""
        with self._db.reading():
            recall = self._recaller.brief(scope, options)
        if self._db.read_only or not recall.context.text:
            return recall
        return self._record(recall, options.into, scope.reader)

    def _record(self, recall: Recall, into: str, reader: Reader | None) -> Recall:
        started = time.perf_counter()
        try:
            with self._db.writing():
                key = self._recalls.add(recall, into, reader.agent if reader else "")
        except StoreReplaced:
            raise  # what was recalled is of a file that is gone
        except StoreBusy:
            note = "Not recorded: another program kept writing to the store."
        except ReadOnlyStore:
            note = "Not recorded: the store's file or its folder does not allow writing."
        except CannotWrite:
            note = "Not recorded: the disk is full, or it fails."
        else:
            stage = StageTime("recording", 1000 * (time.perf_counter() - started))
            return msgspec.structs.replace(recall, id=key, stages=(*recall.stages, stage))
        _LOG.warning("a recall could not be recorded")
        return msgspec.structs.replace(recall, notes=(*recall.notes, note))

    def near(self, text: str, among: Sequence[int] | None) -> list[int]:
        """The steps near a text in meaning, by id: what ``near:`` finds.

        Raises ``BadQuery`` while the store's steps are not encoded.
        """
        query = self._meaning.encode(text)
        if not self._meaning.ready:
            raise BadQuery(
                "near: needs a store that is prepared for recall. Run hpm encode on it first.", 0
            )
        return sorted(self._meaning.near(query, among))

    def near_notes(self, proposal: Proposal, proposals: ProposalRows) -> tuple[NearText, ...]:
        """The notes and waiting proposals that are nearest to a proposal."""
        return NearNotes(self._db, self._meaning, proposals).of(proposal, _NEAR_NOTES)

    def prepare(self, job: Job, openings: bool) -> Prepared:
        """Index what is missing, for searches too, and encode first actions if asked to.

        Raises ``BadModel`` where the stronger encoder is not installed.
        """
        reindexed = Reindexing(self._db, self._log, self._steps).run(job).steps
        with work(_LOG, "indexing for recall") as counts:
            done = prepare(self._db, self._log, self._steps, job)
            counts["episodes"] = done.episodes
        done = msgspec.structs.replace(done, reindexed=reindexed)
        if not openings:
            return done
        report = encode_openings(self._db, self._log, self._steps, job)
        return msgspec.structs.replace(
            done, openings=report.episodes, opening_seconds=report.seconds
        )
