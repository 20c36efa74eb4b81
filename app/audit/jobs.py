"""The jobs of the audit log: exporting it and verifying it."""

from __future__ import annotations

from pathlib import Path

from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.session import Session
from hpm_engine import AuditFilter, ExportedLog, Job, Memory, Verification


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
    if exported.trouble:
        return f"{rows} Without a proof: {exported.trouble}"
    if not exported.proof:
        return rows
    part = "" if exported.whole else " It is a part of the log, which the proof says."
    return f"{rows} The proof for its receiver is in {exported.proof}.{part}"


def verify(session: Session) -> Task:
    """Recompute the whole log, and hold it against its checkpoints."""

    def call(memory: Memory, job: Job) -> Verification:
        return memory.audit.verify(job)

    return session.read(call, "Verify the audit log", sentence=verified)


def verified(title: str, verification: Verification, took: str) -> str:
    """Whether the chain holds, in words."""
    if verification.broken_at is None:
        return (
            f"{title}: the chain of {counted(verification.rows, 'row')} holds, {took}. "
            f"{signed(verification)}"
        )
    broken_at = f"{verification.broken_at:,}"
    return f"{title}: the chain breaks at row {broken_at}. {verification.reason}"


def signed(verification: Verification) -> str:
    """By whom the log is signed, up to which row."""
    if not verification.signed:
        return "It was never signed."
    whose = "the key of this computer" if verification.own_key else "the key of another computer"
    name = verification.key.partition("+")[0]
    return (
        f"Signed up to row {verification.signed:,} ({verification.signed_at[:10]}) with {whose}, "
        f"{name}."
    )
