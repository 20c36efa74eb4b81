"""The dialog of what models cost: the program's prices, and a person's own before them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QPushButton,
    QSpinBox,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from app.kit.controls.dialog import Dialog
from app.kit.controls.dialog_buttons import DialogButtons
from app.kit.plain_text import SafeLabel, one_line
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import SMALL
from hpm_engine import CannotWrite, Price, PriceTable, local_now, own_prices_file, save_own_prices

_TITLES = ("Model", "Input", "Cached input", "Output", "Of", "Source")
_SIZE = (860, 560)  # pixels
_OWN = "your own"


class PricesDialog(Dialog):
    """A table of prices to change and to add to; ``saved`` when they are other ones now."""

    saved = Signal()

    def __init__(self, prices: PriceTable, unpriced: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Prices of models")
        self._before = prices
        self.table = QTableWidget(0, len(_TITLES), self)
        self.table.setAccessibleName("Prices of models, in US dollars for a million tokens")
        self.table.setHorizontalHeaderLabels(list(_TITLES))
        self.table.verticalHeader().hide()
        self.table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.share = QSpinBox()
        self.share.setRange(0, 100)
        self.share.setSuffix(" %")
        self.share.setValue(round(100 * prices.cached_share))
        self.share.setAccessibleName("Share of what is read that came from a cache")
        self.problem = SafeLabel(prices.problem, wrap=True, tone=Colour.BAD)
        self._fill(prices, unpriced)
        self._lay_out()
        self.resize(*_SIZE)

    def _lay_out(self) -> None:
        column = self.content
        column.setSpacing(SMALL)
        text = (
            "US dollars for a million tokens. What a session cost is taken from its record; where "
            "that says nothing, it is estimated with these prices, and always marked by “≈”. "
            "Change a price or add a model: your own prices are kept in "
            f"{own_prices_file()} and go before the program's. Nothing is looked up."
        )
        column.addWidget(SafeLabel(text, wrap=True, tone=Colour.MUTED))
        column.addWidget(self.table, 1)
        row = QHBoxLayout()
        words = "Share of what is read that comes from the cache:"
        row.addWidget(SafeLabel(words, wrap=True), 1)
        row.addWidget(self.share)
        column.addLayout(row)
        row = QHBoxLayout()
        add = QPushButton("Add a model")
        add.clicked.connect(lambda: self._add("", None, own=True, edit=True))
        back = QPushButton("Use the program's prices")
        back.clicked.connect(self._forget)
        for button in (add, back):
            button.setAutoDefault(False)
        row.addWidget(add)
        row.addWidget(back)
        row.addStretch(1)
        column.addLayout(row)
        column.addWidget(self.problem)
        self.problem.setVisible(bool(self.problem.whole_text()))
        buttons = DialogButtons()
        save = buttons.put("Save", DialogButtons.ButtonRole.AcceptRole)
        buttons.put("Cancel", DialogButtons.ButtonRole.RejectRole)
        buttons.accepted.connect(self.save)
        buttons.rejected.connect(self.reject)
        self.set_buttons(buttons)
        save.setDefault(True)

    def _fill(self, prices: PriceTable, unpriced: Sequence[str]) -> None:
        for name in unpriced:
            if name:
                self._add(name, None, own=True)
        for name, price in prices.models.items():
            self._add(name, price, own=name in prices.own)
        self.table.resizeColumnsToContents()
        self.table.horizontalHeader().setStretchLastSection(True)

    def _add(self, name: str, price: Price | None, *, own: bool, edit: bool = False) -> None:
        line = 0 if edit else self.table.rowCount()
        self.table.insertRow(line)
        figures = ("", "", "") if price is None else (price.input, price.cached, price.output)
        of = "" if price is None else (_OWN if own else price.date)
        source = "" if price is None else price.source
        texts = (
            one_line(name, 200),
            *(f"{each:g}" if each != "" else "" for each in figures),
            of,
            source,
        )
        for column, text in enumerate(texts):
            item = QTableWidgetItem(text)
            if 1 <= column <= 3:
                item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
            if column > 3 or (column == 0 and price is not None and not own):
                item.setFlags(item.flags() & ~Qt.ItemFlag.ItemIsEditable)
            self.table.setItem(line, column, item)
        if edit:
            self.table.setCurrentCell(0, 0)
            self.table.edit(self.table.model().index(0, 0))

    def save(self) -> None:
        """Keep what differs from the program's prices; say what is wrong with it."""
        try:
            own = self._own()
            share = self.share.value() / 100
            changed = abs(share - self._before.cached_share) > 0.001 or bool(self._before.own)
            save_own_prices(own, share if changed else None)
        except (ValueError, CannotWrite) as error:
            self.problem.setText(f"✗ Not saved: {error}")
            self.problem.show()
            return
        self.saved.emit()
        self.accept()

    def _forget(self) -> None:
        try:
            own_prices_file().unlink(missing_ok=True)
        except OSError as error:
            self.problem.setText(f"✗ {error}")
            self.problem.show()
            return
        self.saved.emit()
        self.accept()

    def _own(self) -> dict[str, Price]:
        own: dict[str, Price] = {}
        for line in range(self.table.rowCount()):
            name, *texts = (self._text(line, column) for column in range(4))
            if not name or not any(texts):
                continue
            try:
                read, cached, written = (float(text) for text in texts)
            except ValueError:
                raise ValueError(f"{name}: each price is a number, in dollars") from None
            before = self._before.models.get(name)
            same = before is not None and (read, cached, written) == (
                before.input,
                before.cached,
                before.output,
            )
            if not same or name in self._before.own:
                today = local_now().date().isoformat()[:7]
                own[name] = Price(read, written, cached, today, _OWN)
        return own

    def _text(self, line: int, column: int) -> str:
        item = self.table.item(line, column)
        return "" if item is None else item.text().strip()
