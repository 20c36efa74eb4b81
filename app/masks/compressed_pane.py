"""All compressed episodes of the store: heat map, distribution of ratios, the worst first."""

from __future__ import annotations

from PySide6.QtCore import QItemSelectionModel, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from app.kit.controls.details import Details
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number, size
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.masks.compressed_table import CompressedTable
from app.masks.heat_map import HeatMap
from app.masks.ratio_chart import RatioChart
from hpm_engine import CompressedList, CompressedOrder, Job, Memory


class CompressedPane(QWidget):
    """The page of all compressed episodes; ``opened`` and ``chosen`` name one of them."""

    opened = Signal(int)
    chosen = Signal(int)
    compress_asked = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._list = LatestRead(session, self, whole_store=True)
        self.model = CompressedTable(session, self)
        self.table = RowView("Compressed episodes")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_table(self.model)
        self.map = HeatMap(self.model, self.table.selectionModel())
        self.ratios = RatioChart()
        self.order = QComboBox()
        self.order.setAccessibleName("Order of the compressed episodes")
        for order in CompressedOrder:
            self.order.addItem(order.value, order.value)
        self.facts = SafeLabel(tone=Colour.MUTED)
        self.compress = QPushButton("Compress now…")
        self.more = Details("Details", key="compressed episodes")
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self._connect()

    def _content(self) -> QWidget:
        content = QWidget()
        top = QHBoxLayout()
        top.addWidget(self.facts, 1)
        top.addWidget(self.order)
        top.addWidget(self.compress)
        pictures = QWidget()
        column = QVBoxLayout(pictures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        column.addWidget(self._legend())
        column.addWidget(self.map, 1)
        column.addWidget(self.ratios)
        self.map.setMinimumHeight(self.fontMetrics().height() * 8)
        self.more.set_content(pictures)
        self._column = layout = QVBoxLayout(content)
        layout.setContentsMargins(MEDIUM, SMALL, MEDIUM, SMALL)
        layout.setSpacing(SMALL)
        layout.addLayout(top)
        layout.addWidget(self.table, 1)
        layout.addWidget(self.more)
        return content

    def _legend(self) -> SafeLabel:
        text = "a row for each episode · blue: kept · grey: dropped · stronger: ranks higher in it"
        return SafeLabel(text, tone=Colour.MUTED)

    def _connect(self) -> None:
        self.order.currentIndexChanged.connect(self.reload)
        self.model.failed.connect(self._on_failed)
        self.table.opened.connect(self._on_opened)
        self.table.doubleClicked.connect(self._on_opened)
        self.table.selectionModel().currentRowChanged.connect(self._on_row)
        self.compress.clicked.connect(self.compress_asked)
        self.more.folded.connect(
            lambda folded: self._column.setStretchFactor(self.more, 0 if folded else 2)
        )

    def reload(self) -> None:
        """List what is compressed now."""
        order = CompressedOrder(self.order.currentData())

        def call(memory: Memory, _job: Job) -> CompressedList:
            return memory.compression.listed(order)

        self.page.show_loading("Listing what is compressed…")
        self._list.ask(call, self._on_listed, self._on_failed)

    def current_id(self) -> int | None:
        """The episode under the cursor."""
        row = self.table.current_row()
        return None if row is None else self.model.id_at(row)

    def _on_listed(self, compressed: CompressedList) -> None:
        before = self.current_id()
        self.model.show_list(compressed)
        if not len(compressed):
            self.page.show_empty(
                "No episode is compressed yet",
                "Compressing keeps a twelfth of an episode's bytes: its task, its final change,"
                " its errors, and what is valued most. Try it on one episode first, or on all.",
                "Compress now…",
                self.compress_asked.emit,
            )
            return
        ratio = compressed.raw_size / max(1, compressed.stored_size)
        gone = (
            f", {number(compressed.evicted)} of them with the original deleted"
            if compressed.evicted
            else ""
        )
        self.facts.setText(
            f"{counted(len(compressed), 'episode')} compressed{gone}:"
            f" {size(compressed.raw_size)} of text in {size(compressed.stored_size)},"
            f" {ratio:.1f}x smaller"
        )
        self.ratios.show_ratios(memoryview(compressed.ratios).cast("d"))
        self.page.show_content()
        row = self.model.row_of(before) if before is not None else 0
        if self.table.current_row() is None and row is not None:
            flags = QItemSelectionModel.SelectionFlag
            index = self.model.index(row, 0)
            self.table.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The compressed episodes could not be listed", error, self.reload)

    def _on_row(self) -> None:
        if (episode_id := self.current_id()) is not None:
            self.chosen.emit(episode_id)

    def _on_opened(self) -> None:
        if (episode_id := self.current_id()) is not None:
            self.opened.emit(episode_id)
