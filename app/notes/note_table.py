"""The notes of agents' memories as rows, and what the columns show of each."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from app.kit.formatting import counted, exact_time, number, stamped_time
from app.kit.list_times import list_time
from app.kit.plain_text import one_line
from app.kit.session import Session
from app.kit.table.column import Column
from app.kit.table.paged_table import PagedTable
from app.kit.theme.colour import Colour
from hpm_engine import Memory, MemoryNote, NoteAuthor

WRITERS = {NoteAuthor.AGENT: "Agent", NoteAuthor.PERSON: "Person"}


def writer(note: MemoryNote) -> str:
    """Who writes notes of this kind, by name where one is known."""
    who = WRITERS[note.author]
    return f"{who}: {note.agent}" if note.agent and note.author is NoteAuthor.AGENT else who


def _name(note: MemoryNote) -> str:
    gone = " (gone)" if note.gone_at is not None else ""
    return f"{one_line(note.called, 200)}{gone}"


def _place(note: MemoryNote) -> str:
    if not note.path:
        since = "" if note.gone_at is None else "; turned down since"
        return f"Proposed by an agent and accepted by a person{since}"
    if note.gone_at is None:
        return note.path
    return f"{note.path}\nNot there any more since {exact_time(note.gone_at)}; kept here."


COLUMNS: tuple[Column[MemoryNote], ...] = (
    Column(
        title="Note",
        width=170,
        text=_name,
        tooltip=_place,
        copied=lambda note: note.called,
        colour=lambda note: Colour.MUTED if note.gone_at is not None else None,
        tip="What it is called; resting the mouse on it tells its file",
        wide=True,
    ),
    Column(
        title="Written by",
        width=130,
        text=writer,
        tooltip=writer,
        tip="Whether an agent noted it for itself, or a person instructs agents by it",
    ),
    Column(
        title="For",
        width=84,
        text=lambda note: note.scope.rstrip("/").rpartition("/")[2],
        tooltip=lambda note: note.scope or "everywhere",
        copied=lambda note: note.scope,
        tip="The folder or project that it is for",
    ),
    Column(
        title="Changed",
        width=96,
        text=lambda note: list_time(note.changed_at),
        tooltip=lambda note: exact_time(note.changed_at),
        copied=lambda note: stamped_time(note.changed_at),
        tip="When it was last written, as its file or its store says",
    ),
    Column(
        title="Versions",
        width=64,
        text=lambda note: number(note.versions),
        tip="How many wordings of it imports have met",
        right=True,
    ),
    Column(
        title="Memory",
        width=130,
        text=lambda note: note.store,
        tip="The kind of memory that holds it",
        shown=False,
    ),
    Column(
        title="Type",
        width=80,
        text=lambda note: note.type,
        tip="Its type, in its memory's own word",
        shown=False,
    ),
    Column(
        title="Number",
        width=60,
        text=lambda note: str(note.id),
        tip="Its number, as hpm notes lists it",
        right=True,
        shown=False,
    ),
)


class NoteTable(PagedTable[MemoryNote]):
    """Notes in the order given; a store has some hundreds, so all are held."""

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, session, parent)
        self.notes: tuple[MemoryNote, ...] = ()

    def show_notes(self, notes: Sequence[MemoryNote]) -> None:
        """Show these rows."""
        self.notes = held = tuple(notes)

        def fetch(_memory: Memory, start: int, stop: int) -> Sequence[MemoryNote]:
            return held[start:stop]

        self.show_rows(len(held), fetch)


def summary(note: MemoryNote) -> str:
    """What is known of a note, in a line."""
    parts = [writer(note), note.type, f"for {note.scope}" if note.scope else "for every folder"]
    if note.changed_at is not None:
        parts.append(f"changed {list_time(note.changed_at)}")
    if note.versions > 1:
        parts.append(counted(note.versions, "version"))
    if note.gone_at is not None:
        parts.append(f"gone from its place since {list_time(note.gone_at)}")
    return " · ".join(part for part in parts if part)
