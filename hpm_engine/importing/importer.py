"""The import of files: known sessions are skipped, grown ones extended, new ones added."""

from __future__ import annotations

import gc
import logging
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from msgspec import structs

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.importing.companions import companions_changed
from hpm_engine.importing.large_source import SLICE_BYTES, LargeSources
from hpm_engine.importing.note_keeping import NoteKeeper
from hpm_engine.importing.patience import begin_patiently
from hpm_engine.importing.preparation import (
    WHOLE_BYTES,
    PreparedSource,
    damaged,
    prepare,
    read_on_the_way,
    unmasked,
    unreadable,
)
from hpm_engine.importing.read_ahead import ReadAhead
from hpm_engine.importing.renaming import renamed
from hpm_engine.importing.secret_masking import SourceMasking
from hpm_engine.importing.setting_aside import SettingAside
from hpm_engine.importing.source_growth import growth, prefix
from hpm_engine.importing.source_keeping import SourceKeeper
from hpm_engine.ingest.sources.labels import Labels
from hpm_engine.ingest.sources.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.ingest.sources.walk import walk
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.branches import Arrival
from hpm_engine.store.encoded_step import EncodedStep
from hpm_engine.store.episode_writer import EpisodeWriter, Written
from hpm_engine.store.erasure.left_sessions import LeftSessions
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.rows.unfinished import Overtaken, UnfinishedRows
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.sources import Sources, StoredSource
from hpm_engine.store.texts import Texts
from hpm_engine.system.log.work import work
from hpm_engine.values.drafts import EpisodeDraft
from hpm_engine.values.reports import Changed, FileReport, FileStatus, ImportReport, SourceState

_LOG = logging.getLogger(__name__)
# One transaction takes files until it is this large or old: small files share a sync to disk,
# and nobody waits long for the write lock.
BATCH_BYTES = 32 * 1024 * 1024  # of files
_BATCH_SECONDS = 1.0  # of one transaction, about
_PAUSE_SECONDS = 0.03  # between two batches: who waits for the store looks every 25 ms
Acknowledge = Callable[[FileReport], None]


