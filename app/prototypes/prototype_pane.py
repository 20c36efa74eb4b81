"""One prototype: what it is about, what it was learned from, and what holds it firm."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QAbstractItemView, QVBoxLayout, QWidget

from app.kit.controls.details import Details
from app.kit.controls.fact_list import Fact, FactList
from app.kit.controls.state_page import StatePage
from app.kit.formatting import counted, number, scaled
from app.kit.latest_read import LatestRead
from app.kit.list_times import list_time
from app.kit.plain_text import SafeLabel, one_line
from app.kit.session import Session
from app.kit.table.table_view import RowView
from app.kit.theme.colour import Colour
from app.kit.theme.spacing import HAIR, MEDIUM, SMALL
from app.kit.theme.type_scale import TextRole
from app.prototypes.fisher_strip import FisherStrip
from app.prototypes.member_table import MemberTable
from app.prototypes.prototype_table import TopicRow
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
        self._topic: TopicRow | None = None
        self.title = SafeLabel(role=TextRole.HEADING, wrap=True)
        self.summary = SafeLabel(wrap=True, tone=Colour.MUTED)
        self.alike = FactList("Topics like it")
        self.facts = FactList("Details of the topic")
        self.strip = FisherStrip()
        self._held = SafeLabel(tone=Colour.MUTED, wrap=True)
        self.members = MemberTable(session, self)
        self.table = RowView("Memories of the topic")
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
        research = QWidget()
        column = QVBoxLayout(research)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(HAIR)
        for part in (self.alike, self.facts, self.strip, self._held):
            column.addWidget(part)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(MEDIUM, SMALL, SMALL, SMALL)
        layout.setSpacing(HAIR)
        for widget in (self.title, self.summary):
            layout.addWidget(widget)
        layout.addWidget(self.table, 1)
        layout.addWidget(Details(content=research, key="of a topic"))
        return content

    def show_nothing(self, selected: int = 0) -> None:
        """Say that no single prototype is chosen."""
        self.prototype = None
        text = "Choose one on the map or in the table: what it was learned from stands here."
        if selected:
            text = "Merge makes one of them, Forget takes them away, Pin keeps them all."
        title = f"{number(selected)} topics are selected" if selected else "No topic is chosen"
        self.page.show_empty(title, text)

    def show_topic(self, topic: TopicRow, others: Sequence[tuple[Prototype, float]]) -> None:
        """Show a prototype; ``others`` are those most like it, with their cosines."""
        self._topic, self.prototype = topic, topic.prototype
        prototype = topic.prototype
        self.title.setText(prototype.told)
        self.summary.setText(summary(topic))
        self.alike.show_facts(self._neighbours(others))
        self.facts.show_facts(research_facts(prototype))
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
        topic = self._topic
        if topic is not None:
            self.page.show_error(
                "Its memories could not be read", error, lambda: self.show_topic(topic, ())
            )


def summary(topic: TopicRow) -> str:
    """What a topic was learned from, in a line."""
    facts, prototype = topic.facts, topic.prototype
    parts = [
        f"learned from {counted(facts.episodes, 'session')}",
        counted(round(prototype.count), "memory", "memories"),
    ]
    if facts.project:
        parts.append(f"mostly of {one_line(facts.project, 60)}")
    if facts.refreshed_at is not None:
        parts.append(f"last refreshed {list_time(facts.refreshed_at)}")
    if prototype.pinned:
        parts.append("pinned")
    return " · ".join(parts)


def research_facts(prototype: Prototype) -> list[Fact]:
    """What those look for who know the method."""
    label = prototype.label
    return [
        Fact("Words", ", ".join(label.terms)),
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
            "kept: learning does not drop it or merge it away" if prototype.pinned else "",
        ),
        Fact("Number", str(prototype.id), code=True),
    ]
