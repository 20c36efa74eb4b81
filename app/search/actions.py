"""The commands on saved searches; the Edit menu and the menu beside the search line hold them."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QInputDialog

from app.episodes.view import EpisodesView
from app.kit.actions import Command, Menu, Needs, OpenStore, StoreAction
from app.kit.icons import Icon
from app.kit.view_names import ViewName
from hpm_engine import BadQuery, as_text


def ask_save(store: OpenStore) -> None:
    """Ask for a name under which to keep the search on screen, filters and all."""
    view = store.view(ViewName.EPISODES)
    if not isinstance(view, EpisodesView):
        return
    try:
        text = as_text(view.query())
    except BadQuery as error:
        store.problems.report(error, "Saving the search")
        return
    if not text:
        store.problems.tell("No search to save", "Type a search or set a filter first.")
        return
    searches = store.searches
    known = next((search.name for search in searches.all if search.text == text), "")
    dialog = _dialog(
        store, "Save the search", "Keep the search and its filters under this name:", known
    )
    dialog.textValueSelected.connect(lambda name: searches.save(name, text))
    dialog.open()


def search_notes(store: OpenStore) -> None:
    """Show the notes that hold the words of the search on screen."""
    view = store.view(ViewName.EPISODES)
    if not isinstance(view, EpisodesView):
        return
    if view.noted.count is None:
        store.problems.tell("No notes to show", "No note is known that this search finds as well.")
    else:
        view.noted.open()


def ask_rename(store: OpenStore) -> None:
    """Ask which search to rename, then for its new name."""
    _choose(store, "Rename a search", "Search to rename:", partial(ask_name, store))


def ask_name(store: OpenStore, name: str) -> None:
    """Ask for another name of a search."""
    dialog = _dialog(store, "Rename a search", "New name:", name)
    dialog.textValueSelected.connect(lambda new: store.searches.rename(name, new))
    dialog.open()


def ask_delete(store: OpenStore) -> None:
    """Ask which search to delete; it can be undone."""
    searches = store.searches

    def delete(name: str) -> None:
        if (search := searches.named(name)) is not None:
            searches.delete(search)

    _choose(store, "Delete a search", "Search to delete (this can be undone):", delete)


def _choose(store: OpenStore, title: str, label: str, then: Callable[[str], object]) -> None:
    names = [search.name for search in store.searches.all]
    if not names:
        return
    dialog = _dialog(store, title, label, names[0])
    dialog.setComboBoxItems(names)
    dialog.textValueSelected.connect(then)
    dialog.open()


def _dialog(store: OpenStore, title: str, label: str, value: str) -> QInputDialog:
    dialog = QInputDialog(store.frame)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(value)
    dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    return dialog


SEARCH_ACTIONS = (
    StoreAction(
        id=Command.SEARCH_NOTES,
        text="Search the &Notes for This",
        tip="Show the notes that hold the words of the search.",
        menu=Menu.EDIT,
        run=search_notes,
        icon=Icon.NOTES,
        shortcuts=("Ctrl+Shift+N",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.SEARCH_SAVE,
        text="&Save Search…",
        tip="Keep the search and its filters in the store, under a name.",
        menu=Menu.EDIT,
        run=ask_save,
        icon=Icon.SAVE,
        shortcuts=("Ctrl+D",),
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.SEARCH_RENAME,
        text="Rena&me a Search…",
        tip="Give a saved search another name.",
        menu=Menu.EDIT,
        run=ask_rename,
        needs=Needs.STORE | Needs.SEARCHES,
    ),
    StoreAction(
        id=Command.SEARCH_DELETE,
        text="&Delete a Search…",
        tip="Take a saved search out of the store.",
        menu=Menu.EDIT,
        run=ask_delete,
        needs=Needs.STORE | Needs.SEARCHES,
        ends_group=True,
    ),
)
