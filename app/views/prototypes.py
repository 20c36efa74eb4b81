"""What memories settled into: the prototypes of the store."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from app.icons import Icon
from app.models.latest_read import LatestRead
from app.models.prototype_table import PrototypeTable
from app.navigation import Navigator, Place
from app.session import Session
from app.widgets.row_view import RowView
from app.widgets.state_page import StatePage
from hpm_engine import Changed, Job, Memory, Prototype

_CONCERNS = Changed.PROTOTYPES | Changed.EPISODES


class PrototypesView(QWidget):
    """A table of all prototypes, heaviest first."""

    title = "Prototypes"
    icon = Icon.PROTOTYPES

    def __init__(
        self, session: Session, navigator: Navigator, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._navigator = navigator
        self._read = LatestRead(session, self, whole_store=True)
        self.model = PrototypeTable(session, self)
        self.table = RowView("Prototypes")
        self.table.set_table(self.model)
        self.page = StatePage(self.table)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.page)
        self.setFocusProxy(self.table)
        self.model.failed.connect(self._on_failed)
        self.reload()

    def refresh(self, changed: Changed) -> None:
        """Read again what a write changed."""
        if changed & _CONCERNS:
            self.reload()

    def restore(self, place: Place) -> None:
        """Prototypes are the same wherever one comes from."""

    def reload(self) -> None:
        """Read all prototypes."""

        def call(memory: Memory, _job: Job) -> list[Prototype]:
            found = memory.consolidation.prototypes()
            return sorted(found, key=lambda one: -one.count)

        self.page.show_loading("Reading the prototypes…")
        self._read.ask(call, self._on_read, self._on_failed)

    def _on_read(self, prototypes: list[Prototype]) -> None:
        self.model.show_prototypes(prototypes)
        if prototypes:
            self.page.show_content()
        else:
            self.page.show_empty(
                "No prototype yet",
                "Consolidation lets memories settle into prototypes: encode the store, then run a"
                " cycle (hpm encode, hpm consolidate).",
            )

    def _on_failed(self, error: Exception) -> None:
        self.page.show_error("The prototypes could not be read", error, self.reload)
