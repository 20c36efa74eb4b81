"""The budget and who values: a slider of ratios, and apart from it what only experts choose."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QSizePolicy,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from app.kit.flow_layout import FlowLayout
from app.kit.plain_text import SafeLabel, tip
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL
from app.masks.budget_ladder import Wanted
from app.masks.mask_reading import RATIOS
from hpm_engine import Budget, BudgetKind, visible

_KINDS = {
    BudgetKind.STANDARD: "of the texts",
    BudgetKind.DEEP: "of the texts at zstd 19",
}
_NO_OTHER = "no other"


class BudgetBar(QWidget):
    """The slider of budgets; ``changed`` with every stop and every choice.

    ``scoring`` has the other choices, and stands elsewhere.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setRange(0, len(RATIOS) - 1)
        self.slider.setPageStep(1)
        self.slider.setValue(RATIOS.index(Budget().ratio))
        self.slider.setAccessibleName("Budget: how many times smaller")
        self.slider.setToolTip(tip("How many times smaller, every stored byte counted"))
        self.kind = QComboBox()
        self.kind.setAccessibleName("What the budget is a share of")
        for kind, text in _KINDS.items():
            self.kind.addItem(text, kind.value)
        self.scorer, self.other = QComboBox(), QComboBox()
        self.scorer.setAccessibleName("Who values the steps")
        self.other.setAccessibleName("Another scorer beside it")
        self.differing = QCheckBox("only where they differ")
        self.differing.setEnabled(False)
        self._readout = SafeLabel(bold=True)
        self._stops = _Stops(self.slider)
        self.scoring = QWidget()
        self._arrange()
        self.slider.valueChanged.connect(self._on_changed)
        for box in (self.kind, self.scorer, self.other):
            box.currentIndexChanged.connect(self._on_changed)
        self.differing.toggled.connect(self.changed)
        self._say()

    def _arrange(self) -> None:
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self.slider)
        column.addWidget(self._stops)
        self._readout.setMinimumWidth(self.fontMetrics().horizontalAdvance("1/64 "))
        budget, scorers = QHBoxLayout(self), FlowLayout(self.scoring)
        budget.addWidget(SafeLabel("Keep", tone=Colour.MUTED))
        budget.addWidget(self._readout)
        budget.addLayout(column, 1)
        scorers.addWidget(SafeLabel("Budget", tone=Colour.MUTED))
        scorers.addWidget(self.kind)
        scorers.addWidget(SafeLabel("Scorer", tone=Colour.MUTED))
        scorers.addWidget(self.scorer)
        scorers.addWidget(SafeLabel("beside", tone=Colour.MUTED))
        scorers.addWidget(self.other)
        scorers.addWidget(self.differing)
        for row in (budget, scorers):
            row.setContentsMargins(0, 0, 0, 0)
            row.setSpacing(SMALL)

    def offer(self, scorers: Sequence[str]) -> None:
        """List the scorers, the default first; what is chosen stays."""
        if [self.scorer.itemData(index) for index in range(self.scorer.count())] == list(scorers):
            return
        for box in (self.scorer, self.other):
            before = box.currentData()
            with QSignalBlocker(box):
                box.clear()
                if box is self.other:
                    box.addItem(_NO_OTHER, None)
                for name in scorers:
                    box.addItem(visible(name), name)
                box.setCurrentIndex(max(0, box.findData(before)) if before else 0)

    def wanted(self) -> Wanted:
        """What is chosen."""
        scorers = dict.fromkeys([self.scorer.currentData() or "", self.other.currentData()])
        chosen = tuple(name for name in scorers if name is not None)
        return Wanted(BudgetKind(self.kind.currentData()), RATIOS[self.slider.value()], chosen)

    def show_budget(self, budget: Budget, scorer: str) -> None:
        """Begin where a stored memory stands; signals nothing."""
        near = min(range(len(RATIOS)), key=lambda stop: abs(RATIOS[stop] - budget.ratio))
        with QSignalBlocker(self.slider), QSignalBlocker(self.kind), QSignalBlocker(self.scorer):
            self.slider.setValue(near)
            self.kind.setCurrentIndex(self.kind.findData(budget.kind.value))
            self.scorer.setCurrentIndex(max(0, self.scorer.findData(scorer)))
        self._say()

    def show_ready(self, ratios: Sequence[float]) -> None:
        """Mark the stops that would be shown at once."""
        self._stops.show_ready(ratios)

    def _on_changed(self) -> None:
        self.differing.setEnabled(self.other.currentData() is not None)
        if not self.differing.isEnabled():
            with QSignalBlocker(self.differing):
                self.differing.setChecked(False)
        self._say()
        self.changed.emit()

    def _say(self) -> None:
        ratio = RATIOS[self.slider.value()]
        self._readout.setText(f"1/{ratio:g}")
        self.slider.setAccessibleDescription(f"a {ratio:g}th {self.kind.currentText()}")


class _Stops(QWidget):
    """The ratios under their stops; those that are computed stand out."""

    def __init__(self, slider: QSlider) -> None:
        super().__init__()
        self._slider = slider
        self._ready: frozenset[float] = frozenset()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setToolTip(tip("Ratios in strong type are computed: the slider shows them at once"))

    def show_ready(self, ratios: Sequence[float]) -> None:
        self._ready = frozenset(ratios)
        self.update()

    def sizeHint(self) -> QSize:
        """One line of text."""
        return QSize(200, self.fontMetrics().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint a number under each stop."""
        painter = QPainter(self)
        handle = 14.0  # Fusion's; its centre runs between half of it from either end
        room = self.width() - handle
        widest = max(painter.fontMetrics().horizontalAdvance(f"{ratio:g} ") for ratio in RATIOS)
        each = 1 if widest < room / (len(RATIOS) - 1) else 2  # every other one in large text
        for stop, ratio in enumerate(RATIOS):
            if (len(RATIOS) - 1 - stop) % each:
                continue
            text = f"{ratio:g}"
            x = handle / 2 + room * stop / (len(RATIOS) - 1)
            ready = ratio in self._ready
            tone = self.palette().text().color() if ready else Colour.FAINT.qcolor()
            painter.setPen(tone)
            half = painter.fontMetrics().horizontalAdvance(text) / 2
            x = max(0.0, min(self.width() - 2 * half, x - half))
            painter.drawText(QPointF(x, painter.fontMetrics().ascent()), text)
