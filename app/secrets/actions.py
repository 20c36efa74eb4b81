"""The command that shows the secrets of the open store."""

from __future__ import annotations

from functools import partial

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.view_names import ViewName
from hpm_engine import EpisodeQuery


def show_secrets(store: OpenStore) -> None:
    """Show what is done with secrets, and which were met."""
    from app.secrets.dialog import SecretsDialog  # not for the start

    SecretsDialog(store.session, partial(_find, store), store.frame).open()


def _find(store: OpenStore, tag: str) -> None:
    """Search for a tag, which stands wherever the secret was masked."""
    from app.episodes.view import EpisodesView

    store.show(ViewName.EPISODES)
    view = store.view(ViewName.EPISODES)
    if isinstance(view, EpisodesView):
        view.set_query(EpisodeQuery(text=tag))


SECRET_ACTIONS = (
    StoreAction(
        id=Command.SECRETS,
        text="S&ecrets…",
        tip="Say what is done with keys and passwords, and see which were masked.",
        menu=Menu.STORE,
        run=show_secrets,
        needs=Needs.STORE,
    ),
)
