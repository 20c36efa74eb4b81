"""The prototypes near a cue, which say what is generally known, each with its episodes."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from app.kit.controls.fact_list import LinkLabel
from app.kit.formatting import counted, number
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import Known

_CHARACTERS = 90  # of a prototype's words


class KnownPanel(QFrame):
    """A panel of prototypes, hidden while there is none.

    ``opened`` names an episode, ``chosen`` a prototype.
    """

    opened = Signal(int)
    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Generally known here")
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(12, 4, 8, 4)
        self._column.setSpacing(2)
        self._rows: QWidget | None = None
        self.hide()

    def show_known(self, known: Sequence[Known]) -> None:
        """Show the prototypes of a recall, nearest first."""
        if self._rows is not None:
            self._column.removeWidget(self._rows)
            self._rows.deleteLater()
        self._rows = QWidget()
        lines = QVBoxLayout(self._rows)
        lines.setContentsMargins(0, 0, 0, 0)
        lines.setSpacing(2)
        if known:
            lines.addWidget(SafeLabel("Generally known here", bold=True))
        for prototype in known:
            lines.addLayout(self._line(prototype))
        self._column.addWidget(self._rows)
        self.setVisible(bool(known))

    def links(self) -> list[str]:
        """The texts of the links."""
        rows = self._rows  # the ones before stay children until they are deleted
        return (
            [] if rows is None else [label.whole_text() for label in rows.findChildren(LinkLabel)]
        )

    def _line(self, prototype: Known) -> QHBoxLayout:
        words = prototype.told or f"topic {prototype.prototype_id}"
        about = LinkLabel(
            f"◆ {words}"[:_CHARACTERS], partial(self.chosen.emit, prototype.prototype_id)
        )
        about.set_tip(words)
        about.setAccessibleDescription("Show this topic")
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(about, 1)
        line.addWidget(SafeLabel(f"alike {prototype.score:.2f} · from", tone=Colour.MUTED))
        for key in prototype.sources:
            source = LinkLabel(number(key), partial(self.opened.emit, key))
            source.setAccessibleName(f"Episode {number(key)}")
            source.setAccessibleDescription("Open this episode")
            line.addWidget(source)
        if (more := prototype.episodes - len(prototype.sources)) > 0:
            line.addWidget(SafeLabel(f"and {counted(more, 'more episode')}", tone=Colour.MUTED))
        return line
