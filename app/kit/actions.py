"""What a command of the window is: its name, its menu, its keys, and when it may run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Flag, StrEnum, auto
from typing import Any, Protocol

from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QWidget

from app.kit.chosen_episode import ChosenEpisode
from app.kit.icons import Icon
from app.kit.mark_undo import Marks
from app.kit.navigation import Navigator
from app.kit.session import Session
from app.kit.view_names import ViewName
from hpm_engine import Prototype, SavedSearch


class Menu(StrEnum):
    """The menus, in their order."""

    FILE = "&File"
    EDIT = "&Edit"
    EPISODE = "Epi&sode"
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
    SELECTION = auto()  # episodes are selected where one sees them
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
    IMPORT_AGENTS = "import.agents"
    IMPORT_FILES = "import.files"
    IMPORT_FOLDER = "import.folder"
    SYNC = "import.sync"
    SOURCES = "import.sources"
    COUNTDOWN = "import.countdown"
    QUIT = "quit"
    UNDO = "edit.undo"
    REDO = "edit.redo"
    FIND = "edit.find"
    SEARCH_NOTES = "search.notes"
    SEARCH_SAVE = "search.save"
    SEARCH_RENAME = "search.rename"
    SEARCH_DELETE = "search.delete"
    PIN = "mark.pin"
    TAG_ADD = "mark.tag"
    TAG_REMOVE = "mark.untag"
    NOTE = "note.episode"
    NOTE_STEP = "note.step"
    FIND_ALIKE = "episode.alike"
    COMPARE = "episode.compare"
    BLAME = "step.blame"
    FIX = "step.fix"
    HOW = "step.how"
    COPY_LINK = "copy.link"
    COPY_MARKDOWN = "copy.markdown"
    COPY_STEP_LINK = "copy.step-link"
    COPY_STEP_MARKDOWN = "copy.step-markdown"
    COPY_RESUME = "copy.resume"
    HAND_OVER = "copy.packet"
    OPEN_FOLDER = "episode.folder"
    EXPORT = "episode.export"
    GIVE_BACK = "episode.give-back"
    DELETE = "episode.delete"
    TRASH = "store.trash"
    QUARANTINE = "episode.quarantine"
    ERASE = "episode.erase"
    ERASE_TEXT = "store.erase-text"
    PREFERENCES = "preferences"
    GO_BACK = "go.back"
    GO_FORWARD = "go.forward"
    PALETTE = "palette"
    REFRESH = "view.refresh"
    TEXT_LARGER = "view.larger"
    TEXT_SMALLER = "view.smaller"
    TEXT_RESET = "view.reset"
    THEME = "view.theme"
    LAYOUT_LEFT = "view.list-left"
    LAYOUT_ABOVE = "view.list-above"
    LAYOUT_ALONE = "view.reading-alone"
    SIDEBAR = "view.filters"
    READ_FOLD = "view.fold-calls"
    READ_MARKDOWN = "view.markdown"
    READ_ERRORS = "view.errors"
    FOLLOW = "view.follow"
    READ_FIND = "edit.find-in-conversation"
    READ = "view.read"
    RAW = "view.raw"
    SIDE_PANE = "view.side-pane"
    NEXT_EPISODE = "go.next-episode"
    PREVIOUS_EPISODE = "go.previous-episode"
    LOG = "view.log"
    RECALL_ASK = "recall.ask"
    RECALL_PAST = "recall.past"
    RECALL_WITHOUT = "recall.without"
    RECALL_PUT_BACK = "recall.put-back"
    RECALL_COPY = "recall.copy"
    RECALL_INDEX = "recall.index"
    REPLAY = "agents.replay"
    COMPRESS = "masks.compress"
    RESTORE = "masks.restore"
    MASK_OVERLAY = "masks.overlay"
    AGEING = "masks.ageing"
    LEARN_ALL = "cycle.all"
    CYCLE_RUN = "cycle.run"
    CYCLE_PREVIEW = "cycle.preview"
    CYCLE_UNDO = "cycle.undo"
    SCHEDULE = "cycle.schedule"
    VISIBILITY = "store.visibility"
    SAVED_STATES = "store.states"
    SECRETS = "store.secrets"
    PROTOTYPE_PIN = "prototypes.pin"
    PROTOTYPE_RENAME = "prototypes.rename"
    PROTOTYPE_MERGE = "prototypes.merge"
    PROTOTYPE_FORGET = "prototypes.forget"
    PROTOTYPE_EPISODES = "prototypes.episodes"
    MAP_LAY_OUT = "map.lay-out"
    MAP_ALL = "map.all"
    TUNE_ENCODER = "tune.encoder"
    TUNE_MASK = "tune.mask"
    RESTORE_ENCODER = "tune.encoder-back"
    RESTORE_MASK = "tune.mask-back"
    STORE_COPY = "store.copy"
    STORE_BACKUP = "store.backup"
    STORE_PASSPHRASE = "store.passphrase"
    HISTORY = "audit.history"
    AUDIT_EXPORT = "audit.export"
    AUDIT_VERIFY = "audit.verify"
    CHECK = "store.check"
    REPAIR = "store.repair"
    MANUAL = "help.manual"
    TOUR = "help.tour"
    SHORTCUTS = "help.shortcuts"
    ABOUT = "help.about"


class Reports(Protocol):
    """Where a command says what went wrong, and what a person should know."""

    def report(self, error: object, doing: str = "") -> None:
        """Show an error; ``doing`` names what was under way."""

    def tell(self, headline: str, text: str, details: str = "") -> None:
        """Show a notice."""


class Searches(Protocol):
    """The searches that the open store keeps."""

    @property
    def all(self) -> tuple[SavedSearch, ...]:
        """Those there are, in their order."""

    def named(self, name: str) -> SavedSearch | None:
        """The search of that name."""

    def save(self, name: str, text: str) -> None:
        """Keep a search, in place of one that has its name."""

    def rename(self, name: str, new: str) -> None:
        """Give a search another name."""

    def delete(self, search: SavedSearch) -> None:
        """Forget a search."""


class OpenStore(Protocol):
    """What a command on the open store may use; its dialogs stand over ``frame``."""

    @property
    def session(self) -> Session:
        """Reads and writes the store."""

    @property
    def marks(self) -> Marks:
        """Pins, tags and names, and how they are undone."""

    @property
    def navigator(self) -> Navigator:
        """Where the window is, and was."""

    @property
    def searches(self) -> Searches:
        """The saved searches."""

    @property
    def problems(self) -> Reports:
        """Where to say what went wrong."""

    @property
    def chosen(self) -> ChosenEpisode:
        """The row of the episode at the navigator's place."""

    @property
    def frame(self) -> QWidget:
        """The window."""

    def show(self, name: ViewName) -> None:
        """Go to a view."""

    def view(self, name: ViewName) -> QWidget:
        """The view of that name, built if this is the first visit."""

    def selected_ids(self) -> list[int]:
        """The episodes that a command would change: none that is selected out of sight."""

    def selected_prototypes(self) -> Sequence[Prototype]:
        """The prototypes that a command would change, likewise."""

    def show_raw(self) -> None:
        """Show the original behind what is selected."""

    def show_log(self) -> None:
        """Show the log of what was done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A command of the window; ``tip`` is one sentence, also shown in the status bar.

    ``id`` is a ``Command``, or ``go.NAME`` for a view. ``run`` is given the window.
    """

    id: str
    text: str
    tip: str
    menu: Menu
    run: Callable[[Any], None]
    icon: Icon | None = None
    shortcuts: tuple[QKeySequence.StandardKey | str, ...] = ()
    needs: Needs = Needs.NOTHING
    ends_group: bool = False  # a separator follows in the menu


@dataclass(frozen=True, slots=True, kw_only=True)
class StoreAction(Action):
    """A command on the open store, which ``run`` is given; without a store it cannot run.

    ``refusal`` says why it cannot run on what is selected, "" where it can; it must be quick.
    """

    run: Callable[[OpenStore], None]
    needs: Needs = Needs.STORE
    refusal: Callable[[OpenStore], str] | None = None


def enabled(action: Action, state: Needs) -> bool:
    """Whether a command may run while ``state`` is what is so."""
    # As numbers: of flags, asked for every command at every change, it takes four times as long.
    return not action.needs.value & ~state.value
