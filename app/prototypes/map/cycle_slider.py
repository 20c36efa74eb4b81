"""A slider through the last cycles: the map as each of them left it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSlider, QWidget

from app.kit.formatting import local_time
from app.kit.plain_text import SafeLabel
from app.kit.theme.colour import Colour
from hpm_engine import MapMoment


class CycleSlider(QWidget):
    """A slider over moments, the last of which is now; hidden while there is but one.

    ``moved`` carries the index of a moment.
    """

    moved = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.moments: tuple[MapMoment, ...] = ()
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setAccessibleName("Cycle that the map is shown after")
        self.slider.setPageStep(1)
        self.slider.setMaximumWidth(260)
        self.slider.valueChanged.connect(self._on_moved)
        self._text = SafeLabel(tone=Colour.MUTED)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.slider, 1)
        row.addWidget(self._text, 1)
        self.hide()

    @property
    def is_now(self) -> bool:
        """Whether the prototypes as they are now are shown."""
        return self.slider.value() == self.slider.maximum()

    def show_moments(self, moments: Sequence[MapMoment]) -> None:
        """Offer these moments, oldest first, and stand at the last."""
        self.moments = tuple(moments)
        self.slider.blockSignals(True)
        self.slider.setRange(0, max(0, len(moments) - 1))
        self.slider.setValue(self.slider.maximum())
        self.slider.blockSignals(False)
        self.setVisible(len(moments) > 1)
        self._tell()

    def _on_moved(self, index: int) -> None:
        self._tell()
        if self.moments:
            self.moved.emit(index)

    def _tell(self) -> None:
        if not self.moments:
            return
        moment = self.moments[self.slider.value()]
        text = f"after cycle {moment.cycle_id}" if moment.cycle_id else "before the first cycle"
        if self.is_now:
            text = f"now, {text}, {local_time(moment.at)}"
        elif moment.cycle_id:
            text = f"{text}; arrows: from where it was a cycle before"
        self._text.setText(text)
        self.slider.setAccessibleDescription(text)
