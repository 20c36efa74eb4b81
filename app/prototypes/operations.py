"""What the commands do with the prototypes that are selected."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.kit.formatting import counted, number
from app.kit.navigation import ViewName
from app.kit.plain_text import one_line
from app.prototypes.shaping_question import ShapingQuestion
from app.prototypes.undo import forget, merge
from hpm_engine import Job, Memory, Merging, Prototype

if TYPE_CHECKING:
    from app.prototypes.view import PrototypesView
    from app.shell.main_window import MainWindow

MAP_KEYS = (  # the map's own, which act only while it has the keyboard
    ("Left, Right, Up, Down", "To the next prototype in that direction"),
    ("Ctrl and an arrow", "Move the map"),
    ("+", "Enlarge, also with the wheel"),
    ("-", "Make smaller"),
    ("0", "Show all"),
    ("Ctrl+A", "Select all"),
    ("Esc", "Select nothing"),
    ("Shift and dragging", "Select what is in a rectangle"),
    ("Ctrl and dragging", "Select what is in a lasso"),
)
_UNDO = "It is logged, stands among the cycles, and can be undone until the next cycle comes."
_NAMED = 8  # prototypes that a question names


def toggle_pin(window: MainWindow) -> None:
    """Pin the selected prototypes, or unpin them when all of them are pinned."""
    chosen = _chosen(window)
    if window.workspace is not None and chosen:
        pinned = not all(one.pinned for one in chosen)
        window.workspace.marks.pin_prototypes([one.id for one in chosen], pinned)


def ask_name(window: MainWindow) -> None:
    """Ask for a name of the selected prototype."""
    chosen, workspace = _chosen(window), window.workspace
    if workspace is None or not chosen:
        return
    if len(chosen) != 1:
        window.problems.tell("One prototype is named at a time", "Select the one to name.")
        return
    [one] = chosen
    dialog = QInputDialog(window)
    dialog.setWindowTitle("Rename the prototype")
    dialog.setLabelText("Its name; leave it empty to call it by its terms and paths:")
    dialog.setTextValue(one.name)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(partial(workspace.marks.rename_prototype, one.id))
    dialog.open()


def ask_merge(window: MainWindow) -> None:
    """Say what merging the selected prototypes comes to, and ask."""
    chosen, workspace = _chosen(window), window.workspace
    if workspace is None or not chosen:
        return
    if len(chosen) < 2:
        text = "Select them on the map with a lasso, or in the table with Ctrl."
        window.problems.tell("Merging needs at least two prototypes", text)
        return
    ids = [one.id for one in chosen]

    def look(memory: Memory, _job: Job) -> Merging:
        return memory.consolidation.merging(ids)

    def ask(plan: Merging) -> None:
        def begin() -> None:
            merge(workspace.session, workspace.marks, ids)

        ShapingQuestion("Merge", _merging(plan, chosen), _UNDO, begin, window).open()

    task = workspace.session.read(look)
    task.succeeded.connect(ask)
    task.failed.connect(lambda error: window.problems.report(error, "Merging prototypes"))


def ask_forget(window: MainWindow) -> None:
    """Say what forgetting the selected prototypes comes to, and ask."""
    if chosen := _chosen(window):
        offer_to_forget(window, chosen)


def offer_to_forget(window: MainWindow, chosen: Sequence[Prototype], why: str = "") -> None:
    """Say what forgetting these prototypes comes to, and ask; ``why`` stands before."""
    if (workspace := window.workspace) is None:
        return

    def begin() -> None:
        forget(workspace.session, workspace.marks, [one.id for one in chosen])

    text = f"{why}{counted(len(chosen), 'prototype')} would go:\n{_names(chosen)}\n" + (
        "Episodes stay as they are. Memories that no other prototype holds wait again, and a later"
        " cycle may learn them anew."
    )
    ShapingQuestion("Forget", text, _UNDO, begin, window).open()


def lay_out(window: MainWindow) -> None:
    """Lay the map out by UMAP."""
    if (view := _view(window)) is not None and view.map is not None:
        view.map.lay_out()


def show_all(window: MainWindow) -> None:
    """Show the whole map."""
    if (view := _view(window)) is not None and view.map is not None:
        view.map.map.show_all()


def _view(window: MainWindow) -> PrototypesView | None:
    if window.workspace is None:
        return None
    from app.prototypes.view import PrototypesView  # a window opens without its modules

    view = window.workspace.view(ViewName.PROTOTYPES)
    return view if isinstance(view, PrototypesView) else None


def _chosen(window: MainWindow) -> list[Prototype]:
    """The selected prototypes; says how to select some where none is."""
    view = _view(window)
    if view is None:
        return []
    if not (chosen := view.chosen()):
        text = "Click one on the map or in the table, or draw around several with Shift or Ctrl."
        window.problems.tell("No prototype is selected", text)
    return chosen


def _merging(plan: Merging, chosen: Sequence[Prototype]) -> str:
    told = {one.id: one_line(one.told, 80) for one in chosen}
    lines = [
        f"{told[key]}  (cosine {cosine:.2f})"
        for key, cosine in zip(plan.gone[:_NAMED], plan.cosines, strict=False)
    ]
    if len(plan.gone) > _NAMED:
        lines.append(f"and {number(len(plan.gone) - _NAMED)} more")
    return "\n".join(
        [
            f"Into “{told[plan.into]}” would go:",
            *lines,
            f"It would then explain {plan.count:,.1f} memories and move by {plan.moved:.3f} in"
            " cosine distance.",
        ]
    )


def _names(chosen: Sequence[Prototype]) -> str:
    lines = [f"{one_line(one.told, 80)}  ({one.count:,.1f} memories)" for one in chosen[:_NAMED]]
    if len(chosen) > _NAMED:
        lines.append(f"and {number(len(chosen) - _NAMED)} more")
    return "\n".join(lines)
