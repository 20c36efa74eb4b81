"""What the commands do with compression and masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.episodes.view import EpisodesView
from app.kit.navigation import ViewName
from app.masks.jobs import restore

if TYPE_CHECKING:
    from app.masks.view import MasksView
    from app.shell.main_window import MainWindow


def compress_selected(window: MainWindow) -> None:
    """Show what compressing the selected episodes would move, and ask."""
    ids = tuple(window.selected_ids())
    if window.workspace is None or not ids:
        return
    if (view := _masks(window)) is not None:
        view.ask_to_compress(ids)


def change_ageing(window: MainWindow) -> None:
    """Show how the store ages, to be changed."""
    if (view := _masks(window)) is not None:
        view.change_ageing()


def _masks(window: MainWindow) -> MasksView | None:
    if window.workspace is None:
        return None
    from app.masks.view import MasksView  # a window opens without its modules

    window.go_to_view(ViewName.MASKS)
    view = window.workspace.view(ViewName.MASKS)
    return view if isinstance(view, MasksView) else None


def make_whole(window: MainWindow) -> None:
    """Take back the compression of the selected episodes."""
    if window.workspace is not None and (ids := window.selected_ids()):
        restore(window.workspace.session, ids)


def toggle_overlay(window: MainWindow) -> None:
    """Grey the dropped steps of the Episodes view, or stop."""
    if window.workspace is None:
        return
    window.go_to_view(ViewName.EPISODES)
    view = window.workspace.view(ViewName.EPISODES)
    if isinstance(view, EpisodesView):
        view.pane.set_overlay(not view.pane.overlay)
