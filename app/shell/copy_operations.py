"""Saving a copy of the open store."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from app.health.backup_keeping import back_up_now
from app.kit.actions import OpenStore
from app.kit.controls.last_folder import FileKind, begin_in_last_folder
from app.kit.formatting import size
from app.shell.stores import FILTER
from hpm_engine import Changed, Job, Memory, back_up


def ask_copy(store: OpenStore) -> None:
    """Ask where the copy shall be, and save it there."""
    original = store.session.path
    proposed = original.with_name(f"{original.stem} copy{original.suffix}")
    dialog = QFileDialog(store.frame, "Save a copy of the store", "", FILTER)
    begin_in_last_folder(dialog, FileKind.COPIES, proposed.parent)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix("hpm")
    dialog.selectFile(proposed.name)
    dialog.fileSelected.connect(lambda name: save_copy(store, Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def back_up_store(store: OpenStore) -> None:
    """Make a backup in the folder of the plan, or beside the store."""

    def tell(saved: tuple[str, int]) -> None:
        path, count = saved
        store.problems.tell("The backup is made", f"{path}: {size(count)}, opened and checked.")
        store.session.changed.emit(Changed.SETTINGS | Changed.AUDIT)

    back_up_now(store.session).succeeded.connect(tell)


def save_copy(store: OpenStore, destination: Path) -> None:
    """Copy the store as it is now; the dialog has asked whether a file may be replaced."""

    def call(memory: Memory, job: Job) -> tuple[str, int]:
        saved = back_up(memory, destination, job, force=True)
        return saved.path, saved.size

    def tell(saved: tuple[str, int]) -> None:
        path, count = saved
        store.problems.tell("The copy is saved", f"{path}: {size(count)}, opened and checked.")

    task = store.session.read(call, f"Save a copy to {destination.name}")
    task.succeeded.connect(tell)
