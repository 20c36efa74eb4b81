"""What an import remembers of files that it cannot read: no bytes but those of damaged traces."""

from __future__ import annotations

from hashlib import sha256

from hpm_engine.errors import CannotImport
from hpm_engine.importing.preparation import Prepared, bytes_from
from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.aside import AsideFile, AsideRows, digest_lines
from hpm_engine.store.sources import NewSource, Sources, pack_chunks
from hpm_engine.values.reports import Changed, FileReport, FileStatus, SourceState

# Of a trace that is too damaged to be read, the bytes are kept up to this size.
_DAMAGED_BYTES = 64 * 1024 * 1024


class SettingAside:
    """The files that an import sets aside; all inside the importer's transactions."""

    def __init__(self, database: Database, audit: AuditLog, sources: Sources, base: str) -> None:
        self._db = database
        self._audit = audit
        self._sources = sources
        self._base = base
        self._rows = AsideRows(database)
        self._files: list[AsideFile] = []  # of the batch under way

    def begin(self) -> None:
        """A batch begins."""
        self._rows.begin()
        self._files.clear()

    def add(
        self, name: str, size: int, digest: str, reason: str, modified_at: int | None = None
    ) -> FileReport:
        """Remember what is no trace, without its bytes; no digest where it was not opened."""
        path = name.removeprefix(self._base)
        file = AsideFile(path, size, digest, reason.removeprefix(f"{name}: "), modified_at)
        if self._rows.knows(file):
            return FileReport(name, FileStatus.UNCHANGED, size=size, reason=reason)
        self._rows.add(file)
        self._files.append(file)
        return FileReport(name, FileStatus.ASIDE, size=size, reason=reason)

    def log(self) -> Changed:
        """One row for what a batch set aside: a folder may hold a hundred thousand such files."""
        if not self._files:
            return Changed.NOTHING
        digest = sha256(b"".join(digest_lines(self._files))).hexdigest()
        detail = {"files": len(self._files), "size": sum(file.size for file in self._files)}
        self._audit.append("set aside", "files", after=digest, detail=detail)
        return Changed.AUDIT

    def keep_damaged(self, source: SourceFile, prepared: Prepared) -> Changed:
        """Keep the bytes of a trace that cannot be read: a later version may, or a person."""
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
            # It is being rewritten: its failure is said, there is nothing whole to keep.
            return Changed.NOTHING
        self._audit.append("keep damaged", f"source:{digest}", after=digest)
        return Changed.AUDIT