class Importer:
    """One import run into one store."""

    def __init__(
        self,
        database: Database,
        audit: AuditLog,
        base: Path | None = None,
        limits: Limits = DEFAULT_LIMITS,
        batch_bytes: int = BATCH_BYTES,
        again: bool = False,
    ) -> None:
        self._db = database
        self._audit = audit
        self._base = "" if base is None else f"{base}{os.sep}"
        self._limits = limits
        self._batch_bytes = batch_bytes
        self._changed = Changed.NOTHING
        self._labels = Labels()
        self._masking = SourceMasking(database)
        self._sources = Sources(database)
        self._aside = SettingAside(database, audit, self._sources, self._base)
        self._notes = NoteKeeper(database, audit, self._base, self._masking)
        self._packer = ThreadPoolExecutor(1, "hpm-pack")
        self._reader = ThreadPoolExecutor(1, "hpm-read")
        self._ahead = ReadAhead(self._reader)
        texts = Texts(database, self._packer)
        self._steps = StepRows(database, texts, SearchIndex(database, self._ahead.beside))
        self._episodes = EpisodeWriter(database, self._steps)
        self._episodes.again = again
        self._keeper = SourceKeeper(audit, self._sources, self._episodes, self._base, self._masking)
        self._unfinished = UnfinishedRows(database, self._steps, SearchIndex(database))
        self._large = LargeSources(
            database,
            self._steps,
            self._episodes,
            self._sources,
            self._unfinished,
            self._label,
            self._ahead.beside,
            self._masking,
            min(SLICE_BYTES, batch_bytes),
        )

    def run(self, paths: Sequence[Path], job: Job, acknowledge: Acknowledge) -> ImportReport:
        """Import files, folders and archives; ``acknowledge`` hears of each when it is on disk.

        A bad file is reported and never stops the others. Cancelling undoes the current batch;
        earlier batches stay, and another run goes on from there.
        """
        with work(_LOG, "import") as counts:
            report = self._imported(paths, job, acknowledge)
            counts.update(
                files=len(report.files),
                failed=len(report.with_status(FileStatus.FAILED)),
                aside=len(report.with_status(FileStatus.ASIDE)),
                episodes=report.episodes_added,
                extended=report.episodes_extended,
                steps=report.steps_added,
                bytes=report.raw_size,
            )
        return report

    def _imported(self, paths: Sequence[Path], job: Job, acknowledge: Acknowledge) -> ImportReport:
        started = time.monotonic()
        reports: list[FileReport] = []
        known = self._sources.digests()
        whole = min(WHOLE_BYTES, self._batch_bytes)
        self._masking.begin()
        with self._packer, self._reader, _rare_collections():
            walked = walk(paths, self._limits, self._sources.told_rows())
            self._ahead.start(
                prepare(source, self._limits, known, self._packer, whole, self._masking.masked)
                for source in walked
            )
            self._run(job, acknowledge, reports)
            gone = self._mark_gone(paths, job, len(reports))
        changed = self._changed | self._keeper.changed | self._notes.changed
        summary = _summary(reports, time.monotonic() - started, changed, gone)
        return structs.replace(summary, otherwise=self._masking.otherwise)

    def _mark_gone(self, paths: Sequence[Path], job: Job, done: int) -> int:
        """Mark the notes whose files are no longer where an earlier import met them."""
        if not (missing := self._notes.missing(paths)):
            return 0
        with self._batch(job, done):
            return self._notes.mark_gone(missing)

    def _run(self, job: Job, acknowledge: Acknowledge, reports: list[FileReport]) -> None:
        self._unfinished.sweep(job)
        while (first := next(self._ahead, None)) is not None:
            if first.source is not None and first.unread:
                batch = [self._in_slices(first.source, job, len(reports))]
            else:
                batch = []
                with self._batch(job, len(reports)):
                    self._fill(first, batch, job, len(reports))
            for report in batch:
                acknowledge(report)
            reports += batch
            job.give_way()
            self._ahead.read_on(_PAUSE_SECONDS)

    @contextmanager
    def _batch(self, job: Job, done: int) -> Iterator[None]:
        """One transaction."""
        with ExitStack() as stack:
            begin_patiently(stack, self._db, self._ahead.beside, job, done)
            self._steps.begin()
            self._aside.begin()
            yield
            self._steps.flush()
            self._changed |= self._aside.log()

    def _fill(self, first: PreparedSource, batch: list[FileReport], job: Job, before: int) -> None:
        """Import files until the batch is full, or the next file comes in slices."""
        size, deadline = 0, time.monotonic() + _BATCH_SECONDS
        prepared: PreparedSource | None = first
        while prepared is not None:
            job.step(before + len(batch), note=prepared.name, unit="files")
            batch.append(self._import(prepared, job))
            size += batch[-1].size
            if size >= self._batch_bytes or time.monotonic() >= deadline:
                return
            prepared = self._ahead.next_small()

    def _in_slices(self, source: SourceFile, job: Job, before: int) -> FileReport:
        """Import a large file so that others can write meanwhile."""
        job.step(before, note=source.name, unit="files")
        with self._large.sliced(source, job, before) as (prepared, ready), self._batch(job, before):
            if ready:
                try:
                    with self._steps.alone():
                        written, chunks = self._large.show(prepared.source or source, job)
                        whole = replace(prepared, chunks=chunks)
                        masked = prepared.source or source
                        return self._keeper.keep(masked, whole, written, self._large.tail)
                except Overtaken:
                    prepared = PreparedSource(source.name, source, unread=True)
                except CannotImport as error:
                    prepared = damaged(unreadable(source, error), prepared.digest, prepared.format)
            return self._import(prepared, job)

    def _import(self, prepared: PreparedSource, job: Job) -> FileReport:
        source = prepared.source
        if source is None and prepared.aside:
            return self._aside.add(prepared.name, prepared.size, "", prepared.aside)
        if source is not None and prepared.unread:
            try:
                with self._steps.alone():
                    prepared = read_on_the_way(source, self._masking.masked)
                    return self._store(prepared.source or source, prepared, job)
            except (CannotImport, RecursionError) as error:
                known = prepared.digest, prepared.format
                prepared = damaged(unreadable(source, error), *known)
        if source is not None and prepared.failure and prepared.format:
            self._changed |= self._aside.keep_damaged(source, prepared)
        if source is not None and not prepared.failure:
            try:
                return self._store(source, prepared, job)
            except CannotImport as error:  # a file that is to be set aside cannot be read
                prepared = unreadable(source, error)
        size = 0 if source is None else source.size
        return FileReport(prepared.name, FileStatus.FAILED, size=size, reason=prepared.failure)

    def _store(self, source: SourceFile, prepared: PreparedSource, job: Job) -> FileReport:
        if prepared.notes is not None:
            try:
                return self._notes.keep(source, prepared)
            except NothingToImport as error:
                prepared = unreadable(source, error)
        known = self._sources.known(prepared.digest) if prepared.digest else None
        if known is None and prepared.read_digest:
            known = self._sources.known(prepared.read_digest)
        superseded = known is not None and known.state is SourceState.SUPERSEDED
        if known is not None and (
            known.state is SourceState.IMPORTED or (superseded and prepared.aside)
        ):
            if renamed(self._db, source, known) or companions_changed(
                self._db, self._sources, source, known, self._base
            ):
                return self._read_again(source, known, job)
            self._sources.keep_rows_digest(known.id, source.rows_digest)
            self._masking.compare(known.id)
            hidden = LeftSessions(self._db).trashed_in(known.id)
            return structs.replace(_unchanged(source, known), in_trash=hidden)
        if prepared.aside:
            digest = prepared.digest or source.sha256()
            gone = self._notes.leave(source)
            report = self._aside.add(
                source.name, source.size, digest, prepared.aside, source.modified_at
            )
            return structs.replace(report, notes_gone=gone)
        if not prepared.format:  # known at the start of this run, and changed since
            return self._import(PreparedSource(source.name, source, unread=True), job)
        written = self._write(source, prepared, job, met=superseded)
        return self._keeper.keep(source, prepared, written)

    def _read_again(self, source: SourceFile, known: StoredSource, job: Job) -> FileReport:
        """Take what files beside a known source say of its sessions now; its bytes stay."""
        try:
            with self._steps.alone():
                masking = self._masking.masked if known.read_sha256 else unmasked
                prepared = read_on_the_way(source, masking)
                source = prepared.source or source
                written = self._write(source, prepared, job)
                self._sources.tell(known.id, source.account.sums())
        except NothingToImport:  # a fuller telling is beside it now, and is read by itself
            return _unchanged(source, known)
        return self._keeper.report(source, prepared, written, kept=False)

    def _write(
        self, source: SourceFile, prepared: PreparedSource, job: Job, *, met: bool = False
    ) -> list[Written]:
        written: list[Written] = []
        arrival = Arrival(growth(source, self._sources), prefix(source, self._sources), met=met)
        for draft, steps in prepared.episodes:
            labelled = self._labelled(draft, steps, source)
            written.append(self._episodes.write(draft, labelled, job, arrival))
            arrival.done.add(written[-1].episode_id)
        return written

    def _labelled(
        self, draft: EpisodeDraft, steps: Iterable[EncodedStep], source: SourceFile
    ) -> Iterable[EncodedStep]:
        """The steps; after the last one the draft has its outcome."""
        if isinstance(steps, list):
            self._label(draft, source)
            return steps
        return self._then_label(draft, steps, source)

    def _then_label(
        self, draft: EpisodeDraft, steps: Iterable[EncodedStep], source: SourceFile
    ) -> Iterator[EncodedStep]:
        yield from steps
        self._label(draft, source)  # last: readers may learn the task's name from the steps

    def _label(self, draft: EpisodeDraft, source: SourceFile) -> None:
        """Set the outcome in a labels file."""
        label = self._labels.outcome(source, draft.task_key or draft.key)
        if label is not None:
            draft.outcome = label


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Make Python collect garbage seldom: an import makes millions of objects without cycles.

    Each full collection takes longer than a frame of the window.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _unchanged(source: SourceFile, known: StoredSource) -> FileReport:
    return FileReport(source.name, FileStatus.UNCHANGED, format=known.format, size=source.size)


def _summary(
    reports: list[FileReport], seconds: float, changed: Changed, gone: int
) -> ImportReport:
    return ImportReport(
        files=tuple(reports),
        episodes_added=sum(report.episodes_added for report in reports),
        episodes_extended=sum(report.episodes_extended for report in reports),
        steps_added=sum(report.steps_added for report in reports),
        branches=sum(len(report.branches) for report in reports),
        raw_size=sum(report.size for report in reports),
        seconds=seconds,
        changed=changed,
        notes_added=sum(report.notes_added for report in reports),
        notes_changed=sum(report.notes_changed for report in reports),
        notes_gone=gone + sum(report.notes_gone for report in reports),
        in_trash=sum(report.in_trash for report in reports),
        erased=sum(report.erased for report in reports),
        masked=sum(report.masked for report in reports),
    )
