"""Pictures of every view with the real data of a store, for review and for the README."""

from __future__ import annotations

import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, SignalInstance
from PySide6.QtWidgets import QDialog, QWidget

from app.consolidation.schedule_dialog import ScheduleDialog
from app.consolidation.view import ConsolidationView
from app.kit.controls.question_dialog import QuestionDialog
from app.kit.navigation import Place
from app.kit.theme.theme import Scheme
from app.kit.view_names import ViewName
from app.masks import actions as mask_actions
from app.masks.view import MasksView
from app.prototypes import actions as prototype_actions
from app.prototypes.map.scene import ColourBy
from app.prototypes.view import PrototypesView
from app.recall.view import RecallView
from app.shell import operations
from app.shell.workspace import Workspace
from hpm_engine import EpisodeQuery, Job, Memory, StepFlag

if TYPE_CHECKING:
    from app.shell.application import Options, Program

_SETTLE_MS = 250
_TIMEOUT_MS = 8_000
_CYCLES = 4  # in a store that has none
_ERROR = StepFlag.ERROR | StepFlag.NOT_EXECUTED
_OWN_SCENES = ("episodes", "masks", "prototypes", "consolidation", "recall")  # several pictures

Wait = SignalInstance | None  # go on when it fires, or after a moment when there is none
Scene = Generator[Wait, None, None]


def take(program: Program, options: Options) -> int:
    """Write ``<view>-<theme>.png`` for each view and theme, print their paths, and exit."""
    if options.store is None or options.screenshots is None:
        sys.stderr.write("hpm-inspector: name the store to take pictures of.\n")
        return 2
    options.screenshots.mkdir(parents=True, exist_ok=True)
    # Fixed: a store opened again brings its window's geometry back, cut to the screen, which is
    # small on a machine without a display.
    program.window.setFixedSize(*(options.size or (1440, 900)))
    program.window.show()
    photographer = _Photographer(program, options)
    _Director(photographer.scenes(), program)
    return program.qt.exec()


class _Director(QObject):
    """Runs the scenes: after each wait what is being read may arrive, and be painted."""

    def __init__(self, scenes: Iterator[Wait], program: Program) -> None:
        super().__init__(program.window)
        self._scenes, self._program = scenes, program
        self._awaited: SignalInstance | None = None
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._settled)
        self._moments = 0
        self._limit = QTimer(self, singleShot=True, interval=_TIMEOUT_MS)
        self._limit.timeout.connect(self._came)
        self._settle.start()

    def _settled(self) -> None:
        workspace = self._program.window.workspace
        self._moments += 1
        if workspace and workspace.session.reading and self._moments < _TIMEOUT_MS // _SETTLE_MS:
            self._settle.start()
            return
        self._moments = 0
        self._next()

    def _next(self) -> None:
        try:
            wait = next(self._scenes)
        except StopIteration:
            self._program.window.close()
            self._program.qt.exit(0)
            return
        if wait is None:
            self._settle.start()
            return
        self._awaited = wait
        wait.connect(self._came)
        self._limit.start()

    def _came(self, *_: object) -> None:
        if self._awaited is not None:
            self._awaited.disconnect(self._came)
            self._awaited = None
        self._limit.stop()
        self._settle.start()


