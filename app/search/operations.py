"""What the commands do with saved searches."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.episodes.view import EpisodesView
from app.kit.navigation import ViewName
from hpm_engine import BadQuery, as_text

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


def ask_save(window: MainWindow) -> None:
    """Ask for a name under which to keep the search on screen, filters and all."""
    workspace = window.workspace
    view = workspace.view(ViewName.EPISODES) if workspace is not None else None
    if workspace is None or not isinstance(view, EpisodesView):
        return
    try:
        text = as_text(view.query())
    except BadQuery as error:
        window.problems.report(error, "Saving the search")
        return
    if not text:
        window.problems.tell("No search to save", "Type a search or set a filter first.")
        return
    searches = workspace.searches
    known = next((one.name for one in searches.all if one.text == text), "")
    dialog = _dialog(
        window, "Save the search", "Keep the search and its filters under this name:", known
    )
    dialog.textValueSelected.connect(lambda name: searches.save(name, text))
    dialog.open()


def ask_rename(window: MainWindow) -> None:
    """Ask which search to rename, then for its new name."""
    workspace = window.workspace
    if workspace is None:
        return
    searches = workspace.searches

    def ask_name(name: str) -> None:
        dialog = _dialog(window, "Rename a search", "New name:", name)
        dialog.textValueSelected.connect(lambda new: searches.rename(name, new))
        dialog.open()

    _choose(window, "Rename a search", "Search to rename:", ask_name)


def ask_delete(window: MainWindow) -> None:
    """Ask which search to delete; it can be undone."""
    workspace = window.workspace
    if workspace is None:
        return
    searches = workspace.searches

    def delete(name: str) -> None:
        if (search := searches.named(name)) is not None:
            searches.delete(search)

    _choose(window, "Delete a search", "Search to delete (this can be undone):", delete)


def _choose(window: MainWindow, title: str, label: str, then: Callable[[str], object]) -> None:
    workspace = window.workspace
    names = [one.name for one in workspace.searches.all] if workspace is not None else []
    if not names:
        return
    dialog = _dialog(window, title, label, names[0])
    dialog.setComboBoxItems(names)
    dialog.textValueSelected.connect(then)
    dialog.open()


def _dialog(window: MainWindow, title: str, label: str, value: str) -> QInputDialog:
    dialog = QInputDialog(window)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(value)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog
