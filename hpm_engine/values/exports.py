"""In which forms episodes leave the store, and what leaves with them."""

from __future__ import annotations

from collections.abc import Collection
from enum import StrEnum

import msgspec

from hpm_engine.values.reports import Changed
from hpm_engine.words.plurals import counted


class ExportFormat(StrEnum):
    """The forms of an exported episode."""

    ATIF = "atif"  # a trajectory that other programs read, and this one reads back
    MARKDOWN = "markdown"
    HTML = "html"  # one page that needs nothing else, and runs nothing
    RAW = "raw"  # the original bytes

    @property
    def suffix(self) -> str:
        """The ending of such a file's name."""
        return {"atif": ".atif.json", "markdown": ".md", "html": ".html", "raw": ".jsonl"}[self]

    @property
    def readable(self) -> bool:
        """Whether it is for people, and so may hold their notes."""
        return self in (ExportFormat.MARKDOWN, ExportFormat.HTML)


class ExportPart(StrEnum):
    """What a person may leave out of a form for people."""

    NOTES = "notes"
    THINKING = "thinking"
    CALLS = "calls"
    RESULTS = "results"
    INJECTED = "injected"  # texts of the harness: reminders, environment

    @property
    def words(self) -> str:
        """What it is, in words."""
        return {
            "notes": "your notes",
            "thinking": "thinking",
            "calls": "calls of tools",
            "results": "results of tools",
            "injected": "texts of the harness",
        }[self.value]


NOTHING_LEFT_OUT: frozenset[ExportPart] = frozenset()


def in_words(left_out: Collection[ExportPart]) -> str:
    """What is left out, in a fixed order: "thinking, results of tools"."""
    return ", ".join(part.words for part in ExportPart if part in left_out)


class ExportOutlook(msgspec.Struct, frozen=True):
    """What would leave the store with some episodes; told before anything is written."""

    format: ExportFormat
    episodes: int
    steps: int
    text_size: int  # bytes of text, thinking and tools' results with it
    notes: int  # a person's, that the file would hold
    folders: tuple[str, ...]  # that the sessions worked in: their paths are in the file
    left_out: frozenset[ExportPart]
    evicted: int  # episodes of whose text only what compression kept is left

    @property
    def sentence(self) -> str:
        """All of it in words."""
        if self.format is ExportFormat.RAW:
            whole = counted(self.episodes, "original record")
            held = [f"{whole}, byte for byte, with all that the agent wrote down"]
        else:
            held = [f"all text of {counted(self.steps, 'step')}, thinking and results of tools too"]
            if words := in_words(self.left_out - {ExportPart.NOTES}):
                held = [f"the text of {counted(self.steps, 'step')} without {words}"]
        if self.folders:
            held.append(f"paths such as {self.folders[0]}")
        held.append(counted(self.notes, "note") + " of yours" if self.notes else "no notes")
        sentence = f"The file holds {', '.join(held[:-1])}, and {held[-1]}."
        if self.evicted:
            left = "only what compression kept is left" if self.episodes == 1 else "is deleted"
            of = "Of its text" if self.episodes == 1 else f"Of {self.evicted:,} the whole text"
            sentence += f" {of} {left}."
        return sentence


class ExportedFile(msgspec.Struct, frozen=True):
    """Episodes written to one file."""

    format: ExportFormat
    episodes: int
    steps: int
    size: int
    sha256: str
    passed_over: tuple[tuple[int, str], ...] = ()  # episodes that could not be written, and why

    @property
    def changed(self) -> Changed:
        """The log, which tells of every export."""
        return Changed.AUDIT
