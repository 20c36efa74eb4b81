"""A note as the terminal shows it."""

from __future__ import annotations

from hpm_engine import Note
from hpm_engine.cli.console.table import moment
from hpm_engine.cli.console.terminal import clean, clean_line


def note_lines(note: Note, *, numbered: bool = False) -> list[str]:
    """The lines of a note: who and when, then what it says; ``numbered`` names note and step."""
    head = "note" + (f" {note.id}" if numbered else "")
    if numbered and note.seq is not None:
        head += f" on step {note.seq + 1:,}"
    changed = "" if note.changed_at == note.created_at else f", changed {moment(note.changed_at)}"
    by = f"  {head} by {clean_line(note.author)}, {moment(note.created_at)}{changed}"
    return [by, *(f"    {line}" for line in clean(note.text).split("\n"))]
