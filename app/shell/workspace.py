"""An open store in the window: its session, its place, its views, its undo history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from app.consolidation.schedule_keeper import Keeping
from app.health.backup_keeping import BackupKeeping
from app.kit.actions import Needs
from app.kit.chosen_episode import ChosenEpisode
from app.kit.mark_undo import Marks
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.view import View
from app.kit.view_names import ViewName
from app.notes.waiting.waiting_count import WaitingCount
from app.search.saved_searches import SavedSearches
from app.shell.other_writers import OtherWriters
from app.shell.problems import Problems
from app.shell.same_store import SameStore
from app.shell.view_loader import load
from app.shell.window_state import WindowState
from app.syncing.keeping import SourceKeeping
from hpm_engine import Changed, Prototype


class Workspace(QObject):
    """Builds each view when it is first visited and keeps it in step with the navigator."""

    view_built = Signal(object, object)
    selection_changed = Signal()
    raw_asked = Signal()
    log_asked = Signal()

    def __init__(
        self,
        session: Session,
        stack: QStackedWidget,
        state: WindowState,
        problems: Problems,
        frame: QWidget,
    ) -> None:
        super().__init__()
        self.problems, self.frame = problems, frame
        self.session = session
        self.state = state
        self.navigator = Navigator(Place(ViewName.EPISODES), parent=self)
        self.chosen = ChosenEpisode(session, self.navigator, self)
        self.chosen.failed.connect(partial(problems.report, doing="Reading the chosen episode"))
        self.marks = Marks(session, self)
        self.searches = SavedSearches(session, self.marks.stack, self)
        self.keeping = Keeping(session, self)
        self.syncing = SourceKeeping(session, self)
        self.backups = BackupKeeping(session, self)
        self.same_store = SameStore(session, self)
        self.other_writers = OtherWriters(session, self)
        self.same_store.lost.connect(lambda _: self._on_changed(Changed.SETTINGS))
        self.waiting = WaitingCount(session, self)
        self._stack = stack
        self._views: dict[ViewName, View] = {}
        self._left: dict[ViewName, Place] = {}  # where each view was last
        self.navigator.moved.connect(self._on_moved)
        session.changed.connect(self._on_changed)

    @property
    def views(self) -> dict[ViewName, View]:
        """The views that were visited so far."""
        return dict(self._views)

    def view(self, name: ViewName) -> View:
        """The view of that name, built if this is the first visit."""
        if name not in self._views:
            view = load(name, self.session, self.navigator)
            view.setObjectName(name.value)
            if name is ViewName.CONSOLIDATION:
                self._show_keeping(view)
            view.restore_as(self.state.arrangement(name.value))
            self.state.restore_view(name.value, view)
            view.selection_changed.connect(self.selection_changed)
            view.edit_wanted.connect(self.marks.edit)
            self._views[name] = view
            self._stack.addWidget(view)
            self.view_built.emit(name, view)
        return self._views[name]

    def _show_keeping(self, view: View) -> None:
        from app.consolidation.view import ConsolidationView  # imported by now

        assert isinstance(view, ConsolidationView)
        view.follow(self.keeping)

    def show(self, name: ViewName) -> None:
        """Show a view as it was left, or at the episode that is selected."""
        here = self.navigator.current
        if here.view is name:
            return
        left = self._left.get(name)
        if left is None:
            self.navigator.go(Place(name, here.episode_id, here.seq))
        elif left.recall_id is not None:
            self.navigator.go(left)
        else:  # what else was selected there; the episode is that of the window
            self.navigator.go(replace(left, episode_id=here.episode_id, seq=here.seq))

    @property
    def here(self) -> View:
        """The view that is shown."""
        return self.view(self.navigator.current.view)

    def selected_ids(self) -> list[int]:
        """The episodes that a command would change: none that is selected out of sight."""
        return list(self.here.selected_episodes())

    def selected_prototypes(self) -> Sequence[Prototype]:
        """The prototypes that a command would change, likewise."""
        return self.here.selected_prototypes()

    def holds(self) -> Needs:
        """What is so now of all that commands need."""
        navigator, stack = self.navigator, self.marks.stack
        state = Needs.STORE
        for holds, need in (
            (bool(self.selected_ids()), Needs.SELECTION),
            (navigator.can_go_back, Needs.BACK),
            (navigator.can_go_forward, Needs.FORWARD),
            (stack.canUndo(), Needs.UNDO),
            (stack.canRedo(), Needs.REDO),
            (bool(self.searches.all), Needs.SEARCHES),
            (navigator.current.view is ViewName.RECALL, Needs.HIT),
            (navigator.current.view is ViewName.PROTOTYPES, Needs.MAP),
        ):
            state |= need if holds else Needs.NOTHING
        return state

    def show_raw(self) -> None:
        """Ask for the original behind what is selected to be shown."""
        self.raw_asked.emit()

    def show_log(self) -> None:
        """Ask for the log of what was done to be shown."""
        self.log_asked.emit()

    def begin(self) -> None:
        """Show the first view."""
        self._stack.setCurrentWidget(self.view(self.navigator.current.view))

    def close(self) -> None:
        """Keep how the views were left, take them away and close the store."""
        for name, view in self._views.items():
            self.state.save_view(name.value, view)
            self.state.save_arrangement(name.value, view.left_as())
            self._stack.removeWidget(view)
            view.hide()
            view.deleteLater()
        self._views = {}
        self.syncing.close()
        self.session.close()
        self.deleteLater()

    def _on_moved(self, place: Place) -> None:
        self._left[place.view] = place
        view = self.view(place.view)
        self._stack.setCurrentWidget(view)
        view.restore(place)

    def _on_changed(self, changed: Changed) -> None:
        for view in self._views.values():
            view.refresh(changed)
