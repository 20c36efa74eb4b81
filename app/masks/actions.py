"""The commands that compress, and that show masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.episodes.view import EpisodesView
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName
from app.masks.jobs import restore

if TYPE_CHECKING:
    from app.masks.view import MasksView


def compress_selected(store: OpenStore) -> None:
    """Show what compressing the selected episodes would move, and ask."""
    ids = tuple(store.selected_ids())
    if ids and (view := _masks(store)) is not None:
        view.ask_to_compress(ids)


def change_ageing(store: OpenStore) -> None:
    """Show the settings of automatic compression, to be changed."""
    if (view := _masks(store)) is not None:
        view.change_ageing()


def _masks(store: OpenStore) -> MasksView | None:
    from app.masks.view import MasksView  # a window opens without its modules

    store.show(ViewName.MASKS)
    view = store.view(ViewName.MASKS)
    return view if isinstance(view, MasksView) else None


def make_whole(store: OpenStore) -> None:
    """Take back the compression of the selected episodes."""
    if ids := store.selected_ids():
        restore(store.session, ids)


def toggle_overlay(store: OpenStore) -> None:
    """Grey the dropped steps of the Episodes view, or stop."""
    store.show(ViewName.EPISODES)
    view = store.view(ViewName.EPISODES)
    if isinstance(view, EpisodesView):
        view.pane.set_overlay(not view.pane.overlay)


MASK_ACTIONS = (
    StoreAction(
        id=Command.COMPRESS,
        text="Co&mpress Episodes…",
        tip="See what compressing the selected episodes would save, and do it.",
        menu=Menu.STORE,
        run=compress_selected,
        icon=Icon.COMPRESS,
        shortcuts=("Ctrl+Shift+K",),
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.RESTORE,
        text="Restore &Full Text",
        tip="Take back the compression of the selected episodes.",
        menu=Menu.STORE,
        run=make_whole,
        icon=Icon.RESTORE,
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.AGEING,
        text="Automat&ic Compression…",
        tip="What keeps its full text, what is compressed, and what becomes of the originals.",
        menu=Menu.STORE,
        run=change_ageing,
        icon=Icon.MASKS,
        needs=Needs.STORE,
        ends_group=True,
    ),
    StoreAction(
        id=Command.MASK_OVERLAY,
        text="S&how What Compression Keeps",
        tip="Grey the steps of the conversation that compression drops, or show all alike.",
        menu=Menu.VIEW,
        run=toggle_overlay,
        icon=Icon.MASKS,
        shortcuts=("F8",),
        needs=Needs.STORE,
    ),
)
