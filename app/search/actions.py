"""The commands on saved searches; the Edit menu and the menu beside the search line hold them."""

from __future__ import annotations

from app.kit.actions import Action, Command, Menu, Needs
from app.kit.icons import Icon
from app.search import operations as search_operations

SEARCH_ACTIONS = (
    Action(
        id=Command.SEARCH_SAVE,
        text="&Save Search…",
        tip="Keep the search and its filters in the store, under a name.",
        menu=Menu.EDIT,
        run=search_operations.ask_save,
        icon=Icon.SAVE,
        shortcuts=("Ctrl+D",),
        needs=Needs.STORE,
    ),
    Action(
        id=Command.SEARCH_RENAME,
        text="Rena&me a Search…",
        tip="Give a saved search another name.",
        menu=Menu.EDIT,
        run=search_operations.ask_rename,
        needs=Needs.STORE | Needs.SEARCHES,
    ),
    Action(
        id=Command.SEARCH_DELETE,
        text="&Delete a Search…",
        tip="Take a saved search out of the store.",
        menu=Menu.EDIT,
        run=search_operations.ask_delete,
        needs=Needs.STORE | Needs.SEARCHES,
        ends_group=True,
    ),
)
