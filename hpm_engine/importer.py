"""From files on disk to episodes in the store: known ones skipped, grown ones extended."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from hpm_engine.drafts import EpisodeDraft
from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.labels import Labels
from hpm_engine.ingest.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.walk import walk
from hpm_engine.job import Job
from hpm_engine.patience import begin_patiently
from hpm_engine.prepared import (
    Prepared,
    bytes_from,
    damaged,
    prepare,
    read_on_the_way,
    unreadable,
)
from hpm_engine.read_ahead import ReadAhead
from hpm_engine.reports import Changed, FileReport, FileStatus, ImportReport, SourceState
from hpm_engine.setting_aside import SettingAside
from hpm_engine.source_growth import begins, goes_on, growth, prefix
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.branches import Arrival
from hpm_engine.store.database import Database
from hpm_engine.store.encoded_step import EncodedStep
from hpm_engine.store.episode_writer import EpisodeWriter, Written
from hpm_engine.store.search_index import SearchIndex
from hpm_engine.store.sources import NewSource, Sources, StoredSource, pack_chunks
from hpm_engine.store.step_rows import StepRows
from hpm_engine.store.texts import Texts

# One transaction takes files until it is this large or old: small files share a sync to disk,
# and nobody waits long for the write lock.
BATCH_BYTES = 32 * 1024 * 1024
_BATCH_SECONDS = 1.0
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
    ) -> None:
        self._db = database
        self._audit = audit
        self._base = "" if base is None else f"{base}{os.sep}"
        self._limits = limits
        self._batch_bytes = batch_bytes
        self._changed = Changed.NOTHING
        self._labels = Labels()
        self._sources = Sources(database)
        self._aside = SettingAside(database, audit, self._sources, self._base)
        self._packer = ThreadPoolExecutor(1, "hpm-pack")
        self._reader = ThreadPoolExecutor(1, "hpm-read")
        self._ahead = ReadAhead(self._reader)
        texts = Texts(database, self._packer)
        self._steps = StepRows(database, texts, SearchIndex(database, self._ahead.beside))
        self._episodes = EpisodeWriter(database, self._steps)

    def run(self, paths: Sequence[Path], job: Job, acknowledge: Acknowledge) -> ImportReport:
        """Import files, folders and archives; ``acknowledge`` hears of each once it is on disk.

        A bad file is reported and never stops the others. Cancelling undoes the batch under way;
        batches before it stay, and running again goes on from there.
        """
        started = time.monotonic()
        reports: list[FileReport] = []
        known = self._sources.digests()

        with self._packer, self._reader, _rare_collections():
            found = walk(paths, self._limits)
            self._ahead.start(
                prepare(source, self._limits, known, self._packer) for source in found
            )
            self._run(job, acknowledge, reports)
        return _summary(reports, time.monotonic() - started, self._changed)

    def _run(self, job: Job, acknowledge: Acknowledge, reports: list[FileReport]) -> None:
        done = False
        while not done:
            batch: list[FileReport] = []
            with ExitStack() as stack:
                begin_patiently(stack, self._db, self._ahead.beside, job, len(reports))
                self._steps.begin()
                self._aside.begin()
                done = self._fill(batch, job, len(reports))
                self._steps.flush()
                self._changed |= self._aside.log()
            for report in batch:
                acknowledge(report)
            reports += batch
            job.give_way()

    def _fill(self, batch: list[FileReport], job: Job, before: int) -> bool:
        """Import files until the batch is full; whether there are no more."""
        size, deadline = 0, time.monotonic() + _BATCH_SECONDS
        for source in self._ahead:
            job.step(before + len(batch), note=source.name, unit="files")
            batch.append(self._import(source, job))
            size += batch[-1].size
            if size >= self._batch_bytes or time.monotonic() >= deadline:
                return False
        return True

    def _import(self, prepared: Prepared, job: Job) -> FileReport:
        source = prepared.source
        if source is None and prepared.aside:
            return self._aside.add(prepared.name, prepared.size, "", prepared.aside)
        if source is not None and prepared.unread:
            try:
                with self._steps.alone():
                    prepared = read_on_the_way(source)
                    return self._store(source, prepared, job)
            except (CannotImport, RecursionError) as error:
                known = prepared.digest, prepared.format
                prepared = damaged(unreadable(source, error), *known)
        if source is not None and prepared.failure and prepared.format:
            self._changed |= self._aside.keep_damaged(source, prepared)
        if source is not None and not prepared.failure:
            try:
                return self._store(source, prepared, job)
            except CannotImport as error:  # only of a file to be set aside, before it was
                prepared = unreadable(source, error)
        size = 0 if source is None else source.size
        return FileReport(prepared.name, FileStatus.FAILED, size=size, reason=prepared.failure)

    def _store(self, source: SourceFile, prepared: Prepared, job: Job) -> FileReport:
        known = self._sources.known(prepared.digest) if prepared.digest else None
        superseded = known is not None and known.state is SourceState.SUPERSEDED
        if known is not None and (
            known.state is SourceState.IMPORTED or (superseded and prepared.aside)
        ):
            return _unchanged(source, known)
        if prepared.aside:
            digest = prepared.digest or source.sha256()
            return self._aside.add(
                source.name, source.size, digest, prepared.aside, source.modified_at
            )
        if not prepared.format:  # known when this run began; has grown into another since
            return self._import(Prepared(source.name, source, unread=True), job)
        written: list[Written] = []
        arrival = Arrival(
            growth(source, self._sources), prefix(source, self._sources), met=superseded
        )
        for draft, steps in prepared.episodes:
            labelled = self._labelled(draft, steps, source)
            written.append(self._episodes.write(draft, labelled, job, arrival))
            arrival.done.add(written[-1].episode_id)
        if not written:
            raise NothingToImport(f"{source.name}: holds no session.")
        kept = self._keep(source, prepared, written)
        changed = [episode for episode in written if episode.changed]
        self._log(prepared.digest, kept, changed, [one.episode_id for one in written])
        added = sum(episode.added for episode in changed)
        status = FileStatus.ADDED if added else FileStatus.EXTENDED
        return FileReport(
            source.name,
            status if changed else FileStatus.UNCHANGED,
            format=prepared.format,
            episodes_added=added,
            episodes_extended=len(changed) - added,
            steps_added=sum(episode.steps_added for episode in changed),
            size=source.size,
            branches=tuple(one.branch_of for one in written if one.branch_of),
            account=source.account.sums(),
        )

    def _log(self, digest: str, kept: bool, changed: list[Written], ids: list[int]) -> None:
        if kept or changed:
            self._changed |= Changed.EPISODES | Changed.AUDIT
        if kept and not changed:
            self._audit.append("keep", f"source:{digest}", after=digest, detail={"episodes": ids})
        for episode in changed:
            self._audit.append(
                "import",
                f"episode:{episode.episode_id}",
                before=episode.before,
                after=episode.after,
                detail={"source": digest, "steps_added": episode.steps_added}
                | ({"branch_of": episode.branch_of} if episode.branch_of else {}),
            )

    def _labelled(
        self, draft: EpisodeDraft, steps: Iterable[EncodedStep], source: SourceFile
    ) -> Iterable[EncodedStep]:
        """The steps; behind the last of them the draft has its outcome."""
        if isinstance(steps, list):
            self._label(draft, source)
            return steps
        return self._then_label(draft, steps, source)

    def _then_label(
        self, draft: EpisodeDraft, steps: Iterable[EncodedStep], source: SourceFile
    ) -> Iterator[EncodedStep]:
        yield from steps
        self._label(draft, source)  # only now: readers may learn the task's name on the way

    def _label(self, draft: EpisodeDraft, source: SourceFile) -> None:
        """Give the outcome that a labels file says."""
        label = self._labels.outcome(source, draft.task_key or draft.key)
        if label is not None:
            draft.outcome = label

    def _keep(self, source: SourceFile, prepared: Prepared, written: list[Written]) -> bool:
        """Store the source's bytes; where they go on from an older version's, only the tail.

        Whether there was anything to store: an older version is a part of the later one.
        """
        current = [episode for episode in written if not episode.older]
        ids = [episode.episode_id for episode in current]
        state = SourceState.IMPORTED if current else SourceState.SUPERSEDED
        new = NewSource(
            self._name(source),
            prepared.format,
            prepared.digest,
            source.size,
            state,
            modified_at=source.modified_at,
        )
        olds = {
            episode.old_source for episode in current or written if episode.old_source is not None
        }
        known = self._sources.known(prepared.digest)
        if known is not None and known.state is SourceState.SUPERSEDED:
            # An earlier version left it out of view, or it is an earlier state of what is there.
            if not current:
                return False
            self._sources.revive(known, prepared.chunks)
            self._attach(ids, known.id, olds)
            return True
        if not current:
            if any(begins(self._sources, self._sources.get(old), source) for old in olds):
                return False
            self._sources.tell(self._sources.add(new, prepared.chunks), source.account.sums())
            return True
        grown = self._sources.get(min(olds)) if len(olds) == 1 else None
        if (
            grown
            and self._episodes.within(grown.id) <= set(ids)
            and self._sources.is_whole(grown.id)
            and goes_on(source, grown)
        ):
            self._sources.grow(
                grown, new, pack_chunks(bytes_from(source, grown.size, prepared.digest))
            )
            self._episodes.attach(ids, grown.id)
            self._sources.tell(grown.id, source.account.sums())
            return True
        source_id = self._sources.add(new, prepared.chunks)
        self._sources.tell(source_id, source.account.sums())
        self._attach(ids, source_id, olds)
        return True

    def _attach(self, ids: list[int], source_id: int, olds: set[int]) -> None:
        self._episodes.attach(ids, source_id)
        for old in olds - {source_id}:
            if not self._episodes.within(old):
                self._sources.supersede(old)

    def _name(self, source: SourceFile) -> str:
        return source.name.removeprefix(self._base)


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Let Python look for garbage cycles seldom: an import makes millions of objects and no cycle.

    Each full look takes longer than a frame of the window.
    """
    before = gc.get_threshold()
    gc.set_threshold(100_000, 50, 100)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _unchanged(source: SourceFile, known: StoredSource) -> FileReport:
    return FileReport(source.name, FileStatus.UNCHANGED, format=known.format, size=source.size)


def _summary(reports: list[FileReport], seconds: float, changed: Changed) -> ImportReport:
    return ImportReport(
        files=tuple(reports),
        episodes_added=sum(report.episodes_added for report in reports),
        episodes_extended=sum(report.episodes_extended for report in reports),
        steps_added=sum(report.steps_added for report in reports),
        branches=sum(len(report.branches) for report in reports),
        raw_size=sum(report.size for report in reports),
        seconds=seconds,
        changed=changed,
    )
