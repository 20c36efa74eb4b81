"""The dialog of all saved states, and the way from a state to its step."""

from __future__ import annotations

from app.kit.actions import OpenStore
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from hpm_engine import Checkpoint


def show_states(store: OpenStore) -> None:
    """Show the threads of states that agents saved."""
    from app.episodes.states.states_dialog import SavedStatesDialog  # not for the start

    dialog = SavedStatesDialog(store.session, store.frame)
    dialog.step_asked.connect(lambda state: _go(store, state))
    dialog.open()


def _go(store: OpenStore, state: Checkpoint) -> None:
    if state.episode_id is not None:
        store.show(ViewName.EPISODES)
        store.navigator.go(Place(ViewName.EPISODES, state.episode_id, state.step or 0))
