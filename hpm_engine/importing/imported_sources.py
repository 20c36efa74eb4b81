"""The files that a store took or set aside, with their accounts, and ways to forget them."""

from __future__ import annotations

from hashlib import sha256

from hpm_engine.errors import NotFound
from hpm_engine.job import Job
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.evictions import EvictionRows
from hpm_engine.store.file.database import Database
from hpm_engine.store.rows.aside import AsideRows
from hpm_engine.store.rows.sources import SourceRows
from hpm_engine.store.sources import Sources
from hpm_engine.values.reports import AsideReport, FileReport, SourceRow, SourceSums


class ImportedSources:
    """The sources of one store; every change is a transaction with its audit row."""

    def __init__(self, database: Database, audit: AuditLog) -> None:
        self._db = database
        self._audit = audit
        self._rows = SourceRows(database)
        self._aside = AsideRows(database)
        self._evictions = EvictionRows(database, audit)

    def all(self) -> tuple[SourceRow, ...]:
        """Every file with kept bytes, by path, with its episodes and its account."""
        with self._db.reading():
            return self._rows.all()

    def sums(self) -> SourceSums:
        """The numbers of files that were read whole, with damaged records, or set aside."""
        with self._db.reading():
            return self._rows.sums()

    def aside(self) -> tuple[FileReport, ...]:
        """The files that are no traces or could not be read, each with the reason."""
        with self._db.reading():
            both = (*self._aside.all(), *Sources(self._db).damaged())
        return tuple(sorted(both, key=lambda file: file.path))

    def forget_aside(self, path: str | None = None) -> AsideReport:
        """Forget a file that was set aside, all below a folder, or (``None``) all.

        Bytes of damaged traces go too; ``wipe`` frees their pages. Raises ``NotFound``.
        """
        with self._db.writing():
            count = self._aside.forget(path)
            kept = self._rows.forget_damaged(path)
            if not count + kept:
                where = f"{path}: " if path else ""
                raise NotFound(
                    f"{self._db.path}: {where}nothing of that was set aside. "
                    "`hpm sources --aside` lists what was."
                )
            if kept:
                self._evictions.note_files(kept)
            subject = f"files:{sha256(path.encode()).hexdigest()[:16]}" if path else "files"
            detail = {"files": count + kept, "with_bytes": kept}
            self._audit.append("forget aside", subject, detail=detail)
        return AsideReport(count + kept, kept)

    def unwiped(self) -> bool:
        """Whether deleted bytes are still in freed pages of the file."""
        with self._db.reading():
            return bool(self._evictions.unwiped())

    def wipe(self, job: Job | None = None) -> bool:
        """Write the file anew, so that nothing is left of deleted bytes.

        It takes as much free space as the store has bytes. ``False`` where a reader of another
        program held the old pages back. Raises ``Cancelled`` and ``CannotWrite``.
        """
        return self._evictions.wipe(job or Job())
