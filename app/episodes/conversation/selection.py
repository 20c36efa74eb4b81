"""What is selected of a conversation: from one unit of text to another, across cards."""

from __future__ import annotations

from typing import NamedTuple


class TextPosition(NamedTuple):
    """A unit of text: of a piece of a part of a step."""

    seq: int
    part: int
    piece: int
    unit: int


class TextSelection(NamedTuple):
    """Text between two positions, in the order in which they were pressed and released."""

    anchor: TextPosition
    head: TextPosition

    @property
    def start(self) -> TextPosition:
        """The earlier end."""
        return min(self.anchor, self.head)

    @property
    def stop(self) -> TextPosition:
        """The later end."""
        return max(self.anchor, self.head)

    @property
    def empty(self) -> bool:
        """Whether nothing is between the ends."""
        return self.anchor == self.head

    def units(self, seq: int, part: int, piece: int, length: int) -> tuple[int, int] | None:
        """The selected units of a piece of ``length`` units; None where it is all outside."""
        start, stop = self.start, self.stop
        here = (seq, part, piece)
        if here < start[:3] or here > stop[:3]:
            return None
        first = start.unit if here == start[:3] else 0
        last = stop.unit if here == stop[:3] else length
        return (first, min(last, length)) if last > first else None

    def touches(self, seq: int) -> bool:
        """Whether a step has selected text."""
        return self.start.seq <= seq <= self.stop.seq
