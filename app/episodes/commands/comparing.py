"""Comparing the two episodes that are selected."""

from __future__ import annotations

from app.kit.actions import OpenStore
from app.kit.view_names import ViewName


def compare(store: OpenStore) -> None:
    """Show the two selected episodes side by side, in place of the conversation."""
    from app.episodes.view import EpisodesView  # it offers the commands

    view = store.view(ViewName.EPISODES)
    if not cannot_compare(store) and isinstance(view, EpisodesView):
        left, right = store.selected_ids()
        view.pane.compare(left, right)


def cannot_compare(store: OpenStore) -> str:
    """Why what is selected cannot be compared."""
    count = len(store.selected_ids())
    return "" if count == 2 else "Select two episodes: Ctrl+click adds the second."
