"""The jobs of the audit log: exporting it and verifying it."""

from __future__ import annotations

from pathlib import Path

from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.session import Session
from hpm_engine import AuditFilter, ExportedLog, Job, Memory, Verification

_PART = "It is a part of the log: its chain cannot be recomputed."


def export(session: Session, destination: Path, form: str, wanted: AuditFilter) -> Task:
    """Write the rows of a filter to a file; the export is itself logged."""

    def call(memory: Memory, job: Job) -> ExportedLog:
        return memory.audit.export(destination, form, wanted, job=job)

    def sentence(title: str, exported: ExportedLog, took: str) -> str:
        return f"{title}: {told(exported, destination)}"

    return session.write(call, "Export the audit log", sentence=sentence)


def told(exported: ExportedLog, destination: Path) -> str:
    """What was exported, and what cannot be done with it."""
    rows = f"{counted(exported.rows, 'row')} exported to {destination}."
    return rows if exported.whole else f"{rows} {_PART}"


def verify(session: Session) -> Task:
    """Recompute the chain of the whole log."""

    def call(memory: Memory, job: Job) -> Verification:
        return memory.audit.verify(job)

    return session.read(call, "Verify the audit log", sentence=verified)


def verified(title: str, verification: Verification, took: str) -> str:
    """Whether the chain holds, in words."""
    if verification.broken_at is None:
        return f"{title}: the chain of {counted(verification.rows, 'row')} holds, {took}."
    broken_at = f"{verification.broken_at:,}"
    return f"{title}: the chain breaks at row {broken_at}. {verification.reason}"
