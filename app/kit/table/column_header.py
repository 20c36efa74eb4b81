"""The header of a table, whose columns keep their widths whatever the text size does meanwhile."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QSignalBlocker, Qt
from PySide6.QtWidgets import QHeaderView, QWidget

_NARROWEST = 20  # pixels
_USUAL_HEIGHT = 15  # pixels of a line of text, for which widths are chosen


class ColumnHeader(QHeaderView):
    """Holds each width as it is at the usual text size, and shows and keeps it from there.

    Widths that were multiplied and divided at each change of the text size would drift, and those
    that were restored from another size would be taken for widths of this one.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._usual: dict[int, float] = {}
        self._scale = 1.0
        self._fitting = False
        self._kept: QByteArray | None = None  # the columns, while one stands for all
        self._single = 0
        self.quiet = False  # while a sort order comes back that nobody asked for
        self.setMinimumSectionSize(_NARROWEST)  # Qt's own grows with the text, and would be kept
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.sectionResized.connect(self._on_resized)

    @property
    def scale(self) -> float:
        """How much wider columns are than at the usual text size."""
        return self._scale

    def set_usual_width(self, column: int, width: float) -> None:
        """Set the width that a column has at the usual text size."""
        self._usual[column] = width
        self._fit()

    @property
    def single(self) -> bool:
        """Whether one column stands for all."""
        return self._kept is not None

    def show_single(self, column: int) -> None:
        """Show one column alone, as wide as there is room; kept is what was before."""
        if self._kept is None:
            self._kept = self.saveState()
        self._fitting = True
        for other in range(self.count()):
            self.setSectionHidden(other, other != column)
        self._single = column
        self.hide()

    def fit_single(self, width: int) -> None:
        """Give the column that stands for all the whole width."""
        self.resizeSection(self._single, width)

    def show_all(self) -> None:
        """Show the columns again as they were."""
        if (kept := self._kept) is not None:
            section, order = self.sortIndicatorSection(), self.sortIndicatorOrder()
            self._kept, self.quiet = None, True
            self.restoreState(kept)
            self.setSortIndicator(section, order)
            self.quiet = False
            self.show()

    def fit_text(self, height: int) -> None:
        """Fit all widths to text whose lines are ``height`` pixels high."""
        scale = max(1.0, height / _USUAL_HEIGHT)
        if scale != self._scale:
            self._rescale(scale)

    def saveState(self) -> QByteArray:
        """The columns as they are at the usual text size."""
        if self._kept is not None:
            with QSignalBlocker(self):
                self.show_all()
                state = self.saveState()
                self.show_single(self._single)
            return state
        scale = self._scale
        self._rescale(1.0)
        state = super().saveState()
        self._rescale(scale)
        return state

    def restoreState(self, state: QByteArray | bytes | bytearray | memoryview) -> bool:
        """Put the columns as they were, at the text size of now."""
        if self._kept is not None:
            self.show_all()
            restored = self.restoreState(state)
            self.show_single(self._single)
            return restored
        self._fitting = True
        restored = super().restoreState(state)
        self._fitting = False
        if restored:
            self._usual = {
                column: self.sectionSize(column)
                for column in range(self.count())
                if not self.isSectionHidden(column)
            }
        self._fit()
        return restored

    def _rescale(self, scale: float) -> None:
        if self.single:
            self._scale = scale
            return
        for column in range(self.count()):
            if column not in self._usual and not self.isSectionHidden(column):
                self._usual[column] = self.sectionSize(column) / self._scale
        self._scale = scale
        self._fit()

    def _fit(self) -> None:
        self._fitting = True
        for column, width in self._usual.items():
            if column < self.count():
                self.resizeSection(column, round(width * self._scale))
        self._fitting = False

    def _on_resized(self, column: int, before: int, now: int) -> None:
        if self._fitting or now == 0:  # hidden
            return
        if before == 0:  # shown again
            self._usual.setdefault(column, now)
            self._fit()
        else:
            self._usual[column] = now / self._scale
