"""Saving a copy of the open store."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QFileDialog

from app.kit.formatting import size
from app.shell.stores import FILTER
from hpm_engine import Job, Memory, back_up

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


def ask_copy(window: MainWindow) -> None:
    """Ask where the copy shall be, and save it there."""
    if window.workspace is None:
        return
    store = window.workspace.session.path
    proposed = store.with_name(f"{store.stem} copy{store.suffix}")
    dialog = QFileDialog(window, "Save a copy of the store", str(proposed.parent), FILTER)
    dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
    dialog.setFileMode(QFileDialog.FileMode.AnyFile)
    dialog.setDefaultSuffix("hpm")
    dialog.selectFile(proposed.name)
    dialog.fileSelected.connect(lambda name: save_copy(window, Path(name)))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def save_copy(window: MainWindow, destination: Path) -> None:
    """Copy the store as it is now; the dialog has asked whether a file may be replaced."""
    if window.workspace is None:
        return

    def call(memory: Memory, job: Job) -> tuple[str, int]:
        saved = back_up(memory, destination, job, force=True)
        return saved.path, saved.size

    def tell(saved: tuple[str, int]) -> None:
        path, count = saved
        window.problems.tell("The copy is saved", f"{path}: {size(count)}, opened and checked.")

    task = window.workspace.session.read(call, f"Save a copy to {destination.name}")
    task.succeeded.connect(tell)
