"""The command that asks whether recall would have helped."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from app.kit.actions import Command, Menu, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName

if TYPE_CHECKING:
    from app.agents.view import AgentsView


def show_replay(store: OpenStore) -> None:
    """Show the question; it is asked by its own button."""
    store.show(ViewName.AGENTS)
    cast("AgentsView", store.view(ViewName.AGENTS)).show_replay()


AGENT_ACTIONS = (
    StoreAction(
        id=Command.REPLAY,
        text="&Would It Have Helped?",
        tip="Ask past sessions again as they began, and see what they could have been told.",
        menu=Menu.RECALL,
        run=show_replay,
        icon=Icon.RECENT,
    ),
)
