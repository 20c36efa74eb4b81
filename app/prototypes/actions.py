"""The commands on prototypes and their map, and what they do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.formatting import counted, number
from app.kit.icons import Icon
from app.kit.plain_text import one_line
from app.kit.view_names import ViewName
from app.prototypes.undo import forget, merge
from hpm_engine import Job, Memory, Merging, Prototype

if TYPE_CHECKING:
    from app.prototypes.view import PrototypesView

MAP_KEYS = (  # keys of the map, which act only while it has the focus
    ("Left, Right, Up, Down", "To the next topic in that direction"),
    ("Ctrl and an arrow", "Move the map"),
    ("+", "Enlarge, also with the wheel"),
    ("-", "Make smaller"),
    ("0", "Show all"),
    ("Ctrl+A", "Select all"),
    ("Esc", "Select nothing"),
    ("Shift and dragging", "Select what is in a rectangle"),
    ("Ctrl and dragging", "Select what is in a lasso"),
)
_UNDO = "It is logged, stands in the history, and can be undone until something is learned again."
_NAMED = 8  # prototypes that a question names


def toggle_pin(store: OpenStore) -> None:
    """Pin the selected prototypes, or unpin them when all of them are pinned."""
    if chosen := _chosen(store):
        pinned = not all(prototype.pinned for prototype in chosen)
        store.marks.pin_prototypes([prototype.id for prototype in chosen], pinned)


def ask_name(store: OpenStore) -> None:
    """Ask for a name of the selected prototype."""
    if not (chosen := _chosen(store)):
        return
    if len(chosen) != 1:
        store.problems.tell("One topic is named at a time", "Select the one to name.")
        return
    [prototype] = chosen
    dialog = QInputDialog(store.frame)
    dialog.setWindowTitle("Rename the topic")
    dialog.setLabelText("Its name; leave it empty to call it by its topic again:")
    dialog.setTextValue(prototype.told)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    dialog.textValueSelected.connect(partial(_rename, store, prototype))
    dialog.open()


def _rename(store: OpenStore, prototype: Prototype, name: str) -> None:
    """Rename a prototype, unless the name that was offered was left as it was."""
    if name.strip() != prototype.told:
        store.marks.rename_prototype(prototype.id, name)


def ask_merge(store: OpenStore) -> None:
    """Say what merging the selected prototypes comes to, and ask."""
    if not (chosen := _chosen(store)):
        return
    if len(chosen) < 2:
        text = "Select them on the map with a lasso, or in the table with Ctrl."
        store.problems.tell("Merging needs at least two topics", text)
        return
    ids = [prototype.id for prototype in chosen]

    def look(memory: Memory, _job: Job) -> Merging:
        return memory.consolidation.merging(ids)

    def ask(plan: Merging) -> None:
        def begin() -> None:
            merge(store.session, store.marks, ids)

        _ask(store, "Merge", _merging(plan, chosen), begin)

    task = store.session.read(look)
    task.succeeded.connect(ask)
    task.failed.connect(lambda error: store.problems.report(error, "Merging topics"))


def ask_forget(store: OpenStore) -> None:
    """Say what forgetting the selected prototypes comes to, and ask."""
    if chosen := _chosen(store):
        offer_to_forget(store, chosen)


def offer_to_forget(store: OpenStore, chosen: Sequence[Prototype], why: str = "") -> None:
    """Say what forgetting these prototypes comes to, and ask; ``why`` stands before."""

    def begin() -> None:
        forget(store.session, store.marks, [prototype.id for prototype in chosen])

    names = _names(chosen, [_memories(prototype.count) for prototype in chosen])
    text = f"{why}{counted(len(chosen), 'topic')} would go:\n{names}\n" + (
        "Episodes stay as they are. Memories that no other topic holds wait again, and may be"
        " learned anew."
    )
    _ask(store, "Forget", text, begin)


def _ask(store: OpenStore, verb: str, text: str, begin: Callable[[], None]) -> None:
    QuestionDialog(f"{verb} topics", text, _UNDO, verb, begin, store.frame).open()


def find_episodes(store: OpenStore) -> None:
    """Show the episodes that the selected topics were learned from."""
    if (chosen := _chosen(store)) and (view := _view(store)) is not None:
        view.find_episodes(chosen)


def lay_out(store: OpenStore) -> None:
    """Lay the map out by UMAP."""
    if (view := _view(store)) is not None and view.map is not None:
        view.map.lay_out()


def show_all(store: OpenStore) -> None:
    """Show the whole map."""
    if (view := _view(store)) is not None and view.map is not None:
        view.map.map.show_all()


def _view(store: OpenStore) -> PrototypesView | None:
    from app.prototypes.view import PrototypesView  # a window opens without its modules

    view = store.view(ViewName.PROTOTYPES)
    return view if isinstance(view, PrototypesView) else None


def _chosen(store: OpenStore) -> list[Prototype]:
    """The selected prototypes; where none is selected, a message says how to select some."""
    view = _view(store)
    if view is None:
        return []
    if not (chosen := view.chosen()):
        text = "Click one on the map or in the table, or draw around several with Shift or Ctrl."
        store.problems.tell("No topic is selected", text)
    return chosen


def _merging(plan: Merging, chosen: Sequence[Prototype]) -> str:
    prototypes = {prototype.id: prototype for prototype in chosen}
    gone = [prototypes[key] for key in plan.gone]
    return (
        f"Into “{_name(prototypes[plan.into])}” would go:\n"
        f"{_names(gone, [_likeness(cosine) for cosine in plan.cosines])}\n"
        f"It would then hold {_memories(plan.count)}, and stand for {_change(plan.moved)}."
    )


def _memories(count: float) -> str:
    return counted(round(count), "memory", "memories")


def _likeness(cosine: float) -> str:
    """How alike two topics are, in words."""
    words = ((0.8, "much alike"), (0.5, "alike"), (0.2, "a little alike"))
    return next((word for least, word in words if cosine >= least), "hardly alike")


def _change(moved: float) -> str:
    """How far a topic goes by a merge, a cosine distance, in words."""
    words = ((0.05, "the same as now"), (0.2, "much the same as now"))
    return next((word for most, word in words if moved <= most), "something else than now")


def _names(prototypes: Sequence[Prototype], facts: Sequence[str]) -> str:
    """A line for each of the first prototypes, with its fact, and how many more there are."""
    lines = [
        f"{_name(prototype)}  ({fact})"
        for prototype, fact in zip(prototypes[:_NAMED], facts, strict=False)
    ]
    if len(prototypes) > _NAMED:
        lines.append(f"and {number(len(prototypes) - _NAMED)} more")
    return "\n".join(lines)


def _name(prototype: Prototype) -> str:
    return one_line(prototype.told, 80)


_ON_MAP = Needs.STORE | Needs.MAP

PROTOTYPE_ACTIONS = (
    StoreAction(
        id=Command.PROTOTYPE_PIN,
        text="&Pin or Unpin",
        tip="Keep the selected topics ten times as firmly, or as before; so does P.",
        menu=Menu.PROTOTYPES,
        run=toggle_pin,
        icon=Icon.PIN,
        needs=_ON_MAP,
    ),
    StoreAction(
        id=Command.PROTOTYPE_RENAME,
        text="&Rename…",
        tip="Give the selected topic a name of your own.",
        menu=Menu.PROTOTYPES,
        run=ask_name,
        icon=Icon.TAG,
        shortcuts=("F2",),
        needs=_ON_MAP,
    ),
    StoreAction(
        id=Command.PROTOTYPE_EPISODES,
        text="Find &Episodes",
        tip="Show the episodes that the selected topics were learned from.",
        menu=Menu.PROTOTYPES,
        run=find_episodes,
        icon=Icon.SEARCH,
        needs=_ON_MAP,
    ),
    StoreAction(
        id=Command.PROTOTYPE_MERGE,
        text="&Merge…",
        tip="See what making one topic of the selected ones comes to, and do it.",
        menu=Menu.PROTOTYPES,
        run=ask_merge,
        icon=Icon.MERGE,
        shortcuts=("Ctrl+Shift+M",),
        needs=_ON_MAP,
    ),
    StoreAction(
        id=Command.PROTOTYPE_FORGET,
        text="&Forget…",
        tip="Take the selected topics away; their memories can be learned again.",
        menu=Menu.PROTOTYPES,
        run=ask_forget,
        icon=Icon.DELETE,
        needs=_ON_MAP,
        ends_group=True,
    ),
    StoreAction(
        id=Command.MAP_LAY_OUT,
        text="&Lay the Map out Anew",
        tip="Lay the map out afresh; topics that have not changed stay where they are.",
        menu=Menu.PROTOTYPES,
        run=lay_out,
        icon=Icon.REFRESH,
        needs=_ON_MAP,
    ),
    StoreAction(
        id=Command.MAP_ALL,
        text="Show &All of the Map",
        tip="Fit the whole map into its place.",
        menu=Menu.PROTOTYPES,
        run=show_all,
        icon=Icon.ZOOM_RESET,
        needs=_ON_MAP,
    ),
)
