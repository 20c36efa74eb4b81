"""The program: one application, one window, and what the command line asked of them."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from PySide6.QtWidgets import QApplication

from app.kit.icons import program_icon
from app.kit.link import place_of
from app.kit.theme.theme import Scheme, Theme
from app.shell.appearance import Appearance
from app.shell.garbage import GarbageCollection
from app.shell.main_window import MainWindow
from app.shell.preferences import DamagedPreferences, Preferences, load
from app.shell.problems import PROGRAM, Problems
from app.shell.settings import Settings
from hpm_engine import __version__, config_folder, log_to_file

_LOG = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asked for."""

    store: Path | None = None
    go: str = ""  # a link to an episode or a step
    screenshots: Path | None = None
    themes: tuple[str, ...] = ()
    size: tuple[int, int] | None = None
    scale: int = 0  # per cent of the text size, for pictures; 0 for what is set
    scenes: tuple[str, ...] = ()  # of the pictures; all where none is named
    log: Path | None = None
    measure_open: bool = False
    measure_typing: int = 0  # how many searches to type
    measure_recall: int = 0  # how many cues to ask
    measure_tuning: bool = False
    measure_cycle: int = 0  # memories of a cycle
    measure_map: bool = False
    measure_masks: bool = False
    measure_reading: bool = False
    measure_live: int = 0  # how many steps to wait for
    measure_staying: int = 0  # how many seconds to stay open
    measure_import: tuple[Path, ...] = ()

    @property
    def measures(self) -> bool:
        """Whether the window is to measure itself."""
        asked = (self.measure_open, self.measure_typing, self.measure_recall, self.measure_cycle)
        views = (self.measure_map, self.measure_masks, self.measure_reading)
        others = (self.measure_tuning, self.measure_live, self.measure_staying, self.measure_import)
        return any((*asked, *views, *others))


class Program:
    """Owns the application, the preferences and the window for the life of the process."""

    def __init__(self, folder: Path) -> None:
        existing = QApplication.instance()
        self.qt = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
        self.qt.setApplicationName("hpm-inspector")
        self.qt.setApplicationDisplayName("HPM Inspector")
        self.qt.setDesktopFileName("hpm-inspector")
        self.qt.setWindowIcon(program_icon())
        self.problems = Problems()
        damage: DamagedPreferences | None = None
        try:
            preferences = load(folder)
        except DamagedPreferences as error:
            preferences, damage = Preferences(), error
        self.settings = Settings(preferences, folder)
        self.appearance = Appearance(self.settings, Theme(self.qt, dressed=False))
        self.window = MainWindow(self.settings, self.appearance, self.problems)
        self.garbage = GarbageCollection(self.qt)
        if damage is not None:
            with self.problems.during(PROGRAM):
                self.problems.tell("The preferences could not be read", str(damage))


# Painting a table asks Python hundreds of times, and beside an engine thread that runs Python each
# may wait this long for its turn: 64 ms in the worst tick of an import, 104 ms at 1 ms.
_SWITCH_SECONDS = 0.00005


def run(options: Options) -> int:
    """Start the program; returns its exit status."""
    with log_to_file("window", options.log):
        _LOG.info("the window opens, version %s", __version__)
        status = _run(options)
        _LOG.info("the window closes with status %d", status)
    return status


def _run(options: Options) -> int:
    sys.setswitchinterval(_SWITCH_SECONDS)
    program = Program(config_folder())
    if options.themes and options.screenshots is None:
        program.settings.update(theme=Scheme(options.themes[0]))
    if options.screenshots is not None:
        _end_on_error(program)
        from app.shell.screenshots.camera import take

        return take(program, options)
    window = program.window
    if options.measures:
        _end_on_error(program)
        from app.measure.run import measure

        return measure(program, options)
    program.problems.catch_all()
    if options.size is not None:
        window.resize(*options.size)
    if (store := options.store or _last_store(program.settings.preferences)) is not None:
        window.stores.open(store)
    if options.go:
        _go(program, options.go)
    window.show()
    return program.qt.exec()


def _go(program: Program, text: str) -> None:
    """Show what a link names in the store that was opened."""
    try:
        place = place_of(text)
    except ValueError as error:
        program.problems.tell("The link cannot be followed", f"{error}.")
        return
    if (workspace := program.window.workspace) is not None:
        workspace.navigator.show(place)


def _end_on_error(program: Program) -> None:
    """Nobody watches a window that takes pictures or measures: an error ends it with status 1."""

    def end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        _LOG.error("a failure that nobody expected", exc_info=error)
        sys.__excepthook__(kind, error, trace)
        program.window.close()
        program.qt.exit(1)

    sys.excepthook = end


def _last_store(preferences: Preferences) -> Path | None:
    if not preferences.reopen_last or not preferences.recent:
        return None
    last = Path(preferences.recent[0])
    return last if last.exists() else None
