"""The commands on the audit log, and what they do."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon
from app.kit.view_names import ViewName
from hpm_engine import ExportedLog, Job, Memory, Verification

_FORMATS = {".csv": "csv", ".jsonl": "jsonl"}


def ask_export(store: OpenStore) -> None:
    """Ask for a file and write the audit log to it."""
    dialog = QFileDialog(store.frame, "Export the audit log", str(Path.home() / "audit.jsonl"))
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setNameFilters(["JSON lines (*.jsonl)", "Comma-separated values (*.csv)"])
    dialog.setDefaultSuffix("jsonl")
    dialog.selectFile("audit.jsonl")
    dialog.fileSelected.connect(lambda name: export_audit(store, Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def export_audit(store: OpenStore, destination: Path) -> None:
    """Write the audit log to a file, in the format that its name says."""
    kind = _FORMATS.get(destination.suffix.lower(), "jsonl")

    def export(memory: Memory, job: Job) -> ExportedLog:
        return memory.audit.export(destination, kind, job=job)

    store.session.write(export, f"Export the audit log to {destination.name}")


def verify_audit(store: OpenStore) -> None:
    """Recompute the chain and show whether it holds."""
    store.show(ViewName.AUDIT)

    def verify(memory: Memory, job: Job) -> Verification:
        return memory.audit.verify(job)

    task = store.session.read(verify, "Verify the audit log", sentence=verified)
    task.succeeded.connect(lambda _: store.show_log())


def verified(title: str, verification: Verification, took: str) -> str:
    """Whether the chain holds, in words."""
    if verification.broken_at is None:
        return f"{title}: the chain of {counted(verification.rows, 'row')} holds, {took}."
    broken_at = f"{verification.broken_at:,}"
    return f"{title}: the chain breaks at row {broken_at}. {verification.reason}"


AUDIT_ACTIONS = (
    StoreAction(
        id=Command.AUDIT_EXPORT,
        text="&Export the Audit Log…",
        tip="Write the audit log to a JSONL or CSV file.",
        menu=Menu.STORE,
        run=ask_export,
        icon=Icon.EXPORT,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.AUDIT_VERIFY,
        text="&Verify the Audit Log",
        tip="Recompute the chain of the audit log and say whether it holds.",
        menu=Menu.STORE,
        run=verify_audit,
        icon=Icon.VERIFY,
        needs=Needs.STORE,
        ends_group=True,
    ),
)