class _Photographer:
    """The scenes, in order; each yields what it waits for before its picture."""

    def __init__(self, program: Program, options: Options) -> None:
        self._program, self._window = program, program.window
        self._options = options
        self._theme = ""

    def scenes(self) -> Scene:
        """Every view in every theme."""
        assert self._options.store is not None
        for theme in self._options.themes or ("light",):
            self._theme = theme
            self._program.settings.update(theme=Scheme(theme))
            self._window.close_store()
            yield None
            self._shoot("welcome")
            self._window.stores.open(self._options.store)
            assert self._window.workspace is not None
            yield from self._views(self._window.workspace)
            yield from self._dialogs()

    def _views(self, workspace: Workspace) -> Scene:
        window = self._window
        shown = window.side_pane.shown
        chosen = workspace.session.read(_failing_step)
        places: list[Place] = []
        chosen.succeeded.connect(places.append)
        yield chosen.finished
        workspace.navigator.go(Place(ViewName.EPISODES))
        yield None
        if places and places[0] is not None:
            workspace.navigator.go(places[0])
            yield shown
            yield None
        self._shoot("episodes")
        for name in (name for name in ViewName if name not in _OWN_SCENES):
            window.go_to_view(name)
            yield None
            yield None
            self._shoot(name.value)
        yield from self._search()
        yield from self._masks(workspace)
        yield from self._recall(workspace)
        yield from self._consolidation(workspace)
        yield from self._prototypes(workspace)

    def _search(self) -> Scene:
        window = self._window
        window.go_to_view(ViewName.EPISODES)
        for name, query in (("search", "error has:error"), ("search-wrong", "error projct:x")):
            window.search.line.setText(query)
            yield from (None, None, None)
            self._shoot(name)
        window.search.line.setFocus()
        window.search.line.setText("error agent:")
        window.search.completions.offer()
        yield None
        self._shoot("search-completion")
        window.search.completions.hide()
        window.search.line.clear()
        yield None
        yield None

    def _masks(self, workspace: Workspace) -> Scene:
        """The Masks view: one scorer, two beside each other, what would move, all of the store."""
        window = self._window
        window.go_to_view(ViewName.MASKS)
        view = workspace.view(ViewName.MASKS)
        assert isinstance(view, MasksView)
        view.pages.setCurrentWidget(pane := view.pane)
        yield from _until(lambda: pane.ladder.readings() is not None)
        self._shoot("masks")
        pane.more.set_open(True)
        pane.budget.other.setCurrentIndex(pane.budget.other.findData("files"))
        yield from _until(lambda: pane.ladder.readings() is not None)
        yield from _until(lambda: None not in pane.details.rebuilt.shown)
        self._shoot("masks-beside")
        pane.more.set_open(False)
        view.ask_to_compress_this()
        yield None
        yield None
        for dialog in view.findChildren(QDialog):
            self._shoot("compress", dialog)
            dialog.close()
        view.pages.setCurrentWidget(view.store)
        yield None
        yield None
        self._shoot("masks-store")
        yield from _until(lambda: view.ageing.outlook is not None)
        view.change_ageing()
        yield None
        yield None
        for dialog in view.findChildren(QDialog):
            self._shoot("ageing", dialog)
            dialog.close()
        mask_actions.toggle_overlay(workspace)
        yield None
        yield None
        yield None
        self._shoot("episodes-mask")
        mask_actions.toggle_overlay(workspace)

    def _recall(self, workspace: Workspace) -> Scene:
        """The Recall view: a trial, not recorded, and what if its first hit were absent."""
        window = self._window
        window.go_to_view(ViewName.RECALL)
        view = workspace.view(ViewName.RECALL)
        assert isinstance(view, RecallView)
        while view.index.waiting is None:
            yield None
        self._shoot("recall-empty")
        if view.index.waiting:
            view.index.begin()
            while workspace.session.writing:
                yield None
        tasks: list[str] = []
        chosen = workspace.session.read(_a_task)
        chosen.succeeded.connect(tasks.append)
        yield chosen.finished
        view.cue.show_cue(tasks[0])
        view.cue.set_record(False)
        for _ in range(2):  # the first has to load the encoder
            view.cue.ask()
            yield view.recalling.answered
        yield None
        self._shoot("recall")
        view.leave_out()
        yield view.recalling.answered
        self._shoot("recall-absent")
        view.show_past()
        yield None
        self._shoot("recall-past")

    def _consolidation(self, workspace: Workspace) -> Scene:
        """The Consolidation view: a few cycles, the preview of one, the schedule, undoing."""
        window = self._window
        window.go_to_view(ViewName.CONSOLIDATION)
        view = workspace.view(ViewName.CONSOLIDATION)
        assert isinstance(view, ConsolidationView)
        workspace.keeping.look()
        yield from _until(lambda: view.standing is not None)
        if view.standing is not None and not view.standing.cycles:
            self._shoot("consolidation-empty")
            for _ in range(_CYCLES):
                view.run_cycle()
                yield from _until(lambda: not view.notice.busy)
                yield None
        yield None
        yield None
        self._shoot("consolidation")
        view.preview_cycle()
        yield from _until(lambda: view.card.stands)
        yield None
        self._shoot("consolidation-preview")
        view.discard()
        view.change_schedule()
        view.ask_to_undo()
        yield None
        yield None
        for dialog in view.findChildren(QDialog):
            self._shoot("schedule" if isinstance(dialog, ScheduleDialog) else "undo", dialog)
            dialog.close()

    def _prototypes(self, workspace: Workspace) -> Scene:
        """The Prototypes view: the map laid out, one chosen, an earlier cycle, a merge."""
        window = self._window
        window.go_to_view(ViewName.PROTOTYPES)
        view = workspace.view(ViewName.PROTOTYPES)
        assert isinstance(view, PrototypesView)
        yield from _until(lambda: view.map is not None)
        if view.map is None:
            return
        pane = view.map
        yield from _until(lambda: not pane.notice.isVisible())  # or quick, where UMAP is not ready
        view.select_rows([0])
        yield None
        yield None
        self._shoot("prototypes")
        view.select_rows([])
        pane.slider.slider.setValue(max(0, pane.slider.slider.maximum() - 1))
        pane.colours.setCurrentIndex(pane.colours.findData(ColourBy.HELD.value))
        yield None
        self._shoot("prototypes-drift")
        view.select_rows([0, 1])
        prototype_actions.ask_merge(workspace)
        yield None
        yield None
        for dialog in window.findChildren(QuestionDialog):
            self._shoot("merge", dialog)
            dialog.close()

    def _dialogs(self) -> Scene:
        window = self._window
        window.palette_panel.open()
        window.palette_panel.type("im")
        yield None
        self._shoot("palette")
        window.palette_panel.hide()
        openers: tuple[tuple[str, Callable[..., None]], ...] = (
            ("preferences", operations.show_preferences),
            ("shortcuts", operations.show_shortcuts),
            ("about", operations.show_about),
        )
        for name, opener in openers:
            opener(window)
            yield None
            for dialog in window.findChildren(QDialog):
                if dialog.isVisible():
                    self._shoot(name, dialog)
                    dialog.close()
        window.problems.tell("2 files brought no episodes", "Both were set aside.", "a.txt: no")
        yield None
        self._shoot("notice")
        window.problem_bar.dismiss()

    def _shoot(self, name: str, widget: QWidget | None = None) -> None:
        assert self._options.screenshots is not None
        file = Path(self._options.screenshots) / f"{name}-{self._theme}.png"
        if not (widget or self._window).grab().save(str(file)):
            raise OSError(f"{file}: the picture could not be written there.")
        sys.stdout.write(f"{file}\n")


def _a_task(memory: Memory, job: Job) -> str:
    """What an episode in the middle of the store was about."""
    episodes = memory.episodes.find(EpisodeQuery(top_level=True))
    middle = len(episodes) // 2
    tasks = [episode.task for episode in memory.episodes.get(episodes.window(middle, middle + 1))]
    return tasks[0] if tasks else "anything"


def _until(so: Callable[[], bool]) -> Scene:
    """Wait until something is so, but not for ever: a store may have nothing to show."""
    for _ in range(_TIMEOUT_MS // _SETTLE_MS):
        if so():
            return
        yield None


def _failing_step(memory: Memory, job: Job) -> Place | None:
    """The first error of an episode that has some, preferably one that failed."""
    for query in (EpisodeQuery(has_error=True), EpisodeQuery()):
        for episode in memory.episodes.find(query).window(0, 1):
            outline = memory.steps.outline(episode)
            wrong = [step.seq for step in outline if step.flags & _ERROR]
            return Place(ViewName.EPISODES, episode, (wrong or [0])[0])
    return None
