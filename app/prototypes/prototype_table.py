"""The prototypes of a store as rows, and what the columns show of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.kit.formatting import counted, number, scaled
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import Memory, Prototype


def _whole_label(prototype: Prototype) -> str:
    label = prototype.label
    lines = (("terms", label.terms), ("paths", label.paths), ("tools", label.tools))
    return "\n".join(f"{name}: {', '.join(words)}" for name, words in lines if words)


def _memories(prototype: Prototype) -> str:
    return f"{counted(round(prototype.count), 'memory', 'memories')}, each by its share"


COLUMNS: tuple[Column[Prototype], ...] = (
    Column(
        title="About",
        width=130,
        text=lambda prototype: prototype.told,
        tooltip=_whole_label,
        tip="The terms and paths of its exemplars that other prototypes lack",
        wide=True,
    ),
    Column(
        title="Memories",
        width=74,
        text=lambda prototype: f"{prototype.count:,.1f}",
        tooltip=_memories,
        tip="How many memories it explains, each by its share",
        right=True,
    ),
    Column(
        title="Held",
        width=66,
        text=lambda prototype: scaled(prototype.fisher),
        tooltip=lambda prototype: f"Fisher information {prototype.fisher:,.0f}",
        tip="The sum of its Fisher information: how firmly it is held in place",
        right=True,
    ),
    Column(
        title="Pin",
        width=34,
        text=lambda prototype: "●" if prototype.pinned else "",
        tooltip=lambda prototype: "pinned: held firmer, never retired" if prototype.pinned else "",
        tip="Whether a person pinned it",
    ),
    Column(
        title="Born",
        width=48,
        text=lambda prototype: number(prototype.born),
        tip="The cycle in which it was born",
        right=True,
    ),
    Column(
        title="Last",
        width=46,
        text=lambda prototype: number(prototype.reinforced),
        tip="The last cycle that gave it a member",
        right=True,
    ),
)


class PrototypeTable(PagedTable[Prototype]):
    """Prototypes in the order given; at most some hundreds, so all are held."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.prototypes: tuple[Prototype, ...] = ()

    def show_prototypes(self, prototypes: Sequence[Prototype]) -> None:
        """Show these rows."""
        self.prototypes = held = tuple(prototypes)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[Prototype]:
            return held[start:stop]

        self.show_rows(len(held), fetch)
