"""The commands of the Recall menu."""

from __future__ import annotations

from app.kit.actions import Action, Command, Menu, Needs
from app.kit.icons import Icon
from app.recall import operations as recall_operations

RECALL_ACTIONS = (
    Action(
        id=Command.RECALL_ASK,
        text="&Ask…",
        tip="Go to the cue and see what an agent would be given for it.",
        menu=Menu.RECALL,
        run=recall_operations.ask,
        icon=Icon.RECALL,
        shortcuts=("Ctrl+R",),
        needs=Needs.STORE,
    ),
    Action(
        id=Command.RECALL_PAST,
        text="&Past Recalls",
        tip="List what was recalled with this store, by whom, and where it went.",
        menu=Menu.RECALL,
        run=recall_operations.show_past,
        icon=Icon.RECENT,
        shortcuts=("Ctrl+Shift+R",),
        needs=Needs.STORE,
        ends_group=True,
    ),
    Action(
        id=Command.RECALL_WITHOUT,
        text="What If This Were A&bsent?",
        tip="Ask again as if the chosen hit were not in the store, and see what moves.",
        menu=Menu.RECALL,
        run=recall_operations.leave_out,
        icon=Icon.ABSENT,
        shortcuts=("Ctrl+Shift+X",),
        needs=Needs.STORE | Needs.HIT,
    ),
    Action(
        id=Command.RECALL_PUT_BACK,
        text="P&ut Back What Was Left Out",
        tip="Show the recall again with nothing left out.",
        menu=Menu.RECALL,
        run=recall_operations.put_back,
        icon=Icon.UNDO,
        shortcuts=("Ctrl+Shift+U",),
        needs=Needs.STORE | Needs.HIT,
    ),
    Action(
        id=Command.RECALL_COPY,
        text="&Copy the Context Block",
        tip="Copy what an agent would be given, exactly as it stands.",
        menu=Menu.RECALL,
        run=recall_operations.copy_block,
        icon=Icon.COPY,
        shortcuts=("Ctrl+Shift+C",),
        needs=Needs.STORE | Needs.HIT,
        ends_group=True,
    ),
    Action(
        id=Command.RECALL_INDEX,
        text="&Index for Recall",
        tip="Index what recall cannot find yet, by its words and by its meaning.",
        menu=Menu.RECALL,
        run=recall_operations.index_now,
        icon=Icon.INDEX,
        needs=Needs.STORE,
    ),
)
