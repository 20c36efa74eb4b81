"""Proposals that wait as rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.kit.formatting import exact_time, stamped_time
from app.kit.list_times import list_time
from app.kit.plain_text import one_line
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.theme.colour import Colour
from hpm_engine import Memory, Proposal, WarningSign

Row = tuple[Proposal, tuple[WarningSign, ...]]


def _signs(row: Row) -> str:
    return "\n".join(f"{sign.kind}: {sign.sample}" for sign in row[1])


COLUMNS: tuple[Column[Row], ...] = (
    Column(
        title="",
        width=24,
        text=lambda row: "!" if row[1] else "",
        tooltip=_signs,
        copied=_signs,
        colour=lambda row: Colour.WARN,
        tip="! where something in it should be looked at twice",
    ),
    Column(
        title="Proposed note",
        width=240,
        text=lambda row: one_line(row[0].text, 200),
        tooltip=lambda row: row[0].text[:1_000],
        copied=lambda row: row[0].text,
        tip="What the agent wants remembered",
        wide=True,
    ),
    Column(
        title="Agent",
        width=96,
        text=lambda row: one_line(row[0].agent, 60),
        tooltip=lambda row: row[0].agent,
        tip="Who proposes it, as it calls itself",
    ),
    Column(
        title="For",
        width=84,
        text=lambda row: one_line(row[0].project, 60) or "everywhere",
        tooltip=lambda row: row[0].project or "everywhere",
        tip="The project that it is for",
    ),
    Column(
        title="Proposed",
        width=96,
        text=lambda row: list_time(row[0].proposed_at),
        tooltip=lambda row: exact_time(row[0].proposed_at),
        copied=lambda row: stamped_time(row[0].proposed_at),
        tip="When it was proposed",
    ),
)


class ProposalTable(PagedTable[Row]):
    """Proposals in the order given; no more wait than are held."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.rows: tuple[Row, ...] = ()

    def show_proposals(self, rows: Sequence[Row]) -> None:
        """Show these rows."""
        self.rows = held = tuple(rows)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[Row]:
            return held[start:stop]

        self.show_rows(len(held), fetch)
