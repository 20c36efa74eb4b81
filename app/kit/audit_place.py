"""Where the audit log tells of something."""

from __future__ import annotations

from app.kit.navigation import Place
from app.kit.view_names import ViewName
from hpm_engine import AuditFilter, Job, Memory


def audit_place(subject: str, memory: Memory, job: Job) -> Place:
    """The newest row of the log about a subject such as ``cycle:7``; the log where none is."""
    wanted = AuditFilter(text=subject)
    for span in reversed(memory.audit.acts(wanted, job)):
        for row in memory.audit.rows_of(wanted, span)[::-1] if span.rows > 1 else (span,):
            stored = memory.audit.numbered(row.last)
            if stored is not None and stored.subject == subject:
                return Place(ViewName.AUDIT, audit_row=row.last)
    return Place(ViewName.AUDIT)
