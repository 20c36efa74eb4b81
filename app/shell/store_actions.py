"""The commands on the whole of a store: its models, its audit log, its integrity."""

from __future__ import annotations

from app.health import adaptation_actions as adaptation_operations
from app.kit.actions import Action, Command, Menu, Needs
from app.kit.icons import Icon
from app.shell import operations

STORE_ACTIONS = (
    Action(
        id=Command.TUNE_ENCODER,
        text="&Fine-Tune the Encoder",
        tip="Teach φ on the store's own episodes; used only if better on those held out.",
        menu=Menu.STORE,
        run=adaptation_operations.tune_encoder,
        icon=Icon.TUNE,
        needs=Needs.STORE,
    ),
    Action(
        id=Command.TUNE_MASK,
        text="Fine-&Tune the Mask",
        tip="Teach the mask on the store's own episodes; used only if better on those held out.",
        menu=Menu.STORE,
        run=adaptation_operations.tune_mask,
        icon=Icon.TUNE,
        needs=Needs.STORE,
    ),
    Action(
        id=Command.RESTORE_ENCODER,
        text="Take Back the E&ncoder's Weights",
        tip="Use again the weights of φ that were in use before, and encode episodes anew.",
        menu=Menu.STORE,
        run=adaptation_operations.restore_encoder,
        icon=Icon.UNDO,
        needs=Needs.STORE,
    ),
    Action(
        id=Command.RESTORE_MASK,
        text="Take Back the Mas&k's Weights",
        tip="Use again the mask's weights that were in use before.",
        menu=Menu.STORE,
        run=adaptation_operations.restore_mask,
        icon=Icon.UNDO,
        needs=Needs.STORE,
        ends_group=True,
    ),
    Action(
        id=Command.AUDIT_EXPORT,
        text="&Export the Audit Log…",
        tip="Write the audit log to a JSONL or CSV file.",
        menu=Menu.STORE,
        run=operations.ask_export,
        icon=Icon.EXPORT,
        needs=Needs.STORE,
    ),
    Action(
        id=Command.AUDIT_VERIFY,
        text="&Verify the Audit Log",
        tip="Recompute the chain of the audit log and say whether it holds.",
        menu=Menu.STORE,
        run=operations.verify_audit,
        icon=Icon.VERIFY,
        needs=Needs.STORE,
        ends_group=True,
    ),
    Action(
        id=Command.CHECK,
        text="&Check Integrity",
        tip="Check every page, link, text, imported file and row of the log.",
        menu=Menu.STORE,
        run=operations.check_store,
        icon=Icon.CHECK,
        needs=Needs.STORE,
    ),
)
