"""The prototypes of a store as rows: what the columns show of one."""

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


COLUMNS: tuple[Column[Prototype], ...] = (
    Column(
        title="About",
        width=130,
        text=lambda one: one.told,
        tooltip=_whole_label,
        tip="The terms and paths of its exemplars that other prototypes lack",
        wide=True,
    ),
    Column(
        title="Memories",
        width=74,
        text=lambda one: f"{one.count:,.1f}",
        tooltip=lambda one: f"{counted(round(one.count), 'memory', 'memories')}, each by its share",
        tip="How many memories it explains, each by its share",
        right=True,
    ),
    Column(
        title="Held",
        width=66,
        text=lambda one: scaled(one.fisher),
        tooltip=lambda one: f"Fisher information {one.fisher:,.0f}",
        tip="The sum of its Fisher information: how firmly it is held in place",
        right=True,
    ),
    Column(
        title="Pin",
        width=34,
        text=lambda one: "●" if one.pinned else "",
        tooltip=lambda one: "pinned: held firmer, never retired" if one.pinned else "",
        tip="Whether a person pinned it",
    ),
    Column(
        title="Born",
        width=48,
        text=lambda one: number(one.born),
        tip="The cycle in which it was born",
        right=True,
    ),
    Column(
        title="Last",
        width=46,
        text=lambda one: number(one.reinforced),
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
