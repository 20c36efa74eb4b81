"""The commands as Qt's actions: in the menus, on their keys, enabled by one rule."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu

from app.kit.actions import Action, Command, Menu, Needs, StoreAction, enabled
from app.kit.icons import icon
from app.kit.plain_text import tip
from app.shell.action_table import ACTIONS
from app.shell.menu_key import bind_menu_key
from hpm_engine import visible

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


class Commands:
    """Every command of the table as an action of the window."""

    def __init__(self, window: MainWindow) -> None:
        self._window = window
        self._actions = {action.id: self._make(action) for action in ACTIONS}
        self._refusals: dict[str, str] = {}
        self.recent = QMenu("Open &Recent", window)
        self._build_menus()
        bind_menu_key(window)

    def __getitem__(self, command: str) -> QAction:
        return self._actions[command]

    def update(self, state: Needs) -> None:
        """Enable what may run now; what may not says why, where that is not plain to see."""
        store = self._window.workspace
        for action in ACTIONS:
            entry, refusal = self._actions[action.id], ""
            may_run = enabled(action, state)
            if may_run and isinstance(action, StoreAction) and action.refusal and store is not None:
                refusal = action.refusal(store)
            entry.setEnabled(may_run and not refusal)
            if isinstance(action, StoreAction) and action.refusal:
                self._tell(action, refusal)

    def _tell(self, action: Action, refusal: str) -> None:
        """Say why a command may not run, or what it does."""
        if self._refusals.get(action.id) == refusal:
            return
        self._refusals[action.id] = refusal
        self._actions[action.id].setToolTip(tip(refusal or action.tip))
        self._actions[action.id].setStatusTip(refusal or action.tip)

    def offered(self, commands: Sequence[Command | None]) -> Sequence[QAction | None]:
        """The actions of commands for a menu, enabled for what is selected at this moment."""
        self._window.update_commands()
        return [None if command is None else self._actions[command] for command in commands]

    def for_palette(self) -> Sequence[tuple[str, QAction]]:
        """The commands with their names, as the palette lists them, and the saved searches."""
        commands = [
            (f"{plain(action.menu)}: {plain(action.text)}", self._actions[action.id])
            for action in ACTIONS
            if action.id != Command.PALETTE
        ]
        runs = self._window.search.saved.runs()
        return [*commands, *((f"Search: {run.text().replace('&&', '&')}", run) for run in runs)]

    def shortcuts(self, menu: Menu) -> Sequence[tuple[str, str]]:
        """The keys of a menu's commands, and what each does."""
        return [
            (" or ".join(_native(key) for key in keys), plain(action.text).rstrip("…"))
            for action in ACTIONS
            if action.menu is menu and (keys := self._actions[action.id].shortcuts())
        ]

    def _make(self, action: Action) -> QAction:
        entry = QAction(action.text, self._window)
        entry.setObjectName(action.id)
        entry.setStatusTip(action.tip)
        keys = [_native(_first(key)) for key in action.shortcuts]
        entry.setToolTip(tip(f"{action.tip} ({keys[0]})" if keys else action.tip))
        if action.icon is not None:
            entry.setIcon(icon(action.icon))
        entry.setShortcuts([_first(key) for key in action.shortcuts])
        entry.triggered.connect(partial(_run, action, self._window))
        self._window.addAction(entry)
        return entry

    def _build_menus(self) -> None:
        menus = {menu: self._window.menuBar().addMenu(menu.value) for menu in Menu}
        menus[Menu.EPISODE].aboutToShow.connect(self._window.update_commands)
        for action in ACTIONS:
            menu = menus[action.menu]
            menu.setToolTipsVisible(action.menu is Menu.EPISODE)
            menu.addAction(self._actions[action.id])
            if action.id is Command.STORE_NEW:
                menu.addMenu(self.recent)
            if action.ends_group:
                menu.addSeparator()

    def show_recent(self, paths: Sequence[str]) -> None:
        """List the recent stores in their submenu."""
        self.recent.clear()
        for path in paths:
            entry = self.recent.addAction(visible(path).replace("&", "&&"))
            entry.triggered.connect(partial(self._window.open_recent, path))
        self.recent.setEnabled(bool(paths))


def plain(text: str) -> str:
    """A menu's or an action's text without its mnemonic."""
    return text.replace("&", "")


def _run(action: Action, window: MainWindow, _checked: bool = False) -> None:
    with window.problems.during(action.id):
        if not isinstance(action, StoreAction):
            action.run(window)
        elif window.workspace is not None:
            action.run(window.workspace)


def _first(key: QKeySequence.StandardKey | str) -> QKeySequence:
    if isinstance(key, str):
        return QKeySequence(key)
    return QKeySequence.keyBindings(key)[0]


def _native(key: QKeySequence) -> str:
    return key.toString(QKeySequence.SequenceFormat.NativeText)
