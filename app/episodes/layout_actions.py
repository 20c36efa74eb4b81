"""The commands that arrange the list and the conversation, and those that read."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.episodes.reading_actions import CONVERSATION_ACTIONS
from app.episodes.reading_frame import Layout
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName

if TYPE_CHECKING:
    from app.episodes.view import EpisodesView


def arrange(layout: Layout, store: OpenStore) -> None:
    """Show the episodes in a layout."""
    store.show(ViewName.EPISODES)
    _view(store).frame.arrange(layout)


def toggle_sidebar(store: OpenStore) -> None:
    """Show or hide the filters beside the list."""
    store.show(ViewName.EPISODES)
    frame = _view(store).frame
    frame.list_again()
    frame.show_sidebar(not frame.sidebar.isVisible())


def move_by(rows: int, store: OpenStore) -> None:
    """Read the next episode of the list, or the one before."""
    store.show(ViewName.EPISODES)
    _view(store).move_by(rows)


def _view(store: OpenStore) -> EpisodesView:
    from app.episodes.view import EpisodesView

    view = store.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    return view


_COMMANDS = {
    Layout.LEFT: Command.LAYOUT_LEFT,
    Layout.ABOVE: Command.LAYOUT_ABOVE,
    Layout.ALONE: Command.LAYOUT_ALONE,
}

LAYOUT_ACTIONS = (
    *(
        StoreAction(
            id=_COMMANDS[layout],
            text=layout.label,
            tip=layout.hint,
            menu=Menu.VIEW,
            run=partial(arrange, layout),
            icon=layout.icon,
            needs=Needs.STORE,
        )
        for layout in Layout
    ),
    StoreAction(
        id=Command.SIDEBAR,
        text="Fil&ters",
        tip="Show or hide the filters beside the list of episodes.",
        menu=Menu.VIEW,
        run=toggle_sidebar,
        icon=Icon.FILTERS,
        shortcuts=("Shift+F9",),
        needs=Needs.STORE,
        ends_group=True,
    ),
    *CONVERSATION_ACTIONS,
)

READING_ACTIONS = (
    StoreAction(
        id=Command.NEXT_EPISODE,
        text="&Next Episode",
        tip="Read the next episode of the list.",
        menu=Menu.GO,
        run=partial(move_by, 1),
        icon=Icon.FORWARD,
        shortcuts=("Ctrl+J", "Alt+Down"),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.PREVIOUS_EPISODE,
        text="Previo&us Episode",
        tip="Read the episode of the list before this one.",
        menu=Menu.GO,
        run=partial(move_by, -1),
        icon=Icon.BACK,
        shortcuts=("Ctrl+Shift+J", "Alt+Up"),
        needs=Needs.STORE,
        ends_group=True,
    ),
)
