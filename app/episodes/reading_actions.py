"""The commands that change how a conversation is read."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName

if TYPE_CHECKING:
    from app.episodes.episode_pane import EpisodePane


def _in_pane(run: Callable[[EpisodePane], None], store: OpenStore) -> None:
    """Go to the episodes, and do something to the conversation there."""
    from app.episodes.view import EpisodesView  # a window opens without its modules

    store.show(ViewName.EPISODES)
    view = store.view(ViewName.EPISODES)
    assert isinstance(view, EpisodesView)
    run(view.pane)


def _toggle_folding(pane: EpisodePane) -> None:
    pane.reading.change(folded=not pane.reading.options.folded)


def _toggle_markdown(pane: EpisodePane) -> None:
    pane.reading.change(markdown=not pane.reading.options.markdown)


def _toggle_errors(pane: EpisodePane) -> None:
    if pane.reading.errors.isEnabled():
        pane.reading.change(errors_only=not pane.reading.options.errors_only)


CONVERSATION_ACTIONS = (
    StoreAction(
        id=Command.FOLLOW,
        text="Follow Li&ve Steps",
        tip="Go to each new step of a session that goes on, until you go back in it.",
        menu=Menu.VIEW,
        run=partial(_in_pane, lambda pane: pane.toggle_follow()),
        icon=Icon.FOLLOW,
        shortcuts=("Ctrl+Shift+T",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.READ_FOLD,
        text="Fold Tool &Calls and Thinking",
        tip="Fold what the agent does between its messages into one line each, or show all of it.",
        menu=Menu.VIEW,
        run=partial(_in_pane, _toggle_folding),
        icon=Icon.FOLD,
        shortcuts=("Ctrl+Shift+G",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.READ_MARKDOWN,
        text="Mar&kdown or Plain Text",
        tip="Set the Markdown of messages, or show them as they were written.",
        menu=Menu.VIEW,
        run=partial(_in_pane, _toggle_markdown),
        icon=Icon.MARKDOWN,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.READ_ERRORS,
        text="Only Steps with &Errors",
        tip="Show the steps with errors and what was asked before each, or all steps.",
        menu=Menu.VIEW,
        run=partial(_in_pane, _toggle_errors),
        icon=Icon.ERRORS,
        shortcuts=("Ctrl+Shift+E",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.READ_FIND,
        text="Find in the C&onversation…",
        tip="Find words in all texts of the episode.",
        menu=Menu.EDIT,
        run=partial(_in_pane, lambda pane: pane.finder.open_search()),
        icon=Icon.SEARCH,
        shortcuts=("Ctrl+Shift+F", "F3"),
        needs=Needs.STORE,
        ends_group=True,
    ),
)
