"""What past sessions could have been told, as rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.agents.replay.job import CaseRow
from app.kit.formatting import NOTHING, counted, number
from app.kit.plain_text import one_line
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import Help, Memory

KINDS = {
    Help.FILE: "a file that it changed later",
    Help.COMMAND: "a command that passed later",
    Help.FAILURE: "an attempt that failed again",
}


def _sources(row: CaseRow) -> str:
    first = row.sources[0][1] if row.sources else ""
    more = f" and {counted(len(row.sources) - 1, 'other')}" if len(row.sources) > 1 else ""
    return f"{one_line(first, 120) or 'a session that is gone'}{more}"


COLUMNS: tuple[Column[CaseRow], ...] = (
    Column(
        title="Session",
        width=220,
        text=lambda row: one_line(row.session.name, 200),
        tooltip=lambda row: row.session.name,
        tip="The session that was asked again as it began",
        wide=True,
    ),
    Column(
        title="Could have been told",
        width=216,
        text=lambda row: KINDS[row.case.help],
        tip="How what it would have been given speaks of what it did later",
    ),
    Column(
        title="Which",
        width=240,
        text=lambda row: one_line(row.case.text, 200),
        tooltip=lambda row: row.case.text,
        copied=lambda row: row.case.text,
        tip="The file or the command; the session's prompt did not name it",
        mono=True,
    ),
    Column(
        title="By",
        width=180,
        text=_sources,
        tooltip=lambda row: "\n".join(name or f"episode {key}" for key, name in row.sources),
        tip="The earlier sessions that it would have been given",
    ),
    Column(
        title="Steps at most",
        width=112,
        text=lambda row: number(row.steps) if row.steps else NOTHING,
        tip="The agent's steps before it first named one of these files: a bound, not an estimate",
        right=True,
    ),
)


class CaseTable(PagedTable[CaseRow]):
    """Cases in the order given: the latest session first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.rows: tuple[CaseRow, ...] = ()

    def show_cases(self, rows: Sequence[CaseRow]) -> None:
        """Show these rows."""
        self.rows = held = tuple(rows)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[CaseRow]:
            return held[start:stop]

        self.show_rows(len(held), fetch)
