"""The button above the list that sorts it and says how much room an episode takes."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu, QSizePolicy, QToolButton, QWidget

from app.episodes.list.list_view import Density
from app.kit.plain_text import tip
from hpm_engine import EpisodeQuery, SortColumn

# What is asked for most, in words; a table's header has every column.
_ORDERS = (
    ("Newest First", SortColumn.STARTED, True),
    ("Oldest First", SortColumn.STARTED, False),
    ("Longest First", SortColumn.DURATION, True),
    ("Most Steps First", SortColumn.STEPS, True),
    ("Most Errors First", SortColumn.ERRORS, True),
    ("Most Expensive First", SortColumn.COST, True),
    ("By Title", SortColumn.TITLE, False),
    ("By Project", SortColumn.PROJECT, False),
    ("By Agent", SortColumn.AGENT, False),
)
_USUAL = "By Project"  # the width of most orders
_DENSITIES = {
    Density.COMFORTABLE: "Two &Lines",
    Density.COMPACT: "&One Line",
    Density.TABLE: "&Table",
}


class ListOptions(QToolButton):
    """Says how the list is sorted; its menu sorts otherwise and sets the density.

    ``sort_asked`` tells a column and whether the largest come first.
    """

    sort_asked = Signal(object, bool)
    density_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAutoRaise(True)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolTip(tip("How the list is sorted, and how much room an episode takes."))
        menu = QMenu(self)
        menu.addSection("Sorted")
        orders = QActionGroup(self)
        self._orders = {}
        for text, column, down in _ORDERS:
            entry = menu.addAction(text)
            entry.setCheckable(True)
            orders.addAction(entry)
            entry.triggered.connect(
                lambda _=False, column=column, down=down: self.sort_asked.emit(column, down)
            )
            self._orders[column, down] = entry
        orders.setExclusionPolicy(QActionGroup.ExclusionPolicy.ExclusiveOptional)
        menu.addSection("Rows")
        densities = QActionGroup(self)
        self._densities = {}
        for density, text in _DENSITIES.items():
            entry = menu.addAction(text)
            entry.setCheckable(True)
            densities.addAction(entry)
            entry.triggered.connect(
                lambda _=False, density=density: self.density_asked.emit(density)
            )
            self._densities[density] = entry
        self.setMenu(menu)
        self.show_order(EpisodeQuery())

    def show_order(self, query: EpisodeQuery) -> None:
        """Say by what the list is sorted."""
        for order, entry in self._orders.items():
            entry.setChecked(order == (query.sort, query.descending))
        words = {(column, down): text for text, column, down in _ORDERS}
        text = words.get((query.sort, query.descending)) or f"By {_name(query.sort)}"
        self.setText(text.removesuffix(" First"))
        self.setAccessibleName(f"Sorted: {text}")

    def minimumSizeHint(self) -> QSize:
        """Room for most orders; longer ones are elided, lest a narrow list change its width."""
        hint, mnemonic = super().minimumSizeHint(), Qt.TextFlag.TextShowMnemonic.value
        usual, now = (
            self.fontMetrics().size(mnemonic, text).width() for text in (_USUAL, self.text())
        )
        return QSize(hint.width() - now + usual, hint.height())

    def show_density(self, density: Density) -> None:
        """Mark how much room an episode takes."""
        self._densities[density].setChecked(True)


def _name(column: SortColumn) -> str:
    return column.name.replace("_", " ").title()
