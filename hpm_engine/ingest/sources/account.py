"""The account of a source: what became of each record while a reader went through them."""

from __future__ import annotations

from collections import Counter

from hpm_engine.errors import CannotImport, NothingToImport
from hpm_engine.ingest.sources.beside import companion_digest, is_own
from hpm_engine.values.reports import WAITING, Damage, SourceAccount

_PLACES = 10  # damaged places that are listed
_COMPANIONS = 1000  # files beside a source whose states are remembered
UNKNOWN = "a record of unknown shape"  # the rule that passes over such records


class Account:
    """The counts of a source's records: read, passed over by a rule, of unknown shape, damaged.

    A reader gets it with its source (``source.account``) and reports every record once: who hands
    a record on counts it as ``read``, and ``pass_over`` takes it out again. So the source has
    ``read + passed_over + damaged`` records, if each damaged place held one. Further passes over
    the same records (a look at the head, a second episode) get an account of their own, which
    nobody keeps.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Forget all records so far: the source is read from its start again."""
        self.read = 0
        self.mended = 0
        self.damaged = 0
        self.damaged_size = 0
        self.cut = False  # the last line was still being written
        self.passed_over: Counter[str] = Counter()
        self.unknown: Counter[str] = Counter()
        self.companions: dict[str, str] = {}
        self._places: list[Damage] = []
        self._known: set[tuple[int, int]] = set()  # offset, size; may be met twice

    def pass_over(self, rule: str, count: int = 1) -> None:
        """Count records left out on purpose; ``rule`` is the reason for a person: "bookkeeping"."""
        if count:
            self.read -= count
            self.passed_over[rule] += count

    def miss(self, part: str) -> None:
        """Count a part of a record that was not read: ``part`` is of no known shape."""
        self.unknown[part] += 1

    def miss_field(self, what: str, field: str) -> None:
        """Count a field of an unexpected type in ``what``, a record or a part of one."""
        self.miss(f"{field} of {what}")

    def miss_record(self, record: str) -> None:
        """Count a whole record of no known shape that was not read: ``record`` names it."""
        self.pass_over(UNKNOWN)
        self.miss(record)

    def damage(self, location: str, start: int, size: int, reason: str, *, mended: bool) -> None:
        """Count damaged bytes; ``mended``: every record in them was read nevertheless.

        ``location`` is for a person ("line 12"); ``start`` and ``size`` are bytes of the source.
        """
        if (start, size) in self._known:
            return
        self._known.add((start, size))
        if mended:
            self.mended += 1
        else:
            self.damaged += 1
            self.damaged_size += size
        if len(self._places) < _PLACES:
            self._places.append(Damage(location, start, size, reason, mended))

    def note_companion(self, relative: str, data: bytes | None) -> None:
        """Remember the state of a file beside the source that the reader asked for."""
        if is_own(relative) and len(self.companions) < _COMPANIONS:
            self.companions[relative] = companion_digest(data)

    def nothing(self, source_name: str, content: str) -> CannotImport:
        """The error for a source without any session: ``content`` says what it has instead."""
        any_record = self.read + self.passed_over.total() > 0
        if self.damaged and self._places:
            first = self._places[0]
            rest = f"Besides, {content}" if any_record else "No line of the file is a valid record."
            return CannotImport(
                f"{source_name}, {first.place}: {first.reason}. {rest} "
                "Export or copy the session again."
            )
        if self.unknown:
            shape, count = self.unknown.most_common(1)[0]
            return CannotImport(
                f"{source_name}: {content} Of unknown shape: {shape} ({count:,}). "
                "A later version may read it."
            )
        if not any_record and self.cut:
            return NothingToImport(
                f"{source_name}: its only line is not complete yet. "
                "Import it again when the agent has written more."
            )
        return NothingToImport(f"{source_name}: {content}")

    def sums(self) -> SourceAccount:
        """The account as a value."""
        waiting = Counter({WAITING: int(self.cut)})
        return SourceAccount(
            read=max(0, self.read),
            mended=self.mended,
            damaged=self.damaged,
            damaged_size=self.damaged_size,
            passed_over=tuple((self.passed_over + waiting).most_common()),
            unknown=tuple(self.unknown.most_common()),
            places=tuple(self._places),
            companions=tuple(self.companions.items()),
        )
