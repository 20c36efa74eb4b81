"""Writing notes on the selected episode or step, in the Episodes view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kit.actions import OpenStore
from app.kit.navigation import Place
from app.kit.view_names import ViewName

if TYPE_CHECKING:
    from app.episodes.view import EpisodesView


def note_episode(store: OpenStore) -> None:
    """Let a note be written on the selected episode."""
    if (view := _view(store)) is not None:
        view.pane.notes.write(None)


def note_step(store: OpenStore) -> None:
    """Let a note be written on the step under the cursor."""
    if (view := _view(store)) is not None:
        seq = store.navigator.current.seq
        view.pane.notes.write(view.pane.timeline.current if seq is None else seq)


def _view(store: OpenStore) -> EpisodesView | None:
    """The Episodes view, showing the selected episode."""
    from app.episodes.view import EpisodesView  # it offers the commands

    here, ids = store.navigator.current, store.selected_ids()
    if not ids:
        return None
    episode_id = here.episode_id if here.episode_id in ids else ids[0]
    seq = here.seq if here.episode_id == episode_id else None
    store.navigator.show(Place(ViewName.EPISODES, episode_id, seq))
    view = store.view(ViewName.EPISODES)
    if not isinstance(view, EpisodesView):
        return None
    view.pane.show_episode(episode_id, view.query().text, seq)
    view.pane.notes.show_episode(episode_id)
    return view
