"""The commands of the File menu."""

from __future__ import annotations

from PySide6.QtGui import QKeySequence

from app.kit.actions import Command, Menu, Needs, StoreAction
from app.kit.icons import Icon
from app.shell import copy_operations
from app.shell.actions import passphrases
from app.shell.actions.window_action import WindowAction
from app.syncing.actions import SYNC_ACTIONS

Key = QKeySequence.StandardKey

FILE_ACTIONS = (
    WindowAction(
        id=Command.STORE_OPEN,
        text="&Open Store…",
        tip="Open a memory store.",
        menu=Menu.FILE,
        run=lambda window: window.stores.ask_open(),
        icon=Icon.OPEN,
        shortcuts=(Key.Open,),
    ),
    WindowAction(
        id=Command.STORE_NEW,
        text="&New Store…",
        tip="Make an empty memory store.",
        menu=Menu.FILE,
        run=lambda window: window.stores.ask_new(),
        icon=Icon.NEW,
        shortcuts=(Key.New,),
    ),
    WindowAction(
        id=Command.STORE_SAMPLE,
        text="Open the &Sample",
        tip="Open a generated store to try the program with.",
        menu=Menu.FILE,
        run=lambda window: window.stores.open_sample(),
        icon=Icon.SAMPLE,
    ),
    StoreAction(
        id=Command.STORE_COPY,
        text="Save a Cop&y…",
        tip="Copy the open store into one checked file, whatever else has it open.",
        menu=Menu.FILE,
        run=copy_operations.ask_copy,
        icon=Icon.EXPORT,
        needs=Needs.STORE,
    ),
    StoreAction(
        id=Command.STORE_BACKUP,
        text="&Back Up Now",
        tip="Make a checked backup in the folder for backups.",
        menu=Menu.FILE,
        run=copy_operations.back_up_store,
        icon=Icon.SAVE,
        needs=Needs.STORE,
    ),
    WindowAction(
        id=Command.STORE_PASSPHRASE,
        text="&Passphrase…",
        tip="Put the open store under a passphrase, under another, or under none.",
        menu=Menu.FILE,
        run=passphrases.ask_passphrase,
        icon=Icon.LOCK,
        needs=Needs.STORE,
        ends_group=True,
    ),
    WindowAction(
        id=Command.IMPORT_AGENTS,
        text="Import A&gents' Sessions…",
        tip="Choose among the agents that were found on this computer.",
        menu=Menu.FILE,
        run=lambda window: window.imports.ask_agents(),
        icon=Icon.AGENT,
        shortcuts=("Ctrl+Alt+I",),
    ),
    WindowAction(
        id=Command.IMPORT_FILES,
        text="&Import Files…",
        tip="Import session files or archives of agents.",
        menu=Menu.FILE,
        run=lambda window: window.imports.ask_files(),
        icon=Icon.IMPORT,
        shortcuts=("Ctrl+I",),
    ),
    WindowAction(
        id=Command.IMPORT_FOLDER,
        text="Import &Folder…",
        tip="Import every session under a folder.",
        menu=Menu.FILE,
        run=lambda window: window.imports.ask_folder(),
        icon=Icon.IMPORT_FOLDER,
        shortcuts=("Ctrl+Shift+I",),
    ),
    *SYNC_ACTIONS,
    WindowAction(
        id=Command.COUNTDOWN,
        text="Sessions That Agents Will &Delete…",
        tip="List the sessions that agents will delete, and whether this store has them.",
        menu=Menu.FILE,
        run=lambda window: window.imports.ask_countdown(),
        icon=Icon.COUNTDOWN,
        needs=Needs.STORE,
        ends_group=True,
    ),
    WindowAction(
        id=Command.STORE_CLOSE,
        text="&Close Store",
        tip="Close the store and return to the first page.",
        menu=Menu.FILE,
        run=lambda window: window.close_store(),
        icon=Icon.CLOSE,
        shortcuts=("Ctrl+W",),
        needs=Needs.STORE,
    ),
    WindowAction(
        id=Command.QUIT,
        text="&Quit",
        tip="Close the window.",
        menu=Menu.FILE,
        run=lambda window: window.request_close(),
        icon=Icon.QUIT,
        shortcuts=("Ctrl+Q",),
    ),
)
