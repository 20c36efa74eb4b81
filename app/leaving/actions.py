"""The commands that delete episodes, bring them back, and erase."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.formatting import counted
from app.kit.icons import Icon
from app.leaving.erase_dialog import EraseDialog
from app.leaving.trash_dialog import TrashDialog
from hpm_engine import Edit, ErasureReport, ErasureTarget, Job, Memory


def delete(store: OpenStore) -> None:
    """Put the selected episodes into the trash; undo brings them back."""
    ids = tuple(store.selected_ids())
    if ids:
        title = f"Delete {counted(len(ids), 'episode')}"
        store.marks.edit(lambda memory, job: memory.trash.put(ids), title)


def show_trash(store: OpenStore) -> None:
    """Show what was deleted, to restore it."""
    dialog = TrashDialog(store.session, store.frame)

    def restore(ids: list[int]) -> None:
        def call(memory: Memory, job: Job) -> Edit:
            return memory.trash.restore(ids)

        store.marks.edit(call, f"Restore {counted(len(ids), 'episode')}", dialog.read)

    dialog.restore_asked.connect(restore)
    dialog.erase_asked.connect(lambda ids: ask_erase(store, ids, dialog.read))
    dialog.open()


def erase_selected(store: OpenStore) -> None:
    """Show everything that holds the selected episodes, and erase them when agreed."""
    if ids := store.selected_ids():
        ask_erase(store, ids)


def ask_erase(
    store: OpenStore, ids: Sequence[int], then: Callable[[], object] | None = None
) -> None:
    """Show what holds episodes, or a text that is asked for; erase it when a person agrees."""
    dialog = EraseDialog(store.session, ids, store.frame)
    dialog.agreed.connect(lambda target: _erase(store, target, then))
    dialog.open()


def _erase(store: OpenStore, target: ErasureTarget, then: Callable[[], object] | None) -> None:
    def call(memory: Memory, job: Job) -> ErasureReport:
        return memory.erasure.run(target, job)

    what = counted(len(target.episodes), "episode") if target.episodes else "a text"
    task = store.session.write(call, f"Erase {what}", sentence=_erased)
    task.succeeded.connect(lambda report: store.problems.tell(*_receipt(report)))
    if then is not None:
        task.succeeded.connect(lambda _: then())


def _erased(title: str, report: ErasureReport, took: str) -> str:
    return f"{title}: receipt {report.id} of the audit log, {took}."


def _receipt(report: ErasureReport) -> tuple[str, str, str]:
    """The headline of a receipt, what it says, and its details."""
    text = (
        "Its bytes are gone from the file."
        if report.wiped
        else "Its bytes go once no other program reads the store: the next opening finishes it."
    )
    if report.relearned:
        text += f" {counted(report.relearned, 'topic')} learned again without it."
    if report.waiting:
        text += f" {counted(report.waiting, 'topic')} went; the next learning makes up for it."
    if report.found_before is not None and report.found is not None:
        others = counted(report.canaries, "other memory", "other memories")
        text += (
            f" Of {others} topics led back to {report.found_before:.0%} before, to"
            f" {report.found:.0%} now."
        )
    places = [f"{place.count:,} {place.what}" for place in report.places]
    digests = [f"State before: {report.before}", f"State after: {report.after}"]
    return f"Erased: receipt {report.id} of the audit log", text, "\n".join([*places, *digests])


def toggle_quarantine(store: OpenStore) -> None:
    """Ask why the selected episodes are to be set apart, or release them when all of them are."""
    ids = tuple(store.selected_ids())
    chosen = store.chosen.row
    if ids and chosen is not None and chosen.id in ids and chosen.quarantined:
        title = f"Release {counted(len(ids), 'episode')} from quarantine"
        store.marks.edit(lambda memory, job: memory.quarantine.release(ids), title)
        return
    if not ids:
        return
    dialog = QInputDialog(store.frame)
    dialog.setWindowTitle("Quarantine")
    what = counted(len(ids), "selected episode")
    dialog.setLabelText(f"Why {what} shall be neither recalled nor learned:")
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    title = f"Quarantine {counted(len(ids), 'episode')}"

    def put(reason: str) -> None:
        if reason.strip():
            store.marks.edit(lambda memory, job: memory.quarantine.put(ids, reason), title)

    dialog.textValueSelected.connect(put)
    dialog.open()


LEAVING_ACTIONS = (
    StoreAction(
        id=Command.QUARANTINE,
        text="&Quarantine or Release…",
        tip="Set the selected episodes apart: in view, but neither recalled nor learned.",
        menu=Menu.EPISODE,
        run=toggle_quarantine,
        icon=Icon.QUARANTINE,
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.DELETE,
        text="&Delete",
        tip="Put the selected episodes into the trash; Undo or the trash brings them back.",
        menu=Menu.EPISODE,
        run=delete,
        icon=Icon.DELETE,
        shortcuts=("Del",),
        needs=Needs.STORE | Needs.SELECTION,
    ),
    StoreAction(
        id=Command.ERASE,
        text="E&rase…",
        tip="Show everything that holds the selected episodes, and erase them for good.",
        menu=Menu.EPISODE,
        run=erase_selected,
        icon=Icon.ERASE,
        shortcuts=("Shift+Del",),
        needs=Needs.STORE | Needs.SELECTION,
        ends_group=True,
    ),
    StoreAction(
        id=Command.TRASH,
        text="&Trash…",
        tip="Show the deleted episodes, to restore them.",
        menu=Menu.STORE,
        run=show_trash,
        icon=Icon.TRASH,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.ERASE_TEXT,
        text="Erase a Te&xt…",
        tip="Find everything that holds a text, a name or an address, and erase it for good.",
        menu=Menu.STORE,
        run=lambda store: ask_erase(store, ()),
        icon=Icon.ERASE,
        needs=Needs.STORE,
        ends_group=True,
    ),
)
