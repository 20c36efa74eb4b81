"""The log of every change of a store: reading, verifying and exporting it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hpm_engine.audit.export import FILE_FORMATS, check_format
from hpm_engine.facade.internals import Internals
from hpm_engine.job import Job
from hpm_engine.values.audit_acts import (
    ActSpan,
    AuditAct,
    AuditChoices,
    ExportedLog,
    Verification,
)
from hpm_engine.values.reports import AuditFilter, AuditRow

if TYPE_CHECKING:
    from hpm_engine.store.audit_acts import AuditActs

_ALL = AuditFilter()


class Audit:
    """What ``Memory.audit`` is. Every method may raise ``HPMError``."""

    def __init__(self, internals: Internals) -> None:
        self._internals = internals
        self._db = internals.database
        self._log = internals.log

    @cached_property
    def _acts(self) -> AuditActs:
        from hpm_engine.store.audit_acts import AuditActs  # no part of opening a window

        return AuditActs(self._db, self._log)

    def page(self, filter: AuditFilter = _ALL, offset: int = 0, limit: int = 200) -> list[AuditRow]:
        """Rows of the log, oldest first."""
        with self._db.reading():
            return self._log.page(filter, offset, limit)

    def count(self, filter: AuditFilter = _ALL) -> int:
        """How many rows of the log a filter finds."""
        with self._db.reading():
            return self._log.count(filter)

    def numbered(self, seq: int) -> AuditRow | None:
        """The row of that number, as it was hashed."""
        with self._db.reading():
            return next(iter(self._log.numbered([seq])), None)

    def acts(self, filter: AuditFilter = _ALL, job: Job | None = None) -> tuple[ActSpan, ...]:
        """Which rows that a filter finds were one act, oldest first; looks at all of them."""
        with self._db.reading():
            return self._acts.spans(filter, job or Job())

    def rows_of(self, filter: AuditFilter, span: ActSpan) -> tuple[ActSpan, ...]:
        """Each row of an act by itself."""
        with self._db.reading():
            return self._acts.rows_of(filter, span)

    def in_words(self, filter: AuditFilter, spans: Sequence[ActSpan]) -> list[AuditAct]:
        """Acts in sentences, with links to what they are about."""
        with self._db.reading():
            return self._acts.in_words(filter, spans)

    def choices(self) -> AuditChoices:
        """Who acts in the log and what they do."""
        with self._db.reading():
            return self._acts.choices()

    def verify(self, job: Job | None = None) -> Verification:
        """Recompute the whole log from what is stored: its rows, their tree, what lies beside."""
        from hpm_engine.store.trail.checking import verify_log

        with self._db.reading():
            return verify_log(self._db, job or Job())[0]

    def export(
        self, destination: Path, format: str, filter: AuditFilter = _ALL, *, job: Job | None = None
    ) -> ExportedLog:
        """Write the log to a file, and log that. Raises ``CannotWrite``.

        ``jsonl`` and ``csv`` have a line for each row, ``html`` is a page to read; a
        ``checkpoint`` says how long the whole log is and how it ends.
        """
        from hpm_engine.export.audit_export import export_audit

        check_format(format, FILE_FORMATS)
        self._internals.spare(destination)
        return export_audit(self._db, self._log, destination, format, filter, job)
