"""The view of agents: which use the store, and whether past sessions would have gained by it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QTabBar, QVBoxLayout, QWidget

from app.agents.agents_page import AgentsPage
from app.agents.replay.page import QUESTION, ReplayPage
from app.kit.navigation import Navigator, Place
from app.kit.session import Session
from app.kit.theme.spacing import HAIR
from app.kit.view import View
from app.kit.view_names import ViewName
from hpm_engine import Changed

AGENTS_TAB, REPLAY_TAB = range(2)


class AgentsView(View):
    """The agents of this computer, and what earlier sessions could have told later ones."""

    selects = False

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self.agents = AgentsPage(session)
        self.replay = ReplayPage(session)
        self.tabs = QTabBar()
        self.tabs.setAccessibleName("Agents, or whether they would have been helped")
        self.tabs.setExpanding(False)
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._stack = QStackedWidget()
        for title, page in (("Agents", self.agents), (QUESTION, self.replay)):
            self.tabs.addTab(title)
            self._stack.addWidget(page)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(HAIR)
        layout.addWidget(self.tabs)
        layout.addWidget(self._stack, 1)
        self.tabs.currentChanged.connect(self._stack.setCurrentIndex)
        self.agents.recall_asked.connect(self._show_recall)
        self.replay.opened.connect(self._open)

    def showEvent(self, event: QShowEvent) -> None:
        """Look at the agents whenever a person comes here: their settings are others' too."""
        super().showEvent(event)
        self.agents.reload()

    # -- the frame's calls -----------------------------------------------------------------

    def restore(self, place: Place) -> None:
        """Nothing in this view is selected."""

    def refresh(self, changed: Changed) -> None:
        """Look again after a recall was recorded, by whichever program."""
        if changed & (Changed.RECALLS | Changed.SETTINGS) and self.isVisible():
            self.agents.reload()
        self.replay.refresh(changed)

    def show_replay(self) -> None:
        """Show whether recall would have helped past sessions."""
        self.tabs.setCurrentIndex(REPLAY_TAB)
        self.replay.start.setFocus()

    def _open(self, episode_id: int) -> None:
        self._navigator.go(Place(ViewName.EPISODES, episode_id))

    def _show_recall(self, recall_id: int) -> None:
        self._navigator.go(Place(ViewName.RECALL, recall_id=recall_id))
