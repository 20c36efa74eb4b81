"""The account of a source: what became of each of its records, while a reader goes through it."""

from __future__ import annotations

from collections import Counter

from hpm_engine.reports import Damage, SourceAccount

_PLACES = 10


class Account:
    """What became of a source's records: read, passed over by a rule, of unknown shape, damaged.

    A reader gets it with its source (``source.account``) and tells it of every record once. A
    source that is read a second time (recognising, then reading) begins with ``begin()``.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget what was told so far: the source is read from its start again."""
        self.read = 0
        self.mended = 0
        self.damaged = 0
        self.damaged_size = 0
        self.passed_over: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self._places: list[Damage] = []

    def pass_over(self, rule: str) -> None:
        """A record left out on purpose; ``rule`` names why, as a person would: "bookkeeping"."""
        self.passed_over[rule] += 1

    def miss(self, shape: str) -> None:
        """A record, or a part of one, of a shape that is not known: ``shape`` names it."""
        self.unknown[shape] += 1

    def damage(self, place: str, start: int, size: int, reason: str, *, mended: bool) -> None:
        """Bytes that are no record as they stand; ``mended``: every record in them was read.

        ``place`` as a person would look it up ("line 12"); ``start`` and ``size`` are bytes.
        """
        if mended:
            self.mended += 1
        else:
            self.damaged += 1
            self.damaged_size += size
        if len(self._places) < _PLACES:
            self._places.append(Damage(place, start, size, reason, mended))

    def sums(self) -> SourceAccount:
        """The account as a value."""
        return SourceAccount(
            read=self.read,
            mended=self.mended,
            damaged=self.damaged,
            damaged_size=self.damaged_size,
            passed_over=tuple(self.passed_over.most_common()),
            unknown=tuple(self.unknown.most_common()),
            places=tuple(self._places),
        )
