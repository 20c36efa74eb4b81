"""The audit table: acts as sentences, each of which opens into its rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QObject

from app.kit.formatting import counted, exact_time, local_time, number, stamped_time
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from hpm_engine import ActSpan, AuditAct, AuditFilter, Memory

_INDENT = "      "


class ShownAct(NamedTuple):
    """A line of the table: an act, or a row of one that is open."""

    act: AuditAct
    within: bool
    is_open: bool

    @property
    def opens(self) -> bool:
        """Whether it has rows to be shown."""
        return self.act.span.rows > 1

    @property
    def sentence(self) -> str:
        """What was done, behind an arrow where it opens."""
        arrow = ("▾ " if self.is_open else "▸ ") if self.opens else ""
        return f"{_INDENT if self.within else ''}{arrow}{self.act.text}{self._pair()}"

    def _pair(self) -> str:
        span = self.act.span
        undone = f" · taken back in row {span.undone_by:,}" if span.undone_by else ""
        return f" · takes back row {span.undoes:,}{undone}" if span.undoes else undone


SENTENCE: Column[ShownAct] = Column(  # with the arrows
    title="What was done",
    width=420,
    text=lambda row: row.sentence,
    tooltip=lambda row: row.act.text,
    copied=lambda row: row.act.text,
    tip="What was done; ▸ opens what was done at once",
    wide=True,
)
COLUMNS: tuple[Column[ShownAct], ...] = (
    Column(
        title="When",
        width=150,
        text=lambda row: local_time(row.act.at, seconds=True),
        tooltip=lambda row: exact_time(row.act.at),
        copied=lambda row: stamped_time(row.act.at, seconds=True),
        tip="When it was done, in local time",
    ),
    Column(
        title="Who",
        width=100,
        text=lambda row: row.act.actor,
        tooltip=lambda row: row.act.actor,
        tip="The person, agent or scheduler that did it",
    ),
    SENTENCE,
    Column(
        title="Row",
        width=120,
        text=lambda row: _numbers(row.act.span),
        tip="The numbers of its rows in the log",
        right=True,
    ),
    Column(
        title="Rows",
        width=64,
        text=lambda row: number(row.act.span.rows),
        tip="How many rows of the log it is",
        right=True,
        shown=False,
    ),
    Column(
        title="Action",
        width=110,
        text=lambda row: row.act.action,
        tip="The action as the log has it",
        shown=False,
    ),
)


class AuditTable(PagedTable[ShownAct]):
    """The table of the acts that a filter lets through, newest first."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self._filter = AuditFilter()
        self._lines: list[tuple[ActSpan, bool]] = []
        self._open: set[int] = set()

    def show_acts(self, wanted: AuditFilter, spans: Sequence[ActSpan]) -> None:
        """Show the acts of a filter, which come oldest first; all closed."""
        self._filter, self._open = wanted, set()
        self._lines = [(span, False) for span in reversed(spans)]
        self._show()

    def span_at(self, position: int) -> ActSpan | None:
        """The act of a line, or the row of one."""
        return self._lines[position][0] if 0 <= position < len(self._lines) else None

    def position(self, first: int) -> int:
        """The line of the act that begins with a row; -1 if there is none."""
        heads = (index for index, (span, within) in enumerate(self._lines) if not within)
        return next((index for index in heads if self._lines[index][0].first == first), -1)

    def position_of(self, seq: int) -> int:
        """The line that shows a row: its own, else that of its act; -1 where none does."""
        spans = list(enumerate(span for span, _ in self._lines))
        own = (index for index, span in spans if span.rows == 1 and span.last == seq)
        acts = (index for index, span in spans if span.first <= seq <= span.last)
        return next(own, next(acts, -1))

    def is_open(self, position: int) -> bool:
        """Whether the rows of an act are shown below it."""
        span, within = self._lines[position]
        return not within and span.first in self._open

    def close_act(self, position: int) -> None:
        """Show an act without its rows."""
        span, _ = self._lines[position]
        self._open.discard(span.first)
        stop = position + 1
        while stop < len(self._lines) and self._lines[stop][1]:
            stop += 1
        del self._lines[position + 1 : stop]
        self._show()

    def open_act(self, position: int, rows: Sequence[ActSpan]) -> None:
        """Show the rows of an act below it, newest first as all."""
        self._open.add(self._lines[position][0].first)
        self._lines[position + 1 : position + 1] = [(row, True) for row in reversed(rows)]
        self._show()

    def _show(self) -> None:
        lines, wanted, opened = self._lines, self._filter, frozenset(self._open)

        def fetch(memory: Memory, start: int, stop: int) -> list[ShownAct]:
            page = lines[start:stop]
            acts = memory.audit.in_words(wanted, [span for span, _ in page])
            return [
                ShownAct(act, within, not within and act.span.first in opened)
                for act, (_, within) in zip(acts, page, strict=True)
            ]

        self.show_rows(len(lines), fetch)


def _numbers(span: ActSpan) -> str:
    if span.rows == 1:
        return number(span.last)
    return f"{number(span.first)}–{number(span.last)}"  # noqa: RUF001


def described(acts: int, rows: int) -> str:
    """How much is shown."""
    return counted(acts, "act") + (f" of {counted(rows, 'row')}" if rows != acts else "")
