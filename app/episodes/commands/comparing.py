"""Comparing two episodes: those that are selected, or the selected one and another."""

from __future__ import annotations

from functools import partial

from app.kit.actions import OpenStore
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from hpm_engine import Episode, Job, Memory


def compare(store: OpenStore) -> None:
    """Show two episodes side by side, in place of the conversation; ask for one that is missing."""
    ids = store.selected_ids()
    if cannot_compare(store):
        return
    if len(ids) == 2:
        _show(store, *ids)
        return

    def call(memory: Memory, _job: Job) -> list[Episode]:
        return memory.episodes.get(ids)

    task = store.session.read(call)
    task.succeeded.connect(lambda episodes: _ask(store, episodes[0]) if episodes else None)
    task.failed.connect(partial(store.problems.report, doing="Comparing episodes"))


def cannot_compare(store: OpenStore) -> str:
    """Why what is selected cannot be compared."""
    few = len(store.selected_ids()) <= 2
    return "" if few else "Only two episodes are compared: select one or two."


def _ask(store: OpenStore, episode: Episode) -> None:
    from app.episodes.compare.other_episode_dialog import OtherEpisodeDialog  # few ask for it

    dialog = OtherEpisodeDialog(store.session, episode, store.frame)
    dialog.chosen.connect(lambda other: _show(store, episode.id, other))
    dialog.open()


def _show(store: OpenStore, left: int, right: int) -> None:
    from app.episodes.view import EpisodesView  # it offers the commands

    here = store.navigator.current
    if here.view is not ViewName.EPISODES:
        store.navigator.show(Place(ViewName.EPISODES, left))
    view = store.view(ViewName.EPISODES)
    if isinstance(view, EpisodesView):
        view.pane.compare(left, right)
