"""The commands that mark the selected episodes, and what they do."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon


def toggle_pin(store: OpenStore) -> None:
    """Pin the selected episodes, or unpin them when all of them are pinned."""
    if ids := store.selected_ids():
        store.marks.toggle_pin(ids)


def ask_tag_to_add(store: OpenStore) -> None:
    """Ask for a tag to give to the selected episodes."""
    _ask_tag(store, adding=True)


def ask_tag_to_remove(store: OpenStore) -> None:
    """Ask for a tag to take from the selected episodes."""
    _ask_tag(store, adding=False)


def _ask_tag(store: OpenStore, *, adding: bool) -> None:
    if not (ids := store.selected_ids()):
        return
    dialog = QInputDialog(store.frame)
    dialog.setWindowTitle("Add a tag" if adding else "Remove a tag")
    what = counted(len(ids), "selected episode")
    dialog.setLabelText(f"Tag to {'give to' if adding else 'take from'} {what}:")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    change = store.marks.add_tag if adding else store.marks.remove_tag
    dialog.textValueSelected.connect(lambda tag: tag.strip() and change(ids, tag.strip()))
    dialog.open()


MARK_ACTIONS = (
    StoreAction(
        id=Command.PIN,
        text="&Pin or Unpin",
        tip="Pin the selected episodes so that they are kept, or unpin them.",
        menu=Menu.EDIT,
        run=toggle_pin,
        icon=Icon.PIN,
        shortcuts=("P",),
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.TAG_ADD,
        text="Add &Tag…",
        tip="Give the selected episodes a tag.",
        menu=Menu.EDIT,
        run=ask_tag_to_add,
        icon=Icon.TAG_ADD,
        shortcuts=("T",),
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.TAG_REMOVE,
        text="Remove Ta&g…",
        tip="Take a tag from the selected episodes.",
        menu=Menu.EDIT,
        run=ask_tag_to_remove,
        icon=Icon.TAG_REMOVE,
        shortcuts=("Shift+T",),
        needs=Needs.STORE | Needs.SELECTION,
        ends_group=True,
    ),
)
