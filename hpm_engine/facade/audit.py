"""The log of every change of a store: reading, verifying and exporting it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from hpm_engine.audit.export import FILE_FORMATS, check_format
from hpm_engine.errors import BadQuery
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

    def verify(
        self, job: Job | None = None, against: str = "", *, kept: bool = True
    ) -> Verification:
        """Recompute the whole log from what is stored: its rows, their tree, what lies beside.

        It is held against the checkpoints in the store, the last one that this machine ``kept``
        (which a backup cannot have), and ``against``, the text of one that was saved. Raises
        ``BadQuery`` where that is none.
        """
        from hpm_engine.audit.signed_note import read_note
        from hpm_engine.store.trail.witness import verify_signed

        try:
            note = read_note(against) if against else None
        except ValueError as error:
            raise BadQuery(f"That is no checkpoint of a log: {error}.", 0) from error
        with self._db.reading():
            return verify_signed(self._db, job or Job(), note, kept=kept)

    def checkpoint(self, *, accept: bool = False) -> str:
        """Sign the log as it is now: the text to keep where nobody can write who writes here.

        ``accept``: this machine forgets what it knew of the store, as after a backup came back.
        Raises ``HPMError``.
        """
        from hpm_engine.store.trail.keys import remember

        note = self._internals.signer.sign()
        if accept and (head := self._log.tree.head()):
            remember(head.store, note)
        return note.text

    def prove(self, seq: int) -> str:
        """The proof that a row is in the log as it is signed, for ``verify_audit.py``.

        Raises ``NotFound`` for no such row, and where no checkpoint has it yet.
        """
        from hpm_engine.export.audit_proof import row_proof

        with self._db.reading():
            return row_proof(self._db, self._log, self._internals.signer.last(), seq)

    def export(
        self,
        destination: Path,
        format: str,
        filter: AuditFilter = _ALL,
        *,
        job: Job | None = None,
        redacted: bool = False,
    ) -> ExportedLog:
        """Write the log to a file with its proof beside it, and log that. Raises ``CannotWrite``.

        ``jsonl`` and ``csv`` have a line for each row, ``html`` is a page to read; a
        ``checkpoint`` says how long the whole log is, and its root, signed. ``redacted``: without
        what rows say of content (``jsonl`` alone).
        """
        from hpm_engine.export.audit_export import AuditExporter

        check_format(format, FILE_FORMATS)
        self._internals.spare(destination)
        exporter = AuditExporter(self._db, self._log, self._internals.signer)
        return exporter.export(destination, format, filter, job or Job(), redacted=redacted)
