"""What belongs to the window itself: its dialogs, the palette, notices, the tour, the manual."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from app.kit.actions import Command
from app.manual.window import ManualWindow
from app.shell import operations
from app.shell.actions.passphrases import ask_to_unlock
from app.shell.dialogs.closing_question import ask_to_close
from app.shell.main_window import MainWindow
from app.shell.screenshots.stage import Scene, Stage

_DIALOGS: tuple[tuple[str, Callable[[MainWindow], None]], ...] = (
    ("preferences", operations.show_preferences),
    ("shortcuts", operations.show_shortcuts),
    ("about", operations.show_about),
    ("agents", lambda window: window.imports.ask_agents()),
    ("closing", lambda window: ask_to_close(window, lambda: None)),
)


def welcome(stage: Stage) -> Scene:
    """The first page, without a store."""
    stage.window.close_store()
    yield from (None, None)
    stage.shoot("welcome")


def dialogs(stage: Stage) -> Scene:
    """What can be opened from anywhere."""
    for name, show in _DIALOGS:
        yield from stage.dialog(name, lambda show=show: show(stage.window))  # type: ignore[misc]
    yield from stage.dialog("passphrase", lambda: stage.run(Command.STORE_PASSPHRASE))
    yield from stage.dialog("unlock", lambda: ask_to_unlock(stage.window, Path("my.hpm")))
    yield from stage.dialog("sources", lambda: stage.run(Command.SOURCES))
    palette = stage.window.palette_panel
    palette.open()
    palette.type("im")
    yield None
    stage.shoot("palette")
    palette.hide()


def notices(stage: Stage) -> Scene:
    """What comes up over the views, and goes."""
    window = stage.window
    window.problems.tell("2 files brought no episodes", "Both were set aside.", "a.txt: no")
    yield None
    stage.shoot("notice")
    window.problem_bar.dismiss()
    window.by_itself.consent.ask(deletes=False)
    yield None
    stage.shoot("consent")
    window.by_itself.consent.hide()
    window.guide.sign.say("Import 3 files into this store")
    yield None
    stage.shoot("drop")
    window.guide.sign.hide()
    stage.run(Command.LOG)
    yield None
    stage.shoot("log")
    stage.run(Command.LOG)


def tour(stage: Stage) -> Scene:
    """Its first tip."""
    stage.window.guide.tour.begin()
    yield from (None, None)
    stage.shoot("tour")
    stage.window.guide.tour.end()
    yield None


def manual(stage: Stage) -> Scene:
    """The manual, at the page of a view."""
    operations.show_manual(stage.window)
    yield from (None, None)
    for window in stage.window.findChildren(ManualWindow):
        stage.shoot("manual", window)
        window.close()
