"""What the audit log tells in sentences: acts of one or more rows, with links to their subjects."""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.values.reports import Changed


class LinkKind(StrEnum):
    """What a row of the log can be about."""

    EPISODE = "episode"
    PROTOTYPE = "prototype"
    CYCLE = "cycle"
    RECALL = "recall"
    SEARCH = "search"


class Link(msgspec.Struct, frozen=True):
    """Something that can be gone to: its number, or the name of a search."""

    kind: LinkKind
    key: str


class Phrase(msgspec.Struct, frozen=True):
    """A part of a sentence; text that is somebody else's is only ever shown as it is."""

    text: str
    link: Link | None = None


class ActSpan(msgspec.Struct, frozen=True, gc=False):
    """The rows of the log that were one act: the first, the last, and how many.

    ``undoes`` and ``undone_by`` are the first rows of the acts that it takes back, and that took
    it back.
    """

    first: int
    last: int
    rows: int
    undoes: int = 0
    undone_by: int = 0


class AuditAct(msgspec.Struct, frozen=True):
    """An act as a person reads it; ``episodes`` is how many its rows are about."""

    span: ActSpan
    at: int  # of its last row
    actor: str
    action: str  # "several" where its rows have different ones
    sentence: tuple[Phrase, ...]
    episodes: int = 0

    @property
    def text(self) -> str:
        """The sentence without its links."""
        return "".join(piece.text for piece in self.sentence)

    @property
    def link(self) -> Link | None:
        """The first thing in the sentence that can be gone to."""
        return next((piece.link for piece in self.sentence if piece.link), None)


class AuditChoices(msgspec.Struct, frozen=True):
    """Who acts in a log and what they do, each with its number of rows, most first."""

    actors: tuple[tuple[str, int], ...]
    actions: tuple[tuple[str, int], ...]


class RowSums(msgspec.Struct, frozen=True):
    """The rows of an act with one action: how many, of how many subjects, and sums of details."""

    action: str
    rows: int
    subjects: int
    sums: dict[str, int] = {}
    sample: str = ""  # the detail of the first


class Names(msgspec.Struct, frozen=True):
    """What the subjects of rows are called; what is gone has no name."""

    episodes: dict[int, str] = {}
    prototypes: dict[int, str] = {}
    cues: dict[int, str] = {}


class Verification(msgspec.Struct, frozen=True):
    """Whether the audit log holds; ``broken_at`` is the first row that does not fit.

    What lies beside the rows is named by the first row that it speaks for.
    """

    rows: int
    head: str  # hash of the last row
    broken_at: int | None
    reason: str
    root: str = ""  # over all rows
    earlier: int = 0  # rows from before the log had a tree
    signed: int = 0  # rows that the last checkpoint in the store speaks for
    signed_at: str = ""  # as it says
    key: str = ""  # that signed it, as one line
    own_key: bool = False  # whether that is this machine's


class ExportedLog(msgspec.Struct, frozen=True):
    """The audit log written to a file; ``sha256`` is the file's, as the export's own row says."""

    CHANGES: ClassVar[Changed] = Changed.AUDIT
    rows: int
    sha256: str
    whole: bool = True  # or a part of the log
    proof: str = ""  # the file that a receiver checks it with; "" where it could not be signed
    trouble: str = ""  # why

    @property
    def changed(self) -> Changed:
        """The log, which tells of every export."""
        return self.CHANGES
