"""The prototypes of a store as rows, told as topics, and what the columns show of each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject

from app.kit.formatting import NOTHING, counted, exact_time, number, scaled, stamped_time
from app.kit.list_times import list_time
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import Memory, Prototype, TopicFacts

_RESEARCH = "Details"  # the heading of the columns for those who know the method


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A prototype and what it was learned from."""

    prototype: Prototype
    facts: TopicFacts


def _memories(row: TopicRow) -> str:
    return f"{counted(round(row.prototype.count), 'memory', 'memories')}, each by its share"


COLUMNS: tuple[Column[TopicRow], ...] = (
    Column(
        title="Topic",
        width=220,
        text=lambda row: row.prototype.told,
        tooltip=lambda row: row.prototype.told,
        tip="What it is about: the name that you gave it, else a phrase of what users asked",
        wide=True,
    ),
    Column(
        title="Pin",
        width=34,
        text=lambda row: "●" if row.prototype.pinned else "",
        tooltip=lambda row: "pinned: it is never dropped" if row.prototype.pinned else "",
        tip="Whether a person pinned it",
    ),
    Column(
        title="Sessions",
        width=68,
        text=lambda row: number(row.facts.episodes),
        tip="How many sessions it was learned from",
        right=True,
    ),
    Column(
        title="Memories",
        width=74,
        text=lambda row: number(round(row.prototype.count)),
        tooltip=_memories,
        tip="How many memories it stands for; each is a few steps of a session",
        right=True,
    ),
    Column(
        title="Last refreshed",
        width=104,
        text=lambda row: list_time(row.facts.refreshed_at),
        tooltip=lambda row: exact_time(row.facts.refreshed_at),
        copied=lambda row: stamped_time(row.facts.refreshed_at),
        tip="When something was last learned about it",
    ),
    Column(
        title="Project",
        width=100,
        text=lambda row: row.facts.project or NOTHING,
        tip="The project that most of its memories are of",
        shown=False,
    ),
    Column(
        title="Number",
        width=80,
        text=lambda row: str(row.prototype.id),
        tip="Its number, as hpm prototypes lists it",
        right=True,
        shown=False,
        group=_RESEARCH,
    ),
    Column(
        title="Held",
        width=66,
        text=lambda row: scaled(row.prototype.fisher),
        tooltip=lambda row: f"Fisher information {row.prototype.fisher:,.0f}",
        tip="The sum of its Fisher information: how firmly it is held in place",
        right=True,
        shown=False,
        group=_RESEARCH,
    ),
    Column(
        title="Born",
        width=48,
        text=lambda row: number(row.prototype.born),
        tip="The cycle in which it was born",
        right=True,
        shown=False,
        group=_RESEARCH,
    ),
    Column(
        title="Last",
        width=46,
        text=lambda row: number(row.prototype.reinforced),
        tip="The last cycle that gave it a member",
        right=True,
        shown=False,
        group=_RESEARCH,
    ),
)


class PrototypeTable(PagedTable[TopicRow]):
    """Prototypes in the order given; at most some hundreds, so all are held."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.topics: tuple[TopicRow, ...] = ()

    @property
    def prototypes(self) -> tuple[Prototype, ...]:
        """The prototypes, in the order of the rows."""
        return tuple(row.prototype for row in self.topics)

    def show_topics(self, topics: Sequence[TopicRow]) -> None:
        """Show these rows."""
        self.topics = held = tuple(topics)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[TopicRow]:
            return held[start:stop]

        self.show_rows(len(held), fetch)
