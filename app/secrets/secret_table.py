"""The secrets that were met, a row each; none is shown."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.kit.formatting import local_time, number
from app.secrets.words import STATES, where
from hpm_engine import Secret

_TITLES = ("Rule", "Tag", "State", "Times", "Last met", "In clear in")
_WIDTHS = (24, 13, 26, 10, 21)
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter


class SecretTable(QTableWidget):
    """A table in which rows are chosen; a double click or Enter opens one's first place."""

    opened = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(0, len(_TITLES), parent)
        self._secrets: tuple[Secret, ...] = ()
        self.setHorizontalHeaderLabels(list(_TITLES))
        self.setAccessibleName("Secrets by rule, never in clear")
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMinimumHeight(self.fontMetrics().height() * 14)
        self.verticalHeader().hide()
        self.horizontalHeader().setSectionResizeMode(5, QHeaderView.ResizeMode.Stretch)
        wide = self.fontMetrics().averageCharWidth()
        for column, characters in enumerate(_WIDTHS):
            self.setColumnWidth(column, wide * characters)
        self.activated.connect(lambda index: self.opened.emit(self._secrets[index.row()]))

    def show_secrets(self, secrets: Sequence[Secret]) -> None:
        """Show these; what was chosen stays chosen."""
        chosen = {secret.tag for secret in self.chosen()}
        self._secrets = tuple(secrets)
        self.setRowCount(len(secrets))
        self.clearSelection()
        for row, secret in enumerate(secrets):
            cells = (
                secret.rule,
                secret.tag,
                STATES[secret.state],
                number(secret.times),
                local_time(secret.last_at),
                where(secret),
            )
            for column, text in enumerate(cells):
                item = QTableWidgetItem(text)
                if column == 3:
                    item.setTextAlignment(_RIGHT)
                self.setItem(row, column, item)
                if secret.tag in chosen:
                    item.setSelected(True)

    def chosen(self) -> list[Secret]:
        """The secrets whose rows are selected."""
        rows = sorted({index.row() for index in self.selectedIndexes()})
        return [self._secrets[row] for row in rows if row < len(self._secrets)]
