"""Whether the side pane is to be seen: as a person said, or where there is room for it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QEvent, QObject
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QWidget

from app.shell.side_pane.side_pane import SidePane
from app.shell.window_state import WindowState

SHOWN_FROM = 1400  # pixels of the window; in a narrower one the pane waits to be asked for
_USUAL_TEXT = 20  # pixels that a line is high at most where that width is enough


class SidePaneChoice(QObject):
    """Shows the pane in a wide window, until a person shows or hides it; that is remembered.

    In a view where nothing can be selected it makes room, unless it is asked for there.
    """

    def __init__(self, pane: SidePane, window: QWidget) -> None:
        super().__init__(window)
        self._pane, self._window = pane, window
        self._state: WindowState | None = None
        self._held = False
        self._useful = True
        pane.closed.connect(lambda: self._choose(False))
        window.installEventFilter(self)
        QCoreApplication.instance().fontChanged.connect(self.apply)  # type: ignore[union-attr]

    def follow(self, state: WindowState) -> None:
        """Show the pane as it was left with a store."""
        self._state = state
        self.apply()

    def leave(self) -> None:
        """Hide the pane, since no store is open."""
        self._state = None
        self._pane.hide()

    def hold(self, held: bool) -> None:
        """Leave the pane as it is while something else decides."""
        self._held = held

    def suit(self, useful: bool) -> None:
        """Make room in a view where there is nothing to tell."""
        if useful is not self._useful:
            self._useful = useful
            self.apply()

    def toggle(self) -> None:
        """Show or hide the pane, as a person asked."""
        if self._state is not None:
            self._choose(not self._pane.isVisible())

    def show_raw(self) -> None:
        """Show the pane, and in it the original behind the selection."""
        self._choose(True)
        self._pane.show_raw()

    def apply(self) -> None:
        """Show the pane, or hide it."""
        if self._state is not None and not self._held:
            wanted = self._state.side_pane
            larger = max(1.0, QFontMetrics(QApplication.font()).height() / _USUAL_TEXT)
            room = self._window.width() >= SHOWN_FROM * larger
            self._pane.setVisible(self._useful and (room if wanted is None else wanted))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Look again when the window has another width."""
        if watched is self._window and event.type() == QEvent.Type.Resize:
            self.apply()
        return False

    def _choose(self, shown: bool) -> None:
        if self._state is not None:
            self._state.side_pane = shown
            self._pane.setVisible(shown)
