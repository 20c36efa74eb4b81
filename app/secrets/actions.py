"""The command that shows the secrets of the open store."""

from __future__ import annotations

from functools import partial

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.navigation import Place
from app.kit.view_names import ViewName
from hpm_engine import EpisodeQuery, Secret


def show_secrets(store: OpenStore) -> None:
    """Show what is done with secrets, and which were met."""
    from app.secrets.dialog import SecretsDialog  # not for the start

    SecretsDialog(store.session, partial(_find, store), store.frame).open()


def _find(store: OpenStore, secret: Secret) -> None:
    """Go to the first step that has a secret in clear, or search for the tag of a redacted one."""
    if secret.step is not None:
        episode_id, seq = secret.step
        store.navigator.go(Place(ViewName.EPISODES, episode_id, seq))
        return
    from app.episodes.view import EpisodesView

    store.show(ViewName.EPISODES)
    view = store.view(ViewName.EPISODES)
    if isinstance(view, EpisodesView):
        view.set_query(EpisodeQuery(text=secret.tag))


SECRET_ACTIONS = (
    StoreAction(
        id=Command.SECRETS,
        text="S&ecrets…",
        tip="Say what is done with keys and passwords, and see which were redacted.",
        menu=Menu.STORE,
        run=show_secrets,
        needs=Needs.STORE,
    ),
)
