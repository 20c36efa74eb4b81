"""What the commands do with cycles and their schedule."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from app.kit.navigation import ViewName
from app.prototypes.operations import offer_to_forget
from app.recall.visibility_dialog import VisibilityDialog
from hpm_engine import VISIBILITY, Changed, Job, Memory, Prototype, Visibility

if TYPE_CHECKING:
    from app.consolidation.view import ConsolidationView
    from app.shell.main_window import MainWindow

_LEARNED = (
    "These prototypes learned from what is private now. Recall tells of them only to who may see"
    " all of their episodes, but they do not unlearn by a rule: forgetting them does.\n\n"
)


def run_cycle(window: MainWindow) -> None:
    """Run a cycle now."""
    if (view := _view(window)) is not None:
        view.run_cycle()


def preview_cycle(window: MainWindow) -> None:
    """Show what a cycle would do."""
    if (view := _view(window)) is not None:
        view.preview_cycle()


def undo_cycle(window: MainWindow) -> None:
    """Ask whether to undo the last cycle that stands."""
    if (view := _view(window)) is not None:
        view.ask_to_undo()


def change_schedule(window: MainWindow) -> None:
    """Show the schedule, to be changed."""
    if (view := _view(window)) is not None:
        view.change_schedule()


def change_visibility(window: MainWindow) -> None:
    """Show who sees which episodes, to be changed."""
    if window.workspace is None:
        return
    session = window.workspace.session

    def keep(rules: Visibility) -> None:
        call = partial(_keep, rules.text())
        session.edit(call, "Visibility").succeeded.connect(lambda _: look(rules))

    def look(rules: Visibility) -> None:
        if rules.private:
            task = session.read(_of_private)
            task.succeeded.connect(offer)
            task.failed.connect(
                lambda error: window.problems.report(error, "Looking for what was learned before")
            )

    def offer(learned: list[Prototype]) -> None:
        if learned:
            offer_to_forget(window, learned, _LEARNED)

    def show(rules: str) -> None:
        VisibilityDialog(rules, keep, window).open()

    task = session.read(lambda memory, _: memory.settings().get(VISIBILITY, ""))
    task.succeeded.connect(show)
    task.failed.connect(lambda error: window.problems.report(error, "Reading the rules"))


def _keep(rules: str, memory: Memory, _job: Job) -> Changed:
    return memory.set_setting(VISIBILITY, rules)


def _of_private(memory: Memory, _job: Job) -> list[Prototype]:
    return memory.consolidation.of_private()


def _view(window: MainWindow) -> ConsolidationView | None:
    if window.workspace is None:
        return None
    from app.consolidation.view import ConsolidationView  # a window opens without its modules

    window.go_to_view(ViewName.CONSOLIDATION)
    view = window.workspace.view(ViewName.CONSOLIDATION)
    return view if isinstance(view, ConsolidationView) else None
