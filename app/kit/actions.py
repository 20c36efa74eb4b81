"""What a command of the window is: its name, its menu, its keys, and when it may run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import TYPE_CHECKING

from PySide6.QtGui import QKeySequence

from app.kit.icons import Icon

if TYPE_CHECKING:
    from app.shell.main_window import MainWindow


class Menu(StrEnum):
    """The menus, in their order."""

    FILE = "&File"
    EDIT = "&Edit"
    VIEW = "&View"
    GO = "&Go"
    PROTOTYPES = "&Prototypes"
    RECALL = "&Recall"
    STORE = "&Store"
    HELP = "&Help"


class Needs(Flag):
    """What must be so for a command to run."""

    NOTHING = 0
    STORE = auto()
    SELECTION = auto()
    BACK = auto()
    FORWARD = auto()
    UNDO = auto()
    REDO = auto()
    SEARCHES = auto()
    HIT = auto()  # the Recall view shows what was recalled
    MAP = auto()  # the Prototypes view is on screen


class Command(StrEnum):
    """The commands by name."""

    STORE_OPEN = "store.open"
    STORE_NEW = "store.new"
    STORE_SAMPLE = "store.sample"
    STORE_CLOSE = "store.close"
    IMPORT_FILES = "import.files"
    IMPORT_FOLDER = "import.folder"
    QUIT = "quit"
    UNDO = "edit.undo"
    REDO = "edit.redo"
    FIND = "edit.find"
    SEARCH_SAVE = "search.save"
    SEARCH_RENAME = "search.rename"
    SEARCH_DELETE = "search.delete"
    PIN = "mark.pin"
    TAG_ADD = "mark.tag"
    TAG_REMOVE = "mark.untag"
    PREFERENCES = "preferences"
    GO_OVERVIEW = "go.overview"
    GO_EPISODES = "go.episodes"
    GO_MASKS = "go.masks"
    GO_PROTOTYPES = "go.prototypes"
    GO_CONSOLIDATION = "go.consolidation"
    GO_RECALL = "go.recall"
    GO_AUDIT = "go.audit"
    GO_HEALTH = "go.health"
    GO_BACK = "go.back"
    GO_FORWARD = "go.forward"
    PALETTE = "palette"
    REFRESH = "view.refresh"
    TEXT_LARGER = "view.larger"
    TEXT_SMALLER = "view.smaller"
    TEXT_RESET = "view.reset"
    THEME = "view.theme"
    INSPECTOR = "view.inspector"
    LOG = "view.log"
    RECALL_ASK = "recall.ask"
    RECALL_PAST = "recall.past"
    RECALL_WITHOUT = "recall.without"
    RECALL_PUT_BACK = "recall.put-back"
    RECALL_COPY = "recall.copy"
    RECALL_INDEX = "recall.index"
    COMPRESS = "masks.compress"
    RESTORE = "masks.restore"
    MASK_OVERLAY = "masks.overlay"
    AGEING = "masks.ageing"
    CYCLE_RUN = "cycle.run"
    CYCLE_PREVIEW = "cycle.preview"
    CYCLE_UNDO = "cycle.undo"
    SCHEDULE = "cycle.schedule"
    VISIBILITY = "store.visibility"
    PROTOTYPE_PIN = "prototypes.pin"
    PROTOTYPE_RENAME = "prototypes.rename"
    PROTOTYPE_MERGE = "prototypes.merge"
    PROTOTYPE_FORGET = "prototypes.forget"
    MAP_LAY_OUT = "map.lay-out"
    MAP_ALL = "map.all"
    TUNE_ENCODER = "tune.encoder"
    TUNE_MASK = "tune.mask"
    RESTORE_ENCODER = "tune.encoder-back"
    RESTORE_MASK = "tune.mask-back"
    STORE_COPY = "store.copy"
    AUDIT_EXPORT = "audit.export"
    AUDIT_VERIFY = "audit.verify"
    CHECK = "store.check"
    SHORTCUTS = "help.shortcuts"
    ABOUT = "help.about"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One command; ``tip`` is one sentence, also shown in the status bar."""

    id: Command
    text: str
    tip: str
    menu: Menu
    run: Callable[[MainWindow], None]
    icon: Icon | None = None
    shortcuts: tuple[QKeySequence.StandardKey | str, ...] = ()
    needs: Needs = Needs.NOTHING
    ends_group: bool = False  # a separator follows in the menu


def enabled(action: Action, state: Needs) -> bool:
    """Whether a command may run while ``state`` is what is so."""
    return not action.needs & ~state
