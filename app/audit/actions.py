"""The commands on the audit log, and what they do."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from app.audit.jobs import verify
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName

if TYPE_CHECKING:
    from app.audit.view import AuditView


def export_audit(store: OpenStore) -> None:
    """Show the log and ask what of it shall leave: the same dialog as the view's own."""
    store.show(ViewName.AUDIT)
    _view(store).ask_export()


def verify_audit(store: OpenStore) -> None:
    """Recompute the chain and show whether it holds."""
    store.show(ViewName.AUDIT)
    verify(store.session).succeeded.connect(lambda _: store.show_log())


def show_history(store: OpenStore) -> None:
    """Show all that was done to the selected episode, and the recalls that gave it."""
    if ids := store.selected_ids():
        store.show(ViewName.AUDIT)
        _view(store).show_history(ids[0])


def _view(store: OpenStore) -> AuditView:
    return cast("AuditView", store.view(ViewName.AUDIT))


AUDIT_ACTIONS = (
    StoreAction(
        id=Command.HISTORY,
        text="&History",
        tip="Show what was done to the episode, and the recalls that gave it.",
        menu=Menu.EPISODE,
        run=show_history,
        icon=Icon.AUDIT,
        shortcuts=("H",),
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.AUDIT_EXPORT,
        text="Export t&he Audit Log…",
        tip="Write the audit log, or what its filters show, to a file.",
        menu=Menu.STORE,
        run=export_audit,
        icon=Icon.EXPORT,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.AUDIT_VERIFY,
        text="&Verify the Audit Log",
        tip="Recompute the chain of the audit log and say whether it holds.",
        menu=Menu.STORE,
        run=verify_audit,
        icon=Icon.VERIFY,
        needs=Needs.STORE,
        ends_group=True,
    ),
)
