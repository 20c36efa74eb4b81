"""The commands that give sessions back to their agents."""

from __future__ import annotations

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon
from app.restoring.restore_dialog import RestoreDialog
from hpm_engine import FileState, Restoration


def ask_restore(store: OpenStore) -> None:
    """Show what would be written for the selected episodes, then write it."""
    ids = tuple(store.selected_ids())
    if not ids:
        return
    dialog = RestoreDialog(store.session, ids, store.frame)
    dialog.agreed.connect(lambda: restore(store, ids))
    dialog.open()


def restore(store: OpenStore, ids: tuple[int, ...]) -> None:
    """Write what is missing of some episodes where their agents look for it."""
    task = store.session.write(
        lambda memory, job: memory.restoring.restore(ids, job=job),
        f"Restore {counted(len(ids), 'session')} to the agent",
        sentence=_restored,
    )
    task.succeeded.connect(lambda done: _tell_left(store, done))


def _restored(title: str, restoration: Restoration, took: str) -> str:
    return f"{title}: {counted(restoration.written, 'file')} written, {took}."


def _tell_left(store: OpenStore, restoration: Restoration) -> None:
    left = [f for f in restoration.files if f.state in (FileState.LOST, FileState.OTHER)]
    if left:
        written = counted(restoration.written, "file")
        details = "\n".join(f"{file.path or file.episode_id}: {file.reason}" for file in left)
        headline = f"{counted(len(left), 'file')} could not be given back"
        store.problems.tell(headline, f"{written} were written.", details)


RESTORING_ACTIONS = (
    StoreAction(
        id=Command.GIVE_BACK,
        text="Restore to the &Agent…",
        tip="Put the session's original files back where its agent looks for them.",
        menu=Menu.EPISODE,
        run=ask_restore,
        icon=Icon.GIVE_BACK,
        needs=Needs.STORE | Needs.SELECTION,
    ),
)
