"""Index for recall what is not indexed yet: in batches, each safe on its own."""

from __future__ import annotations

import logging
import time

from hpm_engine.job import Job
from hpm_engine.recall.document import document
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import MOST_STEPS, StepRows, step_id
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from hpm_engine.values.recall import Prepared

_LOG = logging.getLogger(__name__)
_BATCH = 64  # episodes in a transaction
_PAGES = (
    4_000  # written by one transaction of a merge, in .4 s; of which .3 s whatever their number
)
_FEW_SEGMENTS = 8


def prepare(db: Database, log: AuditLog, steps: StepRows, job: Job) -> Prepared:
    """Index every episode that is new or has changed.

    Raises ``Cancelled``, with the batches before it kept.
    """
    index, episodes = RecallIndex(db), EpisodeRows(db)
    started = time.monotonic()
    with db.reading():
        total = index.count_unprepared()
        begin_anew = bool(total) and index.mostly_gone()
    if begin_anew:
        _LOG.info("the index of recall is made anew: most of its rows are deleted ones")
        with db.writing():
            index.clear()
            total = index.count_unprepared()
    done = last = 0
    while total:
        with db.writing():
            batch = index.unprepared(last, _BATCH)
            for episode_id, digest in batch:
                job.step(done, total, "indexing for recall", "episodes")
                folder, titles = episodes.folder(episode_id), episodes.titles(episode_id)
                text = document(episode_id, folder, steps.steps(episode_id, 0, None), titles)
                ids = step_id(episode_id, 0), step_id(episode_id, MOST_STEPS - 1)
                index.remove(episode_id, *ids)
                index.put(episode_id, digest, text)
                done += 1
            if not batch:
                break
            last = batch[-1][0]
            log.append("index", "recall", detail={"episodes": len(batch), "last": last})
        job.give_way()
    for field in RecallField:
        _merge(db, index, field, job)
    return Prepared(done, time.monotonic() - started)


def _merge(db: Database, index: RecallIndex, field: RecallField, job: Job) -> None:
    """Make one segment of many: a word is looked up in each, a million steps came in eleven.

    Not while one of them holds nearly all, lest a large index is written anew for each session.
    """
    with db.reading():
        pages = index.pages(field)
    if len(pages) < _FEW_SEGMENTS and sum(pages) - max(pages, default=0) < sum(pages) / 4:
        return
    first, more = True, len(pages) > 1
    while more:
        job.step(0, None, "tidying the index")
        with db.writing():
            more = index.merge(field, _PAGES, first=first)
        first = False
        job.give_way()
