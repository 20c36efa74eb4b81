"""What the commands do to the open store and to the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDockWidget

from app.kit.actions import Menu, OpenStore
from app.kit.session import EVERYTHING
from app.prototypes.actions import MAP_KEYS
from app.shell.dialogs.about_dialog import AboutDialog
from app.shell.dialogs.preferences_dialog import PreferencesDialog
from app.shell.dialogs.shortcuts_sheet import ShortcutsSheet

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow

EPISODE_KEYS = (  # the timeline's own, which act only while it has the keyboard
    ("Return", "From the list to reading at full width"),
    ("J", "Next step"),
    ("K", "Previous step"),
    ("N", "Next hit of the search"),
    ("Shift+N", "Previous hit"),
    ("[", "Previous decision point, while it is shown what compression keeps"),
    ("]", "Next decision point"),
    ("F", "Go to new steps as they come, or stop"),
    ("Space", "Unfold or fold the step"),
    ("Esc", "Back to the list"),
)


def undo(store: OpenStore) -> None:
    """Take back the last change of marks."""
    store.marks.stack.undo()


def redo(store: OpenStore) -> None:
    """Do again what was taken back."""
    store.marks.stack.redo()


def find(window: MainWindow) -> None:
    """Put the keyboard into the search."""
    window.search.line.setFocus(Qt.FocusReason.ShortcutFocusReason)


def refresh(store: OpenStore) -> None:
    """Have everything on screen read again."""
    store.session.changed.emit(EVERYTHING)


def go_back(store: OpenStore) -> None:
    """Return to the selection before."""
    store.navigator.back()


def go_forward(store: OpenStore) -> None:
    """Go again to what was left by going back."""
    store.navigator.forward()


def toggle(dock: QDockWidget) -> None:
    """Show or hide a dock."""
    dock.setVisible(not dock.isVisible())


def show_preferences(window: MainWindow) -> None:
    """Open the preferences beside the window."""
    PreferencesDialog(window.settings, window).show()


def show_manual(window: MainWindow) -> None:
    """Open the manual at the page of the view that is shown, or at its first page."""
    from app.manual.window import ManualWindow  # its parser is not for the start

    manual = window.findChild(ManualWindow) or ManualWindow(window)
    workspace = window.workspace
    manual.show_page(workspace.navigator.current.view.value if workspace else "")


def show_shortcuts(window: MainWindow) -> None:
    """Open the sheet of shortcuts beside the window."""
    groups = [(menu.replace("&", ""), window.commands.shortcuts(menu)) for menu in Menu]
    own = [("In an episode", EPISODE_KEYS), ("On the map of topics", MAP_KEYS)]
    ShortcutsSheet([*groups, *own], window).show()


def show_about(window: MainWindow) -> None:
    """Say which versions run here."""
    AboutDialog(window).show()
