"""What every view of the rail is."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from app.kit.navigation import Place
from hpm_engine import Changed


class View(QWidget):
    """A view of the open store, made for its session and its navigator on the first visit."""

    def restore(self, place: Place) -> None:
        """Show what is selected at a place; called whenever the view is gone to."""
        raise NotImplementedError

    def refresh(self, changed: Changed) -> None:
        """Read again what a write has changed."""
        raise NotImplementedError
