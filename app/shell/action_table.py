"""Every command of the window; the menus, the palette and the shortcuts come from here."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from app.agents.actions import AGENT_ACTIONS
from app.audit.actions import AUDIT_ACTIONS
from app.consolidation.actions import CONSOLIDATION_ACTIONS
from app.episodes.actions import EPISODE_ACTIONS, STATE_ACTIONS
from app.episodes.layout_actions import LAYOUT_ACTIONS, READING_ACTIONS
from app.health.actions import CHECK_ACTIONS, MODEL_ACTIONS
from app.kit.actions import Action, Command, Menu, Needs, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName
from app.leaving.actions import LEAVING_ACTIONS
from app.masks.actions import MASK_ACTIONS
from app.prototypes.actions import PROTOTYPE_ACTIONS
from app.recall.actions import RECALL_ACTIONS
from app.restoring.actions import RESTORING_ACTIONS
from app.search.actions import SEARCH_ACTIONS
from app.secrets.actions import SECRET_ACTIONS
from app.shell import operations
from app.shell.actions.file_actions import FILE_ACTIONS
from app.shell.actions.window_action import WindowAction

Key = QKeySequence.StandardKey


def _go(name: ViewName) -> StoreAction:
    return StoreAction(
        id=f"go.{name.value}",
        text=name.label,
        tip=f"Go to the {name.label.replace('&', '')} view.",
        menu=Menu.GO,
        run=lambda store: store.show(name),
        icon=name.icon,
        shortcuts=(name.keys,),
        needs=Needs.STORE,
        ends_group=name is list(ViewName)[-1],
    )


_EDIT = (
    StoreAction(
        id=Command.UNDO,
        text="&Undo",
        tip="Take back the last change of pins, tags, notes, proposals, saved searches or topics.",
        menu=Menu.EDIT,
        run=operations.undo,
        icon=Icon.UNDO,
        shortcuts=(Key.Undo,),
        needs=Needs.STORE | Needs.UNDO,
    ),
    StoreAction(
        id=Command.REDO,
        text="&Redo",
        tip="Do again what was taken back.",
        menu=Menu.EDIT,
        run=operations.redo,
        icon=Icon.REDO,
        shortcuts=("Ctrl+Shift+Z",),
        needs=Needs.STORE | Needs.REDO,
        ends_group=True,
    ),
    WindowAction(
        id=Command.FIND,
        text="&Find…",
        tip="Search the steps of all episodes.",
        menu=Menu.EDIT,
        run=operations.find,
        icon=Icon.SEARCH,
        shortcuts=(Key.Find, "/"),
        needs=Needs.STORE,
    ),
    *SEARCH_ACTIONS,
    WindowAction(
        id=Command.PREFERENCES,
        text="Preferen&ces…",
        tip="Change the theme, the text size and what is asked.",
        menu=Menu.EDIT,
        run=operations.show_preferences,
        icon=Icon.PREFERENCES,
        shortcuts=("Ctrl+,",),
    ),
)

_VIEW = (
    StoreAction(
        id=Command.REFRESH,
        text="&Refresh",
        tip="Read again what other programs may have changed.",
        menu=Menu.VIEW,
        run=operations.refresh,
        icon=Icon.REFRESH,
        shortcuts=("F5",),
        needs=Needs.STORE,
        ends_group=True,
    ),
    WindowAction(
        id=Command.TEXT_LARGER,
        text="&Larger Text",
        tip="Make all text larger.",
        menu=Menu.VIEW,
        run=lambda window: window.appearance.scale_text(1),
        icon=Icon.ZOOM_IN,
        shortcuts=("Ctrl++", "Ctrl+="),
    ),
    WindowAction(
        id=Command.TEXT_SMALLER,
        text="&Smaller Text",
        tip="Make all text smaller.",
        menu=Menu.VIEW,
        run=lambda window: window.appearance.scale_text(-1),
        icon=Icon.ZOOM_OUT,
        shortcuts=("Ctrl+-",),
    ),
    WindowAction(
        id=Command.TEXT_RESET,
        text="&Normal Text",
        tip="Give text the system's size.",
        menu=Menu.VIEW,
        run=lambda window: window.appearance.scale_text(0),
        icon=Icon.ZOOM_RESET,
        shortcuts=("Ctrl+0",),
    ),
    WindowAction(
        id=Command.THEME,
        text="Light or &Dark",
        tip="Change between the light and the dark theme.",
        menu=Menu.VIEW,
        run=lambda window: window.appearance.toggle_theme(),
        icon=Icon.THEME,
        shortcuts=("Ctrl+Shift+D",),
        ends_group=True,
    ),
    *LAYOUT_ACTIONS,
    WindowAction(
        id=Command.READ,
        text="Read at Full &Width",
        tip="Give the conversation the whole window, or bring back what surrounds it.",
        menu=Menu.VIEW,
        run=lambda window: window.reading.toggle(),
        icon=Icon.READ,
        shortcuts=("F11",),
        needs=Needs.STORE,
    ),
    WindowAction(
        id=Command.SIDE_PANE,
        text="Side &Pane",
        tip="Show or hide the facts and the original of what is selected.",
        menu=Menu.VIEW,
        run=lambda window: window.side_pane_choice.toggle(),
        icon=Icon.SIDE_PANE,
        shortcuts=("F9",),
        needs=Needs.STORE,
    ),
    WindowAction(
        id=Command.LOG,
        text="L&og",
        tip="Show or hide the log of what was done.",
        menu=Menu.VIEW,
        run=lambda window: operations.toggle(window.log),
        icon=Icon.LOG,
        shortcuts=("F10",),
    ),
)

_GO = (
    *(_go(name) for name in ViewName),
    *READING_ACTIONS,
    StoreAction(
        id=Command.GO_BACK,
        text="&Back",
        tip="Return to what was selected before.",
        menu=Menu.GO,
        run=operations.go_back,
        icon=Icon.BACK,
        shortcuts=("Alt+Left",),
        needs=Needs.STORE | Needs.BACK,
    ),
    StoreAction(
        id=Command.GO_FORWARD,
        text="&Forward",
        tip="Go again to what was left by going back.",
        menu=Menu.GO,
        run=operations.go_forward,
        icon=Icon.FORWARD,
        shortcuts=("Alt+Right",),
        needs=Needs.STORE | Needs.FORWARD,
        ends_group=True,
    ),
    WindowAction(
        id=Command.PALETTE,
        text="&Command Palette…",
        tip="Find a command by a few letters of its name.",
        menu=Menu.GO,
        run=lambda window: window.palette_panel.open(),
        icon=Icon.PALETTE,
        shortcuts=("Ctrl+K",),
    ),
)

_HELP = (
    WindowAction(
        id=Command.MANUAL,
        text="&Manual",
        tip="Read about the view that is shown.",
        menu=Menu.HELP,
        run=operations.show_manual,
        icon=Icon.MANUAL,
        shortcuts=("F1",),
    ),
    WindowAction(
        id=Command.TOUR,
        text="Take the &Tour",
        tip="Show the five tips for the first minutes again.",
        menu=Menu.HELP,
        run=lambda window: window.guide.tour.begin(),
        icon=Icon.TOUR,
        needs=Needs.STORE,
    ),
    WindowAction(
        id=Command.SHORTCUTS,
        text="&Shortcuts",
        tip="List every shortcut.",
        menu=Menu.HELP,
        run=operations.show_shortcuts,
        icon=Icon.KEYBOARD,
        shortcuts=("?",),
    ),
    WindowAction(
        id=Command.ABOUT,
        text="&About HPM Inspector",
        tip="Show the versions of the program and of what it is built on.",
        menu=Menu.HELP,
        run=operations.show_about,
        icon=Icon.ABOUT,
    ),
)

ACTIONS: tuple[Action, ...] = (
    *FILE_ACTIONS,
    *_EDIT,
    *EPISODE_ACTIONS,
    *RESTORING_ACTIONS,
    *LEAVING_ACTIONS,
    *_VIEW,
    *_GO,
    *RECALL_ACTIONS,
    *AGENT_ACTIONS,
    *MASK_ACTIONS,
    *CONSOLIDATION_ACTIONS,
    *PROTOTYPE_ACTIONS,
    *STATE_ACTIONS,
    *MODEL_ACTIONS,
    *SECRET_ACTIONS,
    *AUDIT_ACTIONS,
    *CHECK_ACTIONS,
    *_HELP,
)
