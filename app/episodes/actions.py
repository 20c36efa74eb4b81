"""The commands on the selected episodes and steps."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.episodes.commands import (
    asking_back,
    comparing,
    copying,
    exporting,
    folders,
    noting,
    saved_states,
)
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon

_SELECTION = Needs.STORE | Needs.SELECTION


def toggle_pin(store: OpenStore) -> None:
    """Pin the selected episodes or topics, or unpin them when all of them are pinned."""
    if prototypes := store.selected_prototypes():
        pinned = not all(prototype.pinned for prototype in prototypes)
        store.marks.pin_prototypes([prototype.id for prototype in prototypes], pinned)
    elif ids := store.selected_ids():
        store.marks.toggle_pin(ids)


def nothing_to_pin(store: OpenStore) -> str:
    """Why nothing can be pinned here; empty where something can."""
    if store.selected_ids() or store.selected_prototypes():
        return ""
    return "Nothing that can be pinned is selected in this view."


def no_episode(store: OpenStore) -> str:
    """Why no episode can be tagged here; empty where one can."""
    return "" if store.selected_ids() else "No episode is selected in this view."


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
        tip="Pin what is selected, episodes or topics, so that it is kept, or unpin it.",
        menu=Menu.EPISODE,
        run=toggle_pin,
        icon=Icon.PIN,
        shortcuts=("P",),
        refusal=nothing_to_pin,
    ),
    StoreAction(
        id=Command.TAG_ADD,
        text="Add &Tag…",
        tip="Give the selected episodes a tag.",
        menu=Menu.EPISODE,
        run=ask_tag_to_add,
        icon=Icon.TAG_ADD,
        shortcuts=("T",),
        refusal=no_episode,
    ),
    StoreAction(
        id=Command.TAG_REMOVE,
        text="Remove Ta&g…",
        tip="Take a tag from the selected episodes.",
        menu=Menu.EPISODE,
        run=ask_tag_to_remove,
        icon=Icon.TAG_REMOVE,
        shortcuts=("Shift+T",),
        refusal=no_episode,
        ends_group=True,
    ),
)
NOTE_ACTIONS = (
    StoreAction(
        id=Command.NOTE,
        text="Add a &Note…",
        tip="Write a note on the selected episode; it is found by note: and has:note.",
        menu=Menu.EPISODE,
        run=noting.note_episode,
        icon=Icon.NOTE,
        shortcuts=("M",),
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.NOTE_STEP,
        text="Add a N&ote to the Step…",
        tip="Write a note on the step under the cursor.",
        menu=Menu.EPISODE,
        run=noting.note_step,
        icon=Icon.NOTE,
        shortcuts=("Shift+M",),
        needs=_SELECTION,
        ends_group=True,
    ),
)
COPY_ACTIONS = (
    StoreAction(
        id=Command.COPY_LINK,
        text="Copy &Link",
        tip="Copy a command line that opens the selected episodes in this store.",
        menu=Menu.EPISODE,
        run=copying.copy_link,
        icon=Icon.LINK,
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.COPY_MARKDOWN,
        text="Copy as &Markdown",
        tip="Copy the selected episodes with your notes as Markdown; the log tells of it.",
        menu=Menu.EPISODE,
        run=copying.copy_markdown,
        icon=Icon.COPY,
        needs=_SELECTION,
        refusal=copying.too_many,
    ),
    StoreAction(
        id=Command.COPY_RESUME,
        text="Copy the Command to Res&ume",
        tip="Copy the command line that goes on with the session in its agent, in its folder.",
        menu=Menu.EPISODE,
        run=copying.copy_resume,
        icon=Icon.RESUME,
        needs=_SELECTION,
        refusal=copying.cannot_resume,
    ),
    StoreAction(
        id=Command.HAND_OVER,
        text="Copy for Another Agent",
        tip="Copy the session in brief: task, decisions, files, failures, for an agent to go on.",
        menu=Menu.EPISODE,
        run=copying.copy_packet,
        icon=Icon.HAND_OVER,
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.OPEN_FOLDER,
        text="Open Its &Folder",
        tip="Open the folder that the session worked in, if it is on this computer.",
        menu=Menu.EPISODE,
        run=folders.open_folder,
        icon=Icon.FOLDER,
        needs=_SELECTION,
        refusal=folders.no_folder,
        ends_group=True,
    ),
    StoreAction(
        id=Command.COPY_STEP_MARKDOWN,
        text="Copy &Step as Markdown",
        tip="Copy the selected step as Markdown.",
        menu=Menu.EPISODE,
        run=copying.copy_step_markdown,
        icon=Icon.COPY,
        shortcuts=("Shift+C",),
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.COPY_STEP_LINK,
        text="Cop&y Link to Step",
        tip="Copy a command line that opens the selected step in this store.",
        menu=Menu.EPISODE,
        run=copying.copy_step_link,
        icon=Icon.LINK,
        needs=_SELECTION,
        ends_group=True,
    ),
    StoreAction(
        id=Command.RAW,
        text="Show Ra&w",
        tip="Show the original behind the selected episode or step in the side pane.",
        menu=Menu.EPISODE,
        run=lambda store: store.show_raw(),
        icon=Icon.RAW,
        shortcuts=("W",),
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.COMPARE,
        text="Compare Side &by Side…",
        tip="Show the selected episode beside another that you choose, or the two selected.",
        menu=Menu.EPISODE,
        run=comparing.compare,
        icon=Icon.COMPARE,
        shortcuts=("Ctrl+Shift+B",),
        needs=_SELECTION,
        refusal=comparing.cannot_compare,
    ),
    StoreAction(
        id=Command.EXPORT,
        text="&Export…",
        tip="Write the selected episodes as pages, Markdown, trajectories or original bytes.",
        menu=Menu.EPISODE,
        run=exporting.ask_export,
        icon=Icon.EXPORT,
        shortcuts=("Ctrl+E",),
        needs=_SELECTION,
    ),
)
ASK_ACTIONS = (
    StoreAction(
        id=Command.BLAME,
        text="Sessions That &Changed This File",
        tip="Find the steps that changed the file of the step under the cursor.",
        menu=Menu.EPISODE,
        run=lambda store: asking_back.ask(store, "blame"),
        icon=Icon.FILE_HISTORY,
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.FIX,
        text="What Sol&ved This Error",
        tip="Find the steps after which the same call passed that failed in this step.",
        menu=Menu.EPISODE,
        run=lambda store: asking_back.ask(store, "fix"),
        icon=Icon.FIX,
        needs=_SELECTION,
    ),
    StoreAction(
        id=Command.HOW,
        text="How This Tool Wor&ked",
        tip="Find calls that worked of the tool, or the command, of the step under the cursor.",
        menu=Menu.EPISODE,
        run=lambda store: asking_back.ask(store, "how"),
        icon=Icon.TOOL,
        needs=_SELECTION,
        ends_group=True,
    ),
)
EPISODE_ACTIONS = (*MARK_ACTIONS, *NOTE_ACTIONS, *COPY_ACTIONS, *ASK_ACTIONS)
STATE_ACTIONS = (
    StoreAction(
        id=Command.SAVED_STATES,
        text="Save&d States…",
        tip="Show the states that agents saved to go on from, by thread; compare or forget them.",
        menu=Menu.STORE,
        run=saved_states.show_states,
        icon=Icon.STATES,
        ends_group=True,
    ),
)
