"""The audit table, and what its columns show of a row of the log."""

from __future__ import annotations

from PySide6.QtCore import QObject

from app.kit.formatting import exact_time, local_time, number, stamped_time
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import AuditFilter, AuditRow, Memory

COLUMNS: tuple[Column[AuditRow], ...] = (
    Column(
        title="Row",
        width=64,
        text=lambda row: number(row.seq),
        tip="The row's number in the log",
        right=True,
    ),
    Column(
        title="When",
        width=150,
        text=lambda row: local_time(row.at, seconds=True),
        tooltip=lambda row: exact_time(row.at),
        copied=lambda row: stamped_time(row.at, seconds=True),
        tip="When it was done, in local time",
    ),
    Column(
        title="Who",
        width=90,
        text=lambda row: row.actor,
        tip="The person, agent or scheduler that did it",
    ),
    Column(title="Action", width=105, text=lambda row: row.action, tip="What was done"),
    Column(
        title="Subject",
        width=170,
        text=lambda row: row.subject,
        tooltip=lambda row: row.subject,
        tip="What it was done to",
    ),
    Column(
        title="Detail",
        width=200,
        text=lambda row: row.detail,
        tooltip=lambda row: row.detail,
        tip="Particulars, as they were hashed",
        wide=True,
    ),
    Column(
        title="Hash",
        width=110,
        text=lambda row: row.hash[:12],
        tooltip=lambda row: row.hash,
        tip="The beginning of the row's digest, which covers the row before",
        mono=True,
    ),
)


class AuditTable(PagedTable[AuditRow]):
    """The table of the rows that a filter lets through, newest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)

    def show_filtered(self, count: int, wanted: AuditFilter) -> None:
        """Show the ``count`` rows of a filter, newest first."""

        def fetch(memory: Memory, start: int, stop: int) -> list[AuditRow]:
            # The log counts from its oldest row, so rows appended meanwhile move nothing.
            return memory.audit.page(wanted, count - stop, stop - start)[::-1]

        self.show_rows(count, fetch)
