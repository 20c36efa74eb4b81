"""From files on disk to episodes in the store: known ones skipped, grown ones extended."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from hpm_engine.drafts import EpisodeDraft, StepDraft
from hpm_engine.errors import CannotImport, LimitExceeded, NothingToImport
from hpm_engine.ingest.detect import NotATrace, detect
from hpm_engine.ingest.labels import Labels
from hpm_engine.ingest.limits import DEFAULT_LIMITS, Limits
from hpm_engine.ingest.reader import Reader
from hpm_engine.ingest.source import SourceFile
from hpm_engine.ingest.walk import Unreadable, walk
from hpm_engine.job import Job
from hpm_engine.records import Outcome
from hpm_engine.reports import Changed, FileReport, FileStatus, ImportReport, SourceState
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.database import Database
from hpm_engine.store.episode_writer import EpisodeWriter, Written
from hpm_engine.store.search_index import SearchIndex
from hpm_engine.store.sources import NewSource, PackedChunk, Sources, StoredSource, pack_chunks
from hpm_engine.store.step_rows import StepRows
from hpm_engine.store.texts import Texts

# One transaction takes files until it is this large or old: small files share a sync to disk,
# and nobody waits long for the write lock.
BATCH_BYTES = 32 * 1024 * 1024
_BATCH_SECONDS = 1.0
# Up to this size a file is read to its end before anything of it is written, so that a bad one
# needs no savepoint: each of those costs the search index a segment (a third of the time).
_WHOLE_BYTES = 8 * 1024 * 1024
# Larger files that are no traces are noted with their digest, without their bytes.
_ASIDE_BYTES = 16 * 1024 * 1024
Acknowledge = Callable[[FileReport], None]
Packing = Callable[[], Iterable[PackedChunk]]


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
        self._steps = StepRows(database, Texts(database), SearchIndex(database))
        self._episodes = EpisodeWriter(database, self._steps)

    def run(self, paths: Sequence[Path], job: Job, acknowledge: Acknowledge) -> ImportReport:
        """Import files, folders and archives; ``acknowledge`` hears of each once it is on disk.

        A bad file is reported and never stops the others. Cancelling undoes the batch under way;
        batches before it stay, and running again goes on from there.
        """
        started = time.monotonic()
        reports: list[FileReport] = []
        with ThreadPoolExecutor(1, "hpm-pack") as self._packer:
            self._run(walk(paths, self._limits), job, acknowledge, reports)
        return _summary(reports, time.monotonic() - started, self._changed)

    def _run(
        self,
        sources: Iterator[SourceFile | Unreadable],
        job: Job,
        acknowledge: Acknowledge,
        reports: list[FileReport],
    ) -> None:
        done = False
        while not done:
            batch: list[FileReport] = []
            with self._db.writing():
                self._steps.begin()
                done = self._fill(batch, sources, job, len(reports))
                self._steps.flush()
            for report in batch:
                acknowledge(report)
            reports += batch

    def _fill(
        self,
        batch: list[FileReport],
        sources: Iterator[SourceFile | Unreadable],
        job: Job,
        before: int,
    ) -> bool:
        """Import files until the batch is full; whether there are no more."""
        size, deadline = 0, time.monotonic() + _BATCH_SECONDS
        for source in sources:
            job.step(before + len(batch), note=source.name, unit="files")
            batch.append(self._import(source, job))
            size += batch[-1].size
            if size >= self._batch_bytes or time.monotonic() >= deadline:
                return False
        return True

    def _import(self, source: SourceFile | Unreadable, job: Job) -> FileReport:
        if isinstance(source, Unreadable):
            return FileReport(source.name, FileStatus.FAILED, reason=source.reason)
        try:
            return self._attempt(source, job)
        except CannotImport as error:
            reason = str(error)
        except RecursionError:
            reason = "it is nested too deeply to be a trace."
        reason = reason if source.name in reason else f"{source.name}: {reason}"
        return FileReport(source.name, FileStatus.FAILED, size=source.size, reason=reason)

    def _attempt(self, source: SourceFile, job: Job) -> FileReport:
        """Import a source whole or not at all; raises ``CannotImport``."""
        try:
            if source.size <= _WHOLE_BYTES:
                source = source.held()  # somebody may be writing to the file
                return self._import_source(source, job)
            with self._steps.alone():
                return self._import_source(source, job)
        except NothingToImport as error:
            return self._aside(source, str(error))

    def _import_source(self, source: SourceFile, job: Job) -> FileReport:
        if source.size > self._limits.file_size:
            raise LimitExceeded(
                f"{source.name}: {source.size:,} bytes is more than the limit for one file "
                f"({self._limits.file_size:,})."
            )
        digest = source.sha256()
        known = self._sources.known(digest)
        if known is not None and known.state is not SourceState.ASIDE:
            return _unchanged(source, known)
        reader = detect(source)
        if isinstance(reader, NotATrace):
            return self._aside(source, reader.reason)
        return self._read(source, digest, reader, self._pack(source, digest), job)

    def _pack(self, source: SourceFile, digest: str) -> Packing:
        """The source's bytes, being compressed while this thread reads its steps."""
        if source.size <= _WHOLE_BYTES:
            return self._packer.submit(lambda: list(pack_chunks(source.blocks()))).result
        return lambda: pack_chunks(_from(source, 0, digest))

    def _read(
        self, source: SourceFile, digest: str, reader: Reader, packing: Packing, job: Job
    ) -> FileReport:
        drafts: Iterable[EpisodeDraft] = (
            self._labelled(draft, source) for draft in reader.read(source)
        )
        if source.size <= _WHOLE_BYTES:
            drafts = [_whole(draft) for draft in drafts]
        written = [self._episodes.write(draft, job) for draft in drafts]
        if not written:
            raise NothingToImport(f"{source.name}: holds no session.")
        kept = self._keep(source, digest, reader.format, written, packing)
        changed = [episode for episode in written if episode.changed]
        if kept or changed:
            self._changed |= Changed.EPISODES | Changed.AUDIT
        if kept and not changed:
            self._audit.append("keep", f"source:{digest}", after=digest)
        for episode in changed:
            self._audit.append(
                "import",
                f"episode:{episode.episode_id}",
                before=episode.before,
                after=episode.after,
                detail={"source": digest, "steps_added": episode.steps_added},
            )
        added = sum(episode.added for episode in changed)
        status = FileStatus.ADDED if added else FileStatus.EXTENDED
        return FileReport(
            source.name,
            status if changed else FileStatus.UNCHANGED,
            format=reader.format,
            episodes_added=added,
            episodes_extended=len(changed) - added,
            steps_added=sum(episode.steps_added for episode in changed),
            size=source.size,
        )

    def _labelled(self, draft: EpisodeDraft, source: SourceFile) -> EpisodeDraft:
        """The draft with its outcome from a labels file, or as the store has it already."""
        steps = draft.steps

        def all_steps() -> Iterator[StepDraft]:
            yield from steps
            # Only now: readers may learn the task's name on the way.
            label = self._labels.outcome(source, draft.task_key or draft.key)
            if label is not None:
                draft.outcome = label
            elif draft.outcome is Outcome.UNKNOWN:
                draft.outcome = self._episodes.known_outcome(draft) or Outcome.UNKNOWN

        draft.steps = all_steps()
        return draft

    def _keep(
        self,
        source: SourceFile,
        digest: str,
        format_: str,
        written: list[Written],
        packing: Packing,
    ) -> bool:
        """Store the source's bytes; where they go on from an older version's, only the tail.

        Whether there was anything to store: an older version is a part of the later one.
        """
        current = [episode for episode in written if not episode.older]
        ids = [episode.episode_id for episode in current]
        state = SourceState.IMPORTED if current else SourceState.SUPERSEDED
        new = NewSource(
            self._name(source), format_, digest, source.size, state, modified_at=source.modified_at
        )
        olds = {
            episode.old_source for episode in current or written if episode.old_source is not None
        }
        if not current:
            if any(self._begins(self._sources.get(old), source) for old in olds):
                return False
            self._sources.add(new, packing())
            return True
        grown = self._sources.get(min(olds)) if len(olds) == 1 else None
        if grown and self._episodes.within(grown.id) <= set(ids) and _goes_on(source, grown):
            self._sources.grow(grown, new, pack_chunks(_from(source, grown.size, digest)))
            self._episodes.attach(ids, grown.id)
            return True
        source_id = self._sources.add(new, packing())
        self._episodes.attach(ids, source_id)
        for old in olds:
            if not self._episodes.within(old):
                self._sources.supersede(old)
        return True

    def _name(self, source: SourceFile) -> str:
        return source.name.removeprefix(self._base)

    def _begins(self, stored: StoredSource, source: SourceFile) -> bool:
        """Whether what is stored begins with all of the source's bytes."""
        if stored.size < source.size:
            return False
        digest = sha256()
        for block in self._sources.raw(stored.id, 0, source.size):
            digest.update(block)
        return digest.hexdigest() == source.sha256()

    def _aside(self, source: SourceFile, reason: str) -> FileReport:
        digest = source.sha256()
        known = self._sources.known(digest)
        if known is not None:
            return _unchanged(source, known)
        new = NewSource(
            self._name(source),
            "",
            digest,
            source.size,
            SourceState.ASIDE,
            reason,
            source.modified_at,
        )
        self._sources.add(new, pack_chunks(source.blocks()) if source.size <= _ASIDE_BYTES else ())
        self._audit.append("set aside", f"source:{digest}", after=digest)
        self._changed |= Changed.AUDIT
        return FileReport(source.name, FileStatus.ASIDE, size=source.size, reason=reason)


