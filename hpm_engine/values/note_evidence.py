"""What a store's sessions show of the lines of a note.

Texts come from notes and traces: they are data, shown as plain text. Times are Unix microseconds.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class NoteVerdict(StrEnum):
    """What sessions show of a line: the worse comes first where a line says several things."""

    CONTRADICTED = "contradicted"  # a later failure, or another way or value that took over
    OUTDATED = "outdated"  # it was so; files that it names changed since
    TRUE = "true"  # steps bear it out, and nothing after them says otherwise
    NEVER = "never done"  # nothing here ever did this
    NOTHING = "nothing to check"  # it says nothing that sessions could show


class Bearing(StrEnum):
    """What a step says of a line."""

    FOR = "bears it out"
    AGAINST = "contradicts it"
    CHANGED = "changed what it names"


class EvidenceStep(msgspec.Struct, frozen=True, gc=False):
    """A step that speaks for or against a line; ``text`` is what in it does, in one line."""

    episode_id: int
    seq: int
    at: int | None
    bearing: Bearing
    text: str


class LineEvidence(msgspec.Struct, frozen=True):
    """A line of a note, counted from 1, with its verdict, the reason in words, and its steps.

    The steps are the latest few of each bearing, the latest first.
    """

    line: int
    text: str
    verdict: NoteVerdict
    reason: str
    steps: tuple[EvidenceStep, ...] = ()
