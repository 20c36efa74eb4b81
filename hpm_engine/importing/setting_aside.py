"""The files that an import cannot read: only of damaged traces the bytes are kept."""

from __future__ import annotations

from hashlib import sha256

from hpm_engine.errors import CannotImport
from hpm_engine.importing.preparation import PreparedSource, bytes_from
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.aside import AsideFile, AsideRows, digest_lines
from hpm_engine.store.sources import NewSource, Sources, pack_chunks
from hpm_engine.values.reports import Changed, FileReport, FileStatus, SourceState

_DAMAGED_BYTES = 64 * 1024 * 1024  # of a damaged trace whose bytes are kept, at most


class SettingAside:
    """The files that an import sets aside; all inside the importer's transactions."""

    def __init__(self, database: Database, audit: AuditLog, sources: Sources, base: str) -> None:
        self._db = database
        self._audit = audit
        self._sources = sources
        self._base = base
        self._rows = AsideRows(database)
        self._files: list[AsideFile] = []  # of the current batch

    def begin(self) -> None:
        """Begin a batch."""
        self._rows.begin()
        self._files.clear()

    def add(
        self, name: str, size: int, digest: str, reason: str, modified_at: int | None = None
    ) -> FileReport:
        """Remember a file that is no trace, without its bytes; no digest if it was not opened."""
        path = name.removeprefix(self._base)
        file = AsideFile(path, size, digest, reason.removeprefix(f"{name}: "), modified_at)
        if self._rows.knows(file):
            return FileReport(name, FileStatus.UNCHANGED, size=size, reason=reason)
        self._rows.add(file)
        self._files.append(file)
        return FileReport(name, FileStatus.ASIDE, size=size, reason=reason)

    def log(self) -> Changed:
        """Write one row for all files of the batch: a folder may have a hundred thousand."""
        if not self._files:
            return Changed.NOTHING
        digest = sha256(b"".join(digest_lines(self._files))).hexdigest()
        detail = {"files": len(self._files), "size": sum(file.size for file in self._files)}
        self._audit.append("set aside", "files", after=digest, detail=detail)
        return Changed.AUDIT

    def keep_damaged(self, source: SourceFile, prepared: PreparedSource) -> Changed:
        """Keep the bytes of a damaged trace, which a later version or a person may read."""
        digest = prepared.digest
        if source.size > _DAMAGED_BYTES or self._sources.known(digest) is not None:
            return Changed.NOTHING
        new = NewSource(
            source.name.removeprefix(self._base),
            prepared.format,
            digest,
            source.size,
            SourceState.ASIDE,
            prepared.failure.removeprefix(f"{source.name}: "),
            source.modified_at,
        )
        try:
            with self._db.savepoint():
                self._sources.add(new, pack_chunks(bytes_from(source, 0, digest)))
        except CannotImport:
            # The file is being rewritten: its failure is reported, nothing whole can be kept.
            return Changed.NOTHING
        self._audit.append("keep damaged", f"source:{digest}", after=digest)
        return Changed.AUDIT
