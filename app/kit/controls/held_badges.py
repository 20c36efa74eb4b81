"""How an episode is held, beside its name: how its text is kept, and whether it is learned."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from app.kit.glyphs import held_marks
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import Episode


class HeldBadges(QWidget):
    """Two marks: each a shape, a word and a colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._badges = tuple(SafeLabel(tone=Colour.MUTED, whole=True) for _ in range(2))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 8, 0)
        row.setSpacing(12)
        for badge in self._badges:
            row.addWidget(badge)

    def show_episode(self, episode: Episode | None) -> None:
        """Show how an episode is held; nothing where there is none."""
        marks = (None, None) if episode is None else held_marks(episode)
        for badge, mark in zip(self._badges, marks, strict=True):
            badge.setText("" if mark is None else str(mark))
            badge.set_tone(Colour.MUTED if mark is None else mark.colour)

    def text(self) -> str:
        """Both in words."""
        return " ".join(badge.whole_text() for badge in self._badges).strip()
