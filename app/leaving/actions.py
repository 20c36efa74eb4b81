"""The commands that delete episodes, and bring them back."""

from __future__ import annotations

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon
from app.leaving.trash_dialog import TrashDialog
from hpm_engine import Edit, Job, Memory


def delete(store: OpenStore) -> None:
    """Put the selected episodes into the trash; undo brings them back."""
    ids = tuple(store.selected_ids())
    if ids:
        title = f"Delete {counted(len(ids), 'episode')}"
        store.marks.edit(lambda memory, job: memory.trash.put(ids), title)


def show_trash(store: OpenStore) -> None:
    """Show what was deleted, to restore it."""
    dialog = TrashDialog(store.session, store.frame)

    def restore(ids: list[int]) -> None:
        def call(memory: Memory, job: Job) -> Edit:
            return memory.trash.restore(ids)

        store.marks.edit(call, f"Restore {counted(len(ids), 'episode')}", dialog.read)

    dialog.restore_asked.connect(restore)
    dialog.open()


LEAVING_ACTIONS = (
    StoreAction(
        id=Command.DELETE,
        text="&Delete",
        tip="Put the selected episodes into the trash; Undo or the trash brings them back.",
        menu=Menu.EPISODE,
        run=delete,
        icon=Icon.DELETE,
        shortcuts=("Del",),
        needs=Needs.STORE | Needs.SELECTION,
        ends_group=True,
    ),
    StoreAction(
        id=Command.TRASH,
        text="&Trash…",
        tip="Show the deleted episodes, to restore them.",
        menu=Menu.STORE,
        run=show_trash,
        icon=Icon.TRASH,
        needs=Needs.STORE,
    ),
)
