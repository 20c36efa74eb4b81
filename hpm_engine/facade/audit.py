"""The log of every change of a store: reading, verifying and exporting it."""

from __future__ import annotations

from pathlib import Path

from hpm_engine.audit.chain import verify
from hpm_engine.audit.export import check_format
from hpm_engine.export.audit_export import export_audit
from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.values.reports import AuditFilter, AuditRow, ExportedLog, Verification

_ALL = AuditFilter()


class Audit:
    """What ``Memory.audit`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._log = internals.log

    def page(self, filter: AuditFilter = _ALL, offset: int = 0, limit: int = 200) -> list[AuditRow]:
        """Rows of the log, oldest first."""
        with self._db.reading():
            return self._log.page(filter, offset, limit)

    def count(self, filter: AuditFilter = _ALL) -> int:
        """How many rows of the log a filter finds."""
        with self._db.reading():
            return self._log.count(filter)

    def verify(self, job: Job | None = None) -> Verification:
        """Recompute the chain of the whole log."""
        with self._db.reading():
            return verify(self._log.walk(), job)

    def export(
        self, destination: Path, format: str, filter: AuditFilter = _ALL, *, job: Job | None = None
    ) -> ExportedLog:
        """Write the log as ``jsonl`` or ``csv``, and log that. Raises ``CannotWrite``."""
        check_format(format)
        self._internals.spare(destination)
        return export_audit(self._db, self._log, destination, format, filter, job)
