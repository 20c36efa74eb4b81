"""The commands on prototypes and their map."""

from __future__ import annotations

from app.kit.actions import Action, Command, Menu, Needs
from app.kit.icons import Icon
from app.prototypes import operations as prototype_operations

_ON_MAP = Needs.STORE | Needs.MAP

PROTOTYPE_ACTIONS = (
    Action(
        id=Command.PROTOTYPE_PIN,
        text="&Pin or Unpin",
        tip="Hold the selected prototypes ten times as firmly, or as firmly as before.",
        menu=Menu.PROTOTYPES,
        run=prototype_operations.toggle_pin,
        icon=Icon.PIN,
        shortcuts=("Ctrl+P",),
        needs=_ON_MAP,
    ),
    Action(
        id=Command.PROTOTYPE_RENAME,
        text="&Rename…",
        tip="Give the selected prototype a name in place of its terms and paths.",
        menu=Menu.PROTOTYPES,
        run=prototype_operations.ask_name,
        icon=Icon.TAG,
        shortcuts=("F2",),
        needs=_ON_MAP,
    ),
    Action(
        id=Command.PROTOTYPE_MERGE,
        text="&Merge…",
        tip="See what making one of the selected prototypes comes to, and do it.",
        menu=Menu.PROTOTYPES,
        run=prototype_operations.ask_merge,
        icon=Icon.MERGE,
        shortcuts=("Ctrl+Shift+M",),
        needs=_ON_MAP,
    ),
    Action(
        id=Command.PROTOTYPE_FORGET,
        text="&Forget…",
        tip="Take the selected prototypes away; their memories wait for a cycle again.",
        menu=Menu.PROTOTYPES,
        run=prototype_operations.ask_forget,
        icon=Icon.DELETE,
        needs=_ON_MAP,
        ends_group=True,
    ),
    Action(
        id=Command.MAP_LAY_OUT,
        text="&Lay the Map out Anew",
        tip="Lay the map out by UMAP; prototypes that have not changed stay where they are.",
        menu=Menu.PROTOTYPES,
        run=prototype_operations.lay_out,
        icon=Icon.REFRESH,
        needs=_ON_MAP,
    ),
    Action(
        id=Command.MAP_ALL,
        text="Show &All of the Map",
        tip="Fit the whole map into its place.",
        menu=Menu.PROTOTYPES,
        run=prototype_operations.show_all,
        icon=Icon.ZOOM_RESET,
        needs=_ON_MAP,
    ),
)
