"""What every view of the rail is."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from app.kit.command_menu import Offered
from app.kit.navigation import Place
from app.kit.selection_facts import SelectionCall
from hpm_engine import Changed, Prototype


class View(QWidget):
    """A view of the open store, made for its session and its navigator on the first visit.

    ``selection_changed`` says that a command would now act on something else, ``edit_wanted`` that
    a change of marks was asked for: the call that makes it and gives an ``Edit``, and its title.
    """

    selection_changed = Signal()
    edit_wanted = Signal(object, str)

    selects = True  # whether anything can be selected in it; if not, no pane tells of that

    def restore(self, place: Place) -> None:
        """Show what is selected at a place; called whenever the view is gone to."""
        raise NotImplementedError

    def offer_commands(self, offered: Offered) -> None:
        """Open menus of commands on what the view shows; called once, when it was built."""

    def refresh(self, changed: Changed) -> None:
        """Read again what a write has changed."""
        raise NotImplementedError

    def facts_of(self, here: Place, go: Callable[[Place], None]) -> SelectionCall | None:
        """How to read what the side pane says of a place of this view; ``go`` follows its links.

        None where nothing is selected: what was selected in another view is not told here.
        """
        return None

    def selected_episodes(self) -> Sequence[int]:
        """The episodes that a command would change: what is selected here and to be seen."""
        return ()

    def selected_prototypes(self) -> Sequence[Prototype]:
        """The prototypes that a command would change."""
        return ()

    def left_as(self) -> str:
        """How a person arranged the view, to be remembered; empty where there is one way."""
        return ""

    def restore_as(self, text: str) -> None:
        """Arrange the view as ``left_as`` said."""
