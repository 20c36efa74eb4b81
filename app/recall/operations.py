"""What the commands do in the Recall view."""

from __future__ import annotations

from typing import TYPE_CHECKING

from app.kit.index_job import index
from app.kit.navigation import ViewName
from app.recall.view import RecallView

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


def ask(window: MainWindow) -> None:
    """Put the keyboard into the cue."""
    if (view := _view(window)) is not None:
        view.cue.setFocus()
        view.cue.cue.selectAll()


def leave_out(window: MainWindow) -> None:
    """Ask again as if the chosen hit were absent."""
    if (view := _view(window)) is not None:
        view.leave_out()


def put_back(window: MainWindow) -> None:
    """Show the recall with nothing left out."""
    if (view := _view(window)) is not None:
        view.recalling.put_back()


def copy_block(window: MainWindow) -> None:
    """Copy the context block."""
    if (view := _view(window)) is not None:
        view.context.copy()


def show_past(window: MainWindow) -> None:
    """Show the list of past recalls."""
    if (view := _view(window)) is not None:
        view.show_past()


def index_now(window: MainWindow) -> None:
    """Index for recall what is not indexed yet."""
    if window.workspace is not None:
        index(window.workspace.session)


def _view(window: MainWindow) -> RecallView | None:
    """The Recall view, which is shown."""
    if window.workspace is None:
        return None
    window.go_to_view(ViewName.RECALL)
    view = window.workspace.view(ViewName.RECALL)
    return view if isinstance(view, RecallView) else None
