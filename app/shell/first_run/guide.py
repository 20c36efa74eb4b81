"""What helps a person along in the window: the tour, and the sign for what is dropped."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QDragEnterEvent
from PySide6.QtWidgets import QWidget

from app.kit.session import Session
from app.kit.view_names import ViewName
from app.shell.first_run.drop_sign import DropSign, drop_sentence
from app.shell.first_run.tour import Tour
from app.shell.first_run.welcome import WelcomeView
from app.shell.imports import dropped_paths
from app.shell.settings import Settings
from app.shell.stores import Stores


class Guide(QObject):
    """Begins the tour when a person first has something to look at, and once only."""

    def __init__(
        self,
        settings: Settings,
        stores: Stores,
        session: Callable[[], Session | None],
        go_to_view: Callable[[ViewName], None],
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._settings, self._session, self._stores = settings, session, stores
        self.tour = Tour()
        self.sign = DropSign(window)
        self.tour.view_asked.connect(go_to_view)
        self.tour.ended.connect(lambda: settings.update(tour=False))
        stores.store_made.connect(self._on_made)

    def welcome_drag(self, event: QDragEnterEvent) -> None:
        """Accept files and folders of this computer, and say what dropping them does."""
        if paths := dropped_paths(event.mimeData()):
            event.acceptProposedAction()
            session = self._session()
            self.sign.say(drop_sentence(paths, session.path.name if session else ""))

    def look_for_agents(self, welcome: WelcomeView) -> None:
        """Tell the first page what agents left, unless a store opens at once: nobody sees it."""

        def look() -> None:
            if welcome.isVisible():
                discovery = self._stores.discover()
                discovery.succeeded.connect(welcome.show_found)
                discovery.failed.connect(lambda error: welcome.show_found(()))

        welcome.show_looking()
        QTimer.singleShot(0, welcome, look)

    def _on_made(self) -> None:
        if self._settings.preferences.tour:
            self.tour.begin()