def _whole(draft: EpisodeDraft) -> EpisodeDraft:
    """The draft with all its steps read: from here on the source can fail no more."""
    draft.steps = list(draft.steps)
    if len(draft.steps) > DEFAULT_LIMITS.steps_per_episode:
        raise LimitExceeded(f"an episode of {len(draft.steps):,} steps is beyond the limit")
    return draft


def _unchanged(source: SourceFile, known: StoredSource) -> FileReport:
    return FileReport(source.name, FileStatus.UNCHANGED, format=known.format, size=source.size)


def _goes_on(source: SourceFile, old: StoredSource) -> bool:
    """Whether the source's bytes begin with all of the old ones."""
    if source.size < old.size:
        return False
    digest, left = sha256(), old.size
    for block in source.blocks():
        digest.update(block[:left])
        left -= len(block)
        if left <= 0:
            break
    return digest.hexdigest() == old.sha256


def _from(source: SourceFile, start: int, digest: str) -> Iterator[bytes]:
    """The bytes from ``start`` on; raises ``CannotImport`` where they are no longer the same."""
    at, found = 0, sha256()
    for block in source.blocks():
        found.update(block)
        if at + len(block) > start:
            yield block[max(0, start - at) :]
        at += len(block)
    if found.hexdigest() != digest:
        raise CannotImport(
            f"{source.name}: was rewritten while it was being read. Import it again."
        )


def _summary(reports: list[FileReport], seconds: float, changed: Changed) -> ImportReport:
    return ImportReport(
        files=tuple(reports),
        episodes_added=sum(report.episodes_added for report in reports),
        episodes_extended=sum(report.episodes_extended for report in reports),
        steps_added=sum(report.steps_added for report in reports),
        raw_size=sum(report.size for report in reports),
        seconds=seconds,
        changed=changed,
    )
