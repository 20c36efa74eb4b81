"""The commands that consolidate."""

from __future__ import annotations

from app.consolidation import operations as consolidation_operations
from app.kit.actions import Action, Command, Menu, Needs
from app.kit.icons import Icon

CONSOLIDATION_ACTIONS = (
    Action(
        id=Command.CYCLE_RUN,
        text="C&onsolidate Now",
        tip="Let waiting memories settle into prototypes, in one cycle that can be undone.",
        menu=Menu.STORE,
        run=consolidation_operations.run_cycle,
        icon=Icon.CONSOLIDATION,
        shortcuts=("Ctrl+Shift+L",),
        needs=Needs.STORE,
    ),
    Action(
        id=Command.CYCLE_PREVIEW,
        text="&Preview a Cycle",
        tip="See what a cycle would learn, bear, merge and forget; nothing is written.",
        menu=Menu.STORE,
        run=consolidation_operations.preview_cycle,
        icon=Icon.CONSOLIDATION,
        shortcuts=("Ctrl+Shift+P",),
        needs=Needs.STORE,
    ),
    Action(
        id=Command.CYCLE_UNDO,
        text="Undo the &Last Cycle…",
        tip="Put back every byte of the prototypes as it was before the last cycle.",
        menu=Menu.STORE,
        run=consolidation_operations.undo_cycle,
        icon=Icon.UNDO,
        needs=Needs.STORE,
    ),
    Action(
        id=Command.SCHEDULE,
        text="&Schedule…",
        tip="Set when the store is consolidated by itself.",
        menu=Menu.STORE,
        run=consolidation_operations.change_schedule,
        needs=Needs.STORE,
    ),
    Action(
        id=Command.VISIBILITY,
        text="Visibilit&y…",
        tip="Set which agents and projects see which episodes when they recall.",
        menu=Menu.STORE,
        run=consolidation_operations.change_visibility,
        needs=Needs.STORE,
        ends_group=True,
    ),
)
