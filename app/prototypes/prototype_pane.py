"""One prototype: what it is about, what holds it firm, which memories it came from."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.state_page import StatePage
from app.kit.formatting import number, scaled
from app.kit.latest_read import LatestRead
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.prototypes.fisher_strip import FisherStrip
from app.prototypes.member_table import MemberTable
from hpm_engine import Job, Member, Memory, Prototype

_NEIGHBOURS = 3  # most alike ones, by name


class PrototypePane(QWidget):
    """The pane of one prototype: its facts, what holds it, its memories.

    ``opened`` names an episode and a step, ``chosen`` another prototype by its id.
    """

    opened = Signal(int, int)
    chosen = Signal(int)

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._read = LatestRead(session, self)
        self.prototype: Prototype | None = None
        self.title = SafeLabel(bold=True)
        self.facts = FactList("What it is")
        self.strip = FisherStrip()
        self._held = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.members = MemberTable(session, self)
        self.table = RowView("Memories of the prototype")
        self.table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.table.set_table(self.members)
        self.page = StatePage(self._content())
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.page)
        self.table.opened.connect(self._open)
        self.table.doubleClicked.connect(self._open)
        self.members.failed.connect(self._on_failed)
        self.show_nothing()

    def _content(self) -> QWidget:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(10, 6, 8, 6)
        layout.setSpacing(5)
        for part in (self.title, self.facts, self.strip, self._held):
            layout.addWidget(part)
        layout.addWidget(self.table, 1)
        return content

    def show_nothing(self, selected: int = 0) -> None:
        """Say that no single prototype is chosen."""
        self.prototype = None
        text = "Choose one on the map or in the table; the arrow keys walk from one to the next."
        if selected:
            text = "Merge makes one of them, Forget takes them away, Pin holds them all firmer."
        title = f"{number(selected)} prototypes are selected" if selected else "No prototype chosen"
        self.page.show_empty(title, text)

    def show_prototype(
        self, prototype: Prototype, others: Sequence[tuple[Prototype, float]]
    ) -> None:
        """Show a prototype; ``others`` are those most like it, with their cosines."""
        self.prototype = prototype
        self.title.setText(prototype.told)
        self.facts.show_facts([*_facts(prototype), *self._neighbours(others)])
        self.strip.show_prototype(prototype)
        self._held.setText(self.strip.description)
        self.page.show_content()
        key = prototype.id

        def call(memory: Memory, _job: Job) -> list[Member]:
            return memory.consolidation.members(key)

        self._read.ask(call, self.members.show_members, self._on_failed)

    def _neighbours(self, others: Sequence[tuple[Prototype, float]]) -> list[Fact]:
        return [
            Fact(
                "Most like it" if not index else f"Like it ({index + 1})",
                f"{cosine:.2f}  {one_line(prototype.told, 120)}",
                go=lambda key=prototype.id: self.chosen.emit(key),  # type: ignore[misc]
            )
            for index, (prototype, cosine) in enumerate(others[:_NEIGHBOURS])
        ]

    def _open(self) -> None:
        index = self.table.current_row()
        row = None if index is None else self.members.row(index)
        if row is not None:
            self.opened.emit(row.member.episode_id, row.member.start)

    def _on_failed(self, error: Exception) -> None:
        prototype = self.prototype
        if prototype is not None:
            self.page.show_error(
                "Its memories could not be read", error, lambda: self.show_prototype(prototype, ())
            )


def _facts(prototype: Prototype) -> list[Fact]:
    label = prototype.label
    return [
        Fact("Terms", ", ".join(label.terms)),
        Fact("Paths", ", ".join(label.paths)),
        Fact("Tools", ", ".join(label.tools)),
        Fact("Memories", f"{prototype.count:,.1f} by their shares"),
        Fact("Born", f"in cycle {prototype.born}, last reinforced in cycle {prototype.reinforced}"),
        Fact(
            "Held by",
            f"Fisher information {scaled(prototype.fisher)}",
            tip=f"{prototype.fisher:,.0f}",
        ),
        Fact(
            "Pinned",
            "held firmer; no cycle retires it or merges it away" if prototype.pinned else "",
        ),
        Fact("Number", str(prototype.id), code=True),
    ]
