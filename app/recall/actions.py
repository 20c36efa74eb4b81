"""The commands of the Recall menu, and what they do."""

from __future__ import annotations

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.index_job import index
from app.kit.view_names import ViewName
from app.recall.view import RecallView


def ask(store: OpenStore) -> None:
    """Put the keyboard into the cue."""
    if (view := _view(store)) is not None:
        view.cue.setFocus()
        view.cue.cue.selectAll()


def find_alike(store: OpenStore) -> None:
    """Ask what the store holds about the task of the selected episode."""
    row = store.chosen.row
    if row is not None and (view := _view(store)) is not None:
        view.ask_for(row.task or row.name)


def leave_out(store: OpenStore) -> None:
    """Ask again as if the chosen hit were absent."""
    if (view := _view(store)) is not None:
        view.leave_out()


def put_back(store: OpenStore) -> None:
    """Show the recall with nothing left out."""
    if (view := _view(store)) is not None:
        view.recalling.put_back()


def copy_block(store: OpenStore) -> None:
    """Copy the context block."""
    if (view := _view(store)) is not None:
        view.context.copy()


def show_past(store: OpenStore) -> None:
    """Show the list of past recalls."""
    if (view := _view(store)) is not None:
        view.show_past()


def index_now(store: OpenStore) -> None:
    """Index for recall what is not indexed yet."""
    index(store.session)


def _view(store: OpenStore) -> RecallView | None:
    """The Recall view, which is shown."""
    store.show(ViewName.RECALL)
    view = store.view(ViewName.RECALL)
    return view if isinstance(view, RecallView) else None


RECALL_ACTIONS = (
    StoreAction(
        id=Command.FIND_ALIKE,
        text="F&ind Alike",
        tip="Recall what answers to the task of the selected episode.",
        menu=Menu.EPISODE,
        run=find_alike,
        icon=Icon.ALIKE,
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.RECALL_ASK,
        text="&Ask…",
        tip="Go to the cue and see what an agent would be given for it.",
        menu=Menu.RECALL,
        run=ask,
        icon=Icon.RECALL,
        shortcuts=("Ctrl+R",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.RECALL_PAST,
        text="&Past Recalls",
        tip="List what was recalled with this store, by whom, and where it went.",
        menu=Menu.RECALL,
        run=show_past,
        icon=Icon.RECENT,
        shortcuts=("Ctrl+Shift+R",),
        needs=Needs.STORE,
        ends_group=True,
    ),
    StoreAction(
        id=Command.RECALL_WITHOUT,
        text="What If This Were A&bsent?",
        tip="Ask again as if the chosen hit were not in the store, and see what moves.",
        menu=Menu.RECALL,
        run=leave_out,
        icon=Icon.ABSENT,
        shortcuts=("Ctrl+Shift+X",),
        needs=Needs.STORE | Needs.HIT,
    ),
    StoreAction(
        id=Command.RECALL_PUT_BACK,
        text="P&ut Back What Was Left Out",
        tip="Show the recall again with nothing left out.",
        menu=Menu.RECALL,
        run=put_back,
        icon=Icon.UNDO,
        shortcuts=("Ctrl+Shift+U",),
        needs=Needs.STORE | Needs.HIT,
    ),
    StoreAction(
        id=Command.RECALL_COPY,
        text="&Copy the Context Block",
        tip="Copy what an agent would be given, exactly as it stands.",
        menu=Menu.RECALL,
        run=copy_block,
        icon=Icon.COPY,
        shortcuts=("Ctrl+Shift+C",),
        needs=Needs.STORE | Needs.HIT,
        ends_group=True,
    ),
    StoreAction(
        id=Command.RECALL_INDEX,
        text="Prepare f&or Recall",
        tip="Make what recall cannot find yet findable, by its words and by its meaning.",
        menu=Menu.RECALL,
        run=index_now,
        icon=Icon.INDEX,
        needs=Needs.STORE,
    ),
)
