"""The commands that compress, and that show masks."""

from __future__ import annotations

from app.kit.actions import Action, Command, Menu, Needs
from app.kit.icons import Icon
from app.masks import operations as mask_operations

MASK_ACTIONS = (
    Action(
        id=Command.COMPRESS,
        text="Co&mpress Episodes…",
        tip="See what compressing the selected episodes would move, and do it.",
        menu=Menu.STORE,
        run=mask_operations.compress_selected,
        icon=Icon.COMPRESS,
        shortcuts=("Ctrl+Shift+K",),
        needs=Needs.STORE | Needs.SELECTION,
    ),
    Action(
        id=Command.RESTORE,
        text="Make &Whole",
        tip="Take back the compression of the selected episodes.",
        menu=Menu.STORE,
        run=mask_operations.make_whole,
        icon=Icon.RESTORE,
        needs=Needs.STORE | Needs.SELECTION,
    ),
    Action(
        id=Command.AGEING,
        text="How the Store A&ges…",
        tip="What stays whole, what is compressed, and what becomes of the originals.",
        menu=Menu.STORE,
        run=mask_operations.change_ageing,
        icon=Icon.MASKS,
        needs=Needs.STORE,
        ends_group=True,
    ),
    Action(
        id=Command.MASK_OVERLAY,
        text="Lay the &Mask over the Steps",
        tip="Grey the steps that compression drops, in the Episodes view, or show all alike.",
        menu=Menu.VIEW,
        run=mask_operations.toggle_overlay,
        icon=Icon.MASKS,
        shortcuts=("F8",),
        needs=Needs.STORE,
    ),
)
