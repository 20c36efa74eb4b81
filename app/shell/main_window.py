"""The window: puts the pieces together and swaps the open store."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from app.consolidation.by_itself import ByItself
from app.kit.actions import Command, Needs
from app.kit.navigation import Place
from app.kit.session import Session
from app.kit.view import View
from app.kit.view_names import ViewName
from app.search.actions import SEARCH_ACTIONS
from app.search.search_box import SearchBox
from app.shell.actions.passphrases import ask_to_unlock
from app.shell.appearance import Appearance
from app.shell.dialogs.closing_question import ask_to_close
from app.shell.dialogs.palette import CommandPalette
from app.shell.first_run.guide import Guide
from app.shell.first_run.welcome import WelcomeView
from app.shell.imports import Imports
from app.shell.jobs import Jobs
from app.shell.log_panel import LogPanel
from app.shell.menus import Commands
from app.shell.problem_bar import ProblemBar
from app.shell.problems import Problems
from app.shell.rail import Rail
from app.shell.reading_mode import ReadingMode
from app.shell.same_store import TITLE as LOST
from app.shell.screen import fit_on_screen
from app.shell.search_bridge import Searching
from app.shell.settings import Settings
from app.shell.side_pane.choice import SidePaneChoice
from app.shell.side_pane.side_pane import SidePane
from app.shell.status.selection_sums import SelectionSums
from app.shell.status.status_line import StatusLine
from app.shell.stores import Stores
from app.shell.top_bar import TopBar
from app.shell.upgrade_notice import UpgradeNotice, said
from app.shell.window_state import WindowState
from app.shell.workspace import Workspace
from hpm_engine import CannotOpen, Changed, Job, LockedStore, Memory, Stats, Upgrade

_STATS_AFTER_MS = 300  # the first rows come first
_FIRST_SIZE = QSize(1440, 900)


class MainWindow(QMainWindow):
    """The frame around the views; ``workspace_changed`` says that a store opened or closed."""

    workspace_changed = Signal(object)

    appearance: Appearance
    stores: Stores
    imports: Imports
    guide: Guide
    search: SearchBox
    side_pane: SidePane
    side_pane_choice: SidePaneChoice
    reading: ReadingMode
    log: LogPanel
    commands: Commands
    palette_panel: CommandPalette

    def __init__(self, settings: Settings, appearance: Appearance, problems: Problems) -> None:
        super().__init__()
        self.settings, self.appearance, self.problems = settings, appearance, problems
        self.workspace: Workspace | None = None
        self._closing = False
        self._view: ViewName | None = None
        self.stores = Stores(settings, self)
        self.imports = Imports(self._session, self.stores, problems, self)
        self.search = SearchBox()
        self.rail = Rail()
        self.stack = QStackedWidget()
        self.welcome = WelcomeView()
        self.problem_bar = ProblemBar()
        self.upgrade = UpgradeNotice()
        self.by_itself = ByItself(settings.folder)
        self.side_pane = SidePane(self)
        self.side_pane_choice = SidePaneChoice(self.side_pane, self)
        self.log = LogPanel(self)
        self.status = StatusLine()
        self.jobs = Jobs(self.statusBar(), self.log.add, problems)
        self.guide = Guide(settings, self.stores, self._session, self.go_to_view, self)
        self.commands = Commands(self)
        self._assemble()
        self.palette_panel = CommandPalette(self.commands.for_palette, self)
        self._connect()
        self.setAcceptDrops(True)
        fit_on_screen(self, _FIRST_SIZE)
        self._state().restore_window(self)
        self.commands.show_recent(settings.preferences.recent)
        self._show_welcome()

    def open_session(self, session: Session) -> None:
        """Show a store in place of the one that is open."""
        self._leave_workspace()
        self.problem_bar.leave_store()
        state = WindowState(self.settings.folder, session.path)
        self.workspace = workspace = Workspace(session, self.stack, state, self.problems, self)
        self.status.show_store(session.path)
        state.restore_window(self)
        self.side_pane_choice.follow(state)
        self.reading.follow(workspace)
        session.job_started.connect(self.jobs.follow)
        session.changed.connect(self._on_changed)
        session.upgraded.connect(self._on_upgraded)
        workspace.navigator.moved.connect(self._on_moved)
        workspace.selection_changed.connect(self.update_commands)
        workspace.keeping.news.connect(self._on_keeping)
        self.status.follow(workspace.syncing, workspace.backups, self.log.add)
        self.by_itself.follow(session, workspace.keeping)
        workspace.same_store.lost.connect(partial(self.problems.tell, LOST))
        workspace.marks.stack.indexChanged.connect(self.update_commands)
        workspace.searches.listed.connect(self.update_commands)
        workspace.searches.failed.connect(
            lambda error: self.problems.report(error, "Reading the saved searches")
        )
        workspace.raw_asked.connect(self.side_pane_choice.show_raw)
        workspace.log_asked.connect(self.log.show)
        workspace.chosen.arrived.connect(self.update_commands)
        workspace.view_built.connect(self._on_view_built)
        self.search.reset()
        Searching(self.search, workspace)
        SelectionSums(workspace).changed.connect(self.status.show_sums)
        workspace.begin()
        workspace.show(_last_view(state))
        self.side_pane.follow(session, workspace.navigator, workspace.view)
        opening = session.read(lambda memory, job: None)
        opening.failed.connect(lambda error: self._on_unreadable(workspace, error))
        QTimer.singleShot(_STATS_AFTER_MS, workspace, lambda: self._ask_stats(workspace))
        QTimer.singleShot(_STATS_AFTER_MS, workspace, workspace.searches.read)
        workspace.waiting.counted.connect(partial(self.rail.show_count, ViewName.NOTES))
        QTimer.singleShot(_STATS_AFTER_MS, workspace, workspace.waiting.read)
        self._show_place()
        if self.focusWidget() is None or not workspace.here.isAncestorOf(self.focusWidget()):
            workspace.here.setFocus()  # else the first button of the window takes it
        self.workspace_changed.emit(workspace)

    def close_store(self) -> None:
        """Close the open store and show the first page."""
        self._leave_workspace()
        self.problem_bar.leave_store()
        self._show_welcome()

    def go_to_view(self, name: ViewName) -> None:
        """Show a view of the open store."""
        if self.workspace is not None:
            self.workspace.show(name)
        self._show_place()

    def open_recent(self, path: str) -> None:
        """Open a store from the list of recent ones."""
        self.stores.open(Path(path))

    def request_close(self) -> None:
        """Close the window as its own button would."""
        self.close()

    def setVisible(self, visible: bool) -> None:
        """Dress the window, which is built by then, before it is seen."""
        self.appearance.dress(self)
        super().setVisible(visible)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept files and folders of this computer."""
        self.guide.welcome_drag(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Take the sign away."""
        self.guide.sign.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open or import what was dropped."""
        event.acceptProposedAction()
        self.guide.sign.hide()
        self.imports.drop(event.mimeData())

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask once while a job runs; then stop it and close."""
        busy = self.stores.busy or (self.workspace is not None and self.workspace.session.writing)
        if busy and not self._closing and self.settings.preferences.confirm_close:
            event.ignore()
            ask_to_close(self, self._close_at_once)
            return
        self.reading.leave()
        self._state().save_window(self)
        self._leave_workspace()
        self.stores.close()
        event.accept()

    def _close_at_once(self) -> None:
        self._closing = True
        self.close()

    def _assemble(self) -> None:
        commands = self.commands
        before = [commands[Command.GO_BACK], commands[Command.GO_FORWARD]]
        after = [commands[Command.PALETTE], commands[Command.SIDE_PANE], commands[Command.LOG]]
        top = TopBar(before, self.search, after, self)
        self.addToolBar(top)
        self.reading = ReadingMode((self.rail, top, self.side_pane), self)
        self.reading.changed.connect(self.side_pane_choice.hold)
        self.search.saved.set_commands([commands[action.id] for action in SEARCH_ACTIONS])
        for name in ViewName:
            self.rail.add(name, name.label, name.icon, name.keys)
        self.stack.addWidget(self.welcome)
        centre = QVBoxLayout()
        centre.setContentsMargins(0, 0, 0, 0)
        centre.setSpacing(0)
        centre.addWidget(self.problem_bar)
        centre.addWidget(self.upgrade)
        centre.addWidget(self.guide.tour)
        centre.addWidget(self.by_itself)
        centre.addWidget(self.stack, 1)
        whole = QWidget()
        row = QHBoxLayout(whole)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.rail)
        row.addLayout(centre, 1)
        self.setCentralWidget(whole)
        self.addDockWidget(Qt.DockWidgetArea.RightDockWidgetArea, self.side_pane)
        width = self.side_pane.sizeHint().width()
        self.resizeDocks([self.side_pane], [width], Qt.Orientation.Horizontal)
        self.addDockWidget(Qt.DockWidgetArea.BottomDockWidgetArea, self.log)
        self.statusBar().addWidget(self.status, 1)

    def _connect(self) -> None:
        self.stores.opened.connect(self.open_session)
        self.stores.failed.connect(self.problems.report)
        self.stores.job_started.connect(self.jobs.follow)
        self.problems.reported.connect(self.problem_bar.show_problem)
        self.problems.settled.connect(self.problem_bar.settle)
        recent = self.commands.show_recent
        self.settings.changed.connect(lambda preferences: recent(preferences.recent))
        self.settings.save_failed.connect(
            lambda error: self.problems.report(error, "Saving the preferences")
        )
        self.by_itself.undo_asked.connect(self.commands[Command.CYCLE_UNDO].trigger)
        self.rail.chosen.connect(self.go_to_view)
        for command, dock in ((Command.SIDE_PANE, self.side_pane), (Command.LOG, self.log)):
            self.commands[command].setCheckable(True)  # its button stays pressed while it shows
            dock.visibilityChanged.connect(self.commands[command].setChecked)
        self.welcome.open_asked.connect(self.stores.ask_open)
        self.welcome.new_asked.connect(self.stores.ask_new)
        self.welcome.sample_asked.connect(self.stores.open_sample)
        self.welcome.folder_asked.connect(self.imports.ask_folder)
        self.welcome.import_asked.connect(self.imports.begin)
        self.welcome.follow_asked.connect(self.imports.follow)
        self.welcome.recent_asked.connect(self.open_recent)

    def _session(self) -> Session | None:
        return None if self.workspace is None else self.workspace.session

    def _state(self) -> WindowState:
        if self.workspace is not None:
            return self.workspace.state
        return WindowState(self.settings.folder, None)

    def _leave_workspace(self) -> None:
        workspace, self.workspace = self.workspace, None
        if workspace is None:
            return
        self.reading.leave()
        workspace.state.save_window(self)
        workspace.state.view = workspace.navigator.current.view.value
        self.side_pane_choice.leave()
        self.side_pane.leave()
        self.rail.show_count(ViewName.NOTES, 0)
        self.guide.tour.hide()
        self.by_itself.leave()
        self.upgrade.hide()
        workspace.close()
        self.workspace_changed.emit(None)

    def _show_welcome(self) -> None:
        self.side_pane_choice.leave()
        self.status.show_store(None)
        self.stack.setCurrentWidget(self.welcome)
        self.welcome.setFocus()
        self.welcome.show_recent(self.settings.preferences.recent)
        self.guide.look_for_agents(self.welcome)
        self._show_place()

    def _show_place(self) -> None:
        workspace = self.workspace
        open_now = workspace is not None
        here = workspace.navigator.current.view if workspace is not None else None
        self.rail.set_active(open_now)
        self.rail.choose(here)
        self.search.setEnabled(open_now)
        path = workspace.session.path if workspace is not None else None
        self.setWindowTitle(f"{path.name} – HPM Inspector" if path else "HPM Inspector")  # noqa: RUF001
        self.update_commands()

    def update_commands(self, _: object = None) -> None:
        """Enable the commands that may run on what is open and selected."""
        self.commands.update(self.workspace.holds() if self.workspace else Needs.NOTHING)

    def _on_view_built(self, _name: ViewName, view: View) -> None:
        view.offer_commands(self.commands.offered)

    def _ask_stats(self, workspace: Workspace) -> None:
        def stats(memory: Memory, job: Job) -> Stats:
            return memory.figures.stats()

        if workspace is self.workspace:
            workspace.session.sum_up(stats).succeeded.connect(self.status.show_stats)

    def _on_moved(self, place: Place) -> None:
        if self.workspace is not None:
            self.side_pane_choice.suit(self.workspace.here.selects)
        if place.view is not self._view:
            self._view = place.view
            self.problem_bar.leave_view()
        self._show_place()

    def _on_changed(self, _: Changed) -> None:
        if self.workspace is not None:
            self._ask_stats(self.workspace)

    def _on_upgraded(self, upgrade: Upgrade) -> None:
        self.upgrade.tell(upgrade)
        self.log.add(said(upgrade))

    def _on_keeping(self) -> None:
        if self.workspace is not None:
            self.status.show_keeping(self.workspace.keeping.sentence())

    def _on_unreadable(self, workspace: Workspace, error: Exception) -> None:
        if workspace is not self.workspace:
            return
        path = workspace.session.path
        self.close_store()
        if isinstance(error, LockedStore):
            return ask_to_unlock(self, path)
        if isinstance(error, CannotOpen):
            self.settings.replace(self.settings.preferences.without_recent(path))
        self.problems.report(error, f"Opening {path.name}")


def _last_view(state: WindowState) -> ViewName:
    return next((name for name in ViewName if name == state.view), ViewName.EPISODES)
