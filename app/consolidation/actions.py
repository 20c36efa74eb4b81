"""The commands that learn, and what they do."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName
from app.prototypes.actions import offer_to_forget
from app.recall.visibility_dialog import VisibilityDialog
from hpm_engine import VISIBILITY, Changed, Job, Memory, Prototype, Visibility

if TYPE_CHECKING:
    from app.consolidation.view import ConsolidationView

_LEARNED = (
    "These topics learned from what is private now. Recall tells of them only to who may see"
    " all of their episodes, but they do not unlearn by a rule: forgetting them does.\n\n"
)


def run_cycle(store: OpenStore) -> None:
    """Learn some of what waits."""
    if (view := _view(store)) is not None:
        _once_read(view, view.run_cycle)


def learn_all(store: OpenStore) -> None:
    """Learn all that waits."""
    if (view := _view(store)) is not None:
        _once_read(view, view.learn_all)


def preview_cycle(store: OpenStore) -> None:
    """Show what would be learned."""
    if (view := _view(store)) is not None:
        _once_read(view, view.preview_cycle)


def undo_cycle(store: OpenStore) -> None:
    """Ask which of the last runs to undo."""
    if (view := _view(store)) is not None:
        _once_read(view, view.ask_to_undo)


def change_schedule(store: OpenStore) -> None:
    """Show the schedule, to be changed."""
    if (view := _view(store)) is not None:
        view.change_schedule()


def change_visibility(store: OpenStore) -> None:
    """Show who sees which episodes, to be changed."""
    session = store.session

    def keep(rules: Visibility) -> None:
        call = partial(_keep, rules.text())
        session.edit(call, "Visibility").succeeded.connect(lambda _: look(rules))

    def look(rules: Visibility) -> None:
        if rules.private:
            task = session.read(_of_private)
            task.succeeded.connect(offer)
            task.failed.connect(
                lambda error: store.problems.report(error, "Looking for what was learned before")
            )

    def offer(learned: list[Prototype]) -> None:
        if learned:
            offer_to_forget(store, learned, _LEARNED)

    def show(rules: str) -> None:
        VisibilityDialog(rules, keep, store.frame).open()

    task = session.read(lambda memory, _: memory.settings.all().get(VISIBILITY, ""))
    task.succeeded.connect(show)
    task.failed.connect(lambda error: store.problems.report(error, "Reading the rules"))


def _keep(rules: str, memory: Memory, _job: Job) -> Changed:
    return memory.settings.set(VISIBILITY, rules)


def _of_private(memory: Memory, _job: Job) -> list[Prototype]:
    return memory.consolidation.of_private()


def _view(store: OpenStore) -> ConsolidationView | None:
    from app.consolidation.view import ConsolidationView  # a window opens without its modules

    store.show(ViewName.CONSOLIDATION)
    view = store.view(ViewName.CONSOLIDATION)
    return view if isinstance(view, ConsolidationView) else None


def _once_read(view: ConsolidationView, act: Callable[[], None]) -> None:
    """Act, though only once the view knows what waits: it may just have been built for this."""
    if view.standing is not None:
        act()
    else:
        view.head.waiting_known.connect(act, Qt.ConnectionType.SingleShotConnection)


CONSOLIDATION_ACTIONS = (
    StoreAction(
        id=Command.LEARN_ALL,
        text="Learn &All Now",
        tip="Learn all that waits, in one run that can be stopped, and undone as a whole.",
        menu=Menu.STORE,
        run=learn_all,
        icon=Icon.CONSOLIDATION,
        shortcuts=("Ctrl+Shift+A",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.CYCLE_RUN,
        text="&Learn Some Now",
        tip="Learn some of what waits, in one run that can be undone.",
        menu=Menu.STORE,
        run=run_cycle,
        icon=Icon.CONSOLIDATION,
        shortcuts=("Ctrl+Shift+L",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.CYCLE_PREVIEW,
        text="&Preview Learning",
        tip="See what would be learned and forgotten; nothing is written.",
        menu=Menu.STORE,
        run=preview_cycle,
        icon=Icon.CONSOLIDATION,
        shortcuts=("Ctrl+Shift+P",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.CYCLE_UNDO,
        text="&Undo Learning…",
        tip="Go back to before one of the last runs, byte for byte.",
        menu=Menu.STORE,
        run=undo_cycle,
        icon=Icon.UNDO,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.SCHEDULE,
        text="&Schedule…",
        tip="Set when the store compresses and learns by itself.",
        menu=Menu.STORE,
        run=change_schedule,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.VISIBILITY,
        text="Visibilit&y…",
        tip="Set which agents and projects see which episodes when they recall.",
        menu=Menu.STORE,
        run=change_visibility,
        needs=Needs.STORE,
        ends_group=True,
    ),
)
