"""The menus that open on things: commands of the menu bar, and why some cannot run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from app.kit.actions import Command
from app.kit.plain_text import tip

# The actions of commands, made ready to be shown; None stands for a separator.
Offered = Callable[[Sequence[Command | None]], Sequence[QAction | None]]
# The actions of one menu, asked for each time it opens.
Offer = Callable[[], Sequence[QAction | None]]

ON_EPISODES: tuple[Command | None, ...] = (
    Command.READ,
    Command.RAW,
    None,
    Command.PIN,
    Command.TAG_ADD,
    Command.TAG_REMOVE,
    Command.NOTE,
    None,
    Command.FIND_ALIKE,
    Command.COMPARE,
    Command.COMPRESS,
    Command.RESTORE,
    None,
    Command.COPY_LINK,
    Command.COPY_MARKDOWN,
    Command.COPY_RESUME,
    Command.HAND_OVER,
    Command.OPEN_FOLDER,
    Command.GIVE_BACK,
    Command.QUARANTINE,
    Command.DELETE,
    Command.ERASE,
    None,
    Command.EXPORT,
    Command.HISTORY,
)
ON_PROTOTYPES: tuple[Command | None, ...] = (
    Command.PROTOTYPE_EPISODES,
    None,
    Command.PROTOTYPE_PIN,
    Command.PROTOTYPE_RENAME,
    Command.PROTOTYPE_MERGE,
    Command.PROTOTYPE_FORGET,
)
ON_STEP: tuple[Command | None, ...] = (
    Command.NOTE_STEP,
    Command.COPY_STEP_LINK,
    None,
    Command.READ,
    Command.RAW,
    None,
    Command.BLAME,
    Command.FIX,
    Command.HOW,
    None,
    Command.FIND_ALIKE,
    Command.EXPORT,
)


def open_menu(actions: Sequence[QAction | None], at: QPoint, parent: QWidget) -> QMenu:
    """Open a menu of actions, which is gone once it is closed; what is disabled says why."""
    menu = QMenu(parent)
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.setToolTipsVisible(True)
    add_all(menu, actions)
    menu.popup(at)
    return menu


def add_all(menu: QMenu, actions: Sequence[QAction | None]) -> None:
    """Append actions to a menu."""
    for action in actions:
        if action is None:
            menu.addSeparator()
        else:
            if action.parent() is None:  # made for this menu
                action.setParent(menu)
            menu.addAction(action)


def entry(text: str, run: Callable[[], object], *, refusal: str = "") -> QAction:
    """An entry of one menu only; ``refusal`` says why it cannot run, if it cannot."""
    action = QAction(text)
    action.triggered.connect(lambda _=False: run())
    action.setEnabled(not refusal)
    action.setToolTip(tip(refusal))
    return action
