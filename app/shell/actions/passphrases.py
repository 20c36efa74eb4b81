"""Stores under a passphrase, as the window opens them and puts them under one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from app.kit.formatting import counted
from app.passphrase.passphrase_dialog import PassphraseDialog
from app.passphrase.unlock_dialog import UnlockDialog
from hpm_engine import (
    Job,
    PassphraseChange,
    WrongPassphrase,
    change_passphrase,
    under_passphrase,
    unlock,
)

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


def ask_to_unlock(window: MainWindow, path: Path) -> None:
    """Ask for the passphrase of a store until it is the right one, and open the store."""
    dialog = UnlockDialog(path, window)

    def give(passphrase: str) -> None:
        def call(_: object, _job: Job) -> None:
            unlock(path, passphrase)

        task = window.stores.errand(call)
        task.succeeded.connect(opened)
        task.failed.connect(failed)

    def opened(_: None) -> None:
        dialog.accept()
        window.stores.open(path)

    def failed(error: Exception) -> None:
        wrong = isinstance(error, WrongPassphrase)
        dialog.tell("This is not its passphrase. Try again." if wrong else str(error))

    dialog.given.connect(give)
    dialog.open()


def ask_passphrase(window: MainWindow) -> None:
    """Ask for the new passphrase of the open store, and put the store under it."""
    if window.workspace is None:
        return
    path = window.workspace.session.path
    sealed = under_passphrase(path)
    dialog = PassphraseDialog(path, sealed=sealed, parent=window)
    dialog.chosen.connect(lambda passphrase: change(window, path, passphrase))
    dialog.open()


def change(window: MainWindow, path: Path, passphrase: str | None) -> None:
    """Close the store, put it under another passphrase or none, and open it again."""

    def call(_: object, job: Job) -> PassphraseChange:
        return change_passphrase(path, passphrase, job)

    def tell(changed: PassphraseChange) -> None:
        window.stores.open(path)  # before it is told: opening a store takes away what was
        window.problems.tell(*_told(path, changed))

    def report(error: Exception) -> None:
        window.stores.open(path)
        window.problems.report(error, "Changing the passphrase")

    window.close_store()
    task = window.stores.errand(call, "Write the store anew")
    window.stores.job_started.emit(task)
    task.succeeded.connect(tell)
    task.failed.connect(report)
    task.cancelled.connect(lambda: window.stores.open(path))


def _told(path: Path, change: PassphraseChange) -> tuple[str, str]:
    said = [f"{path}: written anew and checked."]
    if change.sealed and not change.was:
        said.append(
            "The bytes of the file before were overwritten; a disk may keep copies all the same."
            if change.scrubbed
            else "The bytes of the file before could not be overwritten."
        )
    if change.earlier:
        verb = "is" if len(change.earlier) == 1 else "are"
        said.append(f"{counted(len(change.earlier), 'earlier backup')} {verb} as before.")
    title = (
        "The store is under a passphrase" if change.sealed else "The store is under no passphrase"
    )
    return title, " ".join(said)
