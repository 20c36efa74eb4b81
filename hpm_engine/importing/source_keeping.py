"""The bytes of an imported source, stored with rows of the audit log."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from hpm_engine.importing.preparation import PreparedSource, bytes_from
from hpm_engine.importing.secret_masking import SourceMasking
from hpm_engine.importing.source_growth import begins, goes_on
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.episode_writer import EpisodeWriter, Written
from hpm_engine.store.erasure.holes import holed
from hpm_engine.store.sources import NewSource, PackedChunk, Sources, StoredSource, pack_chunks
from hpm_engine.values.reports import Changed, FileReport, FileStatus, SourceState


@dataclass(frozen=True, slots=True)
class Tail:
    """The bytes of a source behind those of a stored one that it continues, packed beforehand."""

    stored: StoredSource
    chunks: Iterable[PackedChunk]


class SourceKeeper:
    """The keeper of sources, inside the importer's transactions; ``changed`` says what changed.

    ``base`` is a prefix that the stored paths lack.
    """

    def __init__(
        self,
        audit: AuditLog,
        sources: Sources,
        episodes: EpisodeWriter,
        base: str,
        masking: SourceMasking,
    ) -> None:
        self._audit, self._sources, self._episodes = audit, sources, episodes
        self._masking = masking
        self._base = base
        self.changed = Changed.NOTHING

    def keep(
        self,
        source: SourceFile,
        prepared: PreparedSource,
        written: list[Written],
        tail: Tail | None = None,
    ) -> FileReport:
        """Store the bytes of the ``written`` episodes; returns the report of the file."""
        if not written:
            raise source.account.nothing(source.name, "it holds no session.")
        kept = self._keep(source, prepared, written, tail)
        if kept:
            self._masking.note(source)
        return self.report(source, prepared, written, kept=kept)

    def report(
        self, source: SourceFile, prepared: PreparedSource, written: list[Written], *, kept: bool
    ) -> FileReport:
        """Log what changed, and that bytes were ``kept``; returns the report of the file."""
        changed = [episode for episode in written if episode.changed]
        ids = [episode.episode_id for episode in written if episode.left is None]
        self._log(prepared.digest, kept, changed, ids)
        left = [episode.left for episode in written if episode.left is not None]
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
            branches=tuple(episode.branch_of for episode in written if episode.branch_of),
            account=source.account.sums(),
            in_trash=sum(not session.erased for session in left),
            erased=sum(session.erased for session in left),
            masked=self._masking.count(source) or 0,
        )

    def _log(self, digest: str, kept: bool, changed: list[Written], ids: list[int]) -> None:
        if kept or changed:
            self.changed |= Changed.EPISODES | Changed.AUDIT
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

    def _keep(
        self,
        source: SourceFile,
        prepared: PreparedSource,
        written: list[Written],
        tail: Tail | None,
    ) -> bool:
        """Store the source's bytes; only the tail where they continue an older version's.

        Returns whether there was anything to store: an older version is a part of a later one.
        """
        if all(episode.left is not None for episode in written):
            return False  # of what a person deleted or erased nothing more is stored
        written = [episode for episode in written if episode.left is None]
        holes = self._episodes.holes.take(source.blocks())
        if holes:  # what was erased does not come back with the bytes
            prepared = replace(prepared, chunks=holed(prepared.chunks, holes))
        current = [episode for episode in written if not episode.older]
        ids = [episode.episode_id for episode in current]
        state = SourceState.IMPORTED if current else SourceState.SUPERSEDED
        new = NewSource(
            source.name.removeprefix(self._base),
            prepared.format,
            prepared.digest,
            source.size,
            state,
            modified_at=source.modified_at,
            rows_digest=source.rows_digest,
            read_sha256=prepared.read_digest if source.as_read is not None else "",
            read_size=None if source.as_read is None else source.as_read.size,
            masked=self._masking.count(source),
        )
        olds = {
            episode.old_source for episode in current or written if episode.old_source is not None
        }
        known = self._sources.known(prepared.digest)
        if known is not None and known.state is SourceState.SUPERSEDED:
            # An earlier import left it invisible, or it is an earlier state of a stored source.
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
        ready = tail if tail is not None and tail.stored == grown else None
        if (
            grown
            and not holes
            and self._episodes.within(grown.id) <= set(ids)
            and self._sources.is_whole(grown.id)
            and (ready or goes_on(source, grown))
        ):
            chunks = (
                ready.chunks
                if ready
                else pack_chunks(bytes_from(source, grown.size, prepared.digest))
            )
            self._sources.grow(grown, new, chunks)
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
            if not self._episodes.is_needed(old):
                self._sources.supersede(old)
