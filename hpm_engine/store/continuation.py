"""Whether one state of a session goes on from another, by what was said, done and seen in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hpm_engine.store.encoded_step import EncodedStep, encode_step
from hpm_engine.store.ledger_text import LEDGER
from hpm_engine.store.texts import digest_of
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

_ABRIDGED = int(StepFlag.ABRIDGED)
_SAME_MOMENT = 32  # abridged steps of one moment that a step is held against


class Unit(msgspec.Struct, frozen=True, gc=False):
    """A part of a step as it is compared; ``text`` only where its digest alone may not do."""

    source: StepSource
    at: int | None
    kind: PartKind
    name: str
    digest: bytes
    text: bytes | None = None
    abridged: bool = False  # of its text only lines are left
    last: bool = False  # of the last step, which may not have been whole when it was read

    def same(self, other: Unit) -> bool:
        """Whether the other is this part in an equal or a later state."""
        if (self.source, self.kind, self.name) != (other.source, other.kind, other.name):
            return False
        if self.digest == other.digest:
            return True
        if self.text is None or other.text is None:
            return False
        if self.abridged:
            lines = self.text.split(b"\n")
            return self.at == other.at and set(lines) - {b""} <= set(other.text.split(b"\n"))
        may_grow = self.last or self.kind is PartKind.RESULT
        return may_grow and bool(self.text) and other.text.startswith(self.text)


def units_of(steps: Sequence[EncodedStep]) -> list[Unit]:
    """The parts of a draft's steps, with their texts, empty ones included."""
    return [
        Unit(
            step.draft.source,
            step.draft.at,
            part.kind,
            part.name,
            _digest(part.kind, text, digest),
            text,
            last=position == ends,
        )
        for ends in (len(steps) - 1,)
        for position, step in enumerate(steps)
        for part, digest, text in zip(step.draft.parts, step.digests, step.texts, strict=True)
    ]


def stored_units(steps: Iterable[Step], last: int) -> list[Unit]:
    """The parts of stored steps, as ``units_of``; ``last`` is the position of the last step."""
    return [unit for step in steps for unit in _units(step, last=step.seq == last)]


def _units(step: Step, *, last: bool = False) -> list[Unit]:
    """The parts of a stored step that its trace gave it."""
    abridged = bool(int(step.flags) & _ABRIDGED)
    units = []
    for part in step.parts:
        if part.name != LEDGER:
            text = part.text.encode("utf-8", "replace")
            digest = _digest(part.kind, text)
            unit = Unit(step.source, step.at, part.kind, part.name, digest, text, abridged, last)
            units.append(unit)
    return units


def _digest(kind: PartKind, text: bytes, digest: bytes | None = None) -> bytes:
    """What tells a text from others: copies may spell the JSON of a call or result otherwise."""
    if kind in (PartKind.CALL, PartKind.RESULT) and (b"{" in text or b"[" in text):
        whole = _respelled(text)
        lines = [_respelled(line) or line for line in text.split(b"\n")] if whole is None else ()
        return digest_of(b"\n".join(lines) if whole is None else whole)
    return digest or digest_of(text)


def _respelled(text: bytes) -> bytes | None:
    """A JSON object or list as every copy of it is spelled here; None for any other text."""
    if not text.lstrip().startswith((b"{", b"[")):
        return None
    try:
        return msgspec.json.encode(msgspec.json.decode(text), order="sorted")
    except (ValueError, RecursionError):  # no JSON after all
        return None


def holds(later: Sequence[Unit], earlier: Sequence[Unit]) -> bool:
    """Whether all of the earlier state is in the later one, in its order.

    More may stand between: live files get lines in their middle, and results of calls long past.
    """
    left = iter(later)
    said = (unit for unit in earlier if unit.text or unit.abridged)
    return all(any(unit.same(other) for other in left) for unit in said)


def is_within(earlier: Sequence[Unit], later: Sequence[Unit]) -> bool:
    """Whether a draft says nothing that the stored steps do not: it is an earlier state of them."""
    left = iter(later)
    said = (unit for unit in earlier if unit.text)
    return all(any(_tells(other, unit) for other in left) for unit in said) or (
        _begins(earlier, later)
    )


def _tells(stored: Unit, unit: Unit) -> bool:
    """Whether the stored part says what a draft's does, or did before its text was evicted.

    Of a part without time and text nothing is left that could tell it from another one.
    """
    if unit.same(stored):
        return True
    return stored.abridged and stored.same(unit) and bool(stored.at is not None or stored.text)


def _begins(earlier: Sequence[Unit], later: Sequence[Unit]) -> bool:
    """Whether parts without time, evicted ones among them, begin with a draft's, one for one."""
    pairs = list(zip(earlier, later, strict=False))
    same = all(unit.same(other) or (other.abridged and other.same(unit)) for unit, other in pairs)
    return same and len(pairs) == len(earlier) and any(other.text for _, other in pairs)


class StepWording(msgspec.Struct, frozen=True, gc=False):
    """A stored step as another branch may repeat it.

    ``digest`` is of whose it is, when, and what it says; not of what a reader makes of it. Where
    only lines are left of it, ``units`` has them.
    """

    source: StepSource
    at: int | None
    digest: bytes
    units: tuple[Unit, ...] = ()

    def same(self, digest: bytes, units: Sequence[Unit]) -> bool:
        """Whether a draft's step is this one, whole or as far as it is left."""
        if not self.units:
            return self.digest == digest
        if len(units) != len(self.units) or not all(map(Unit.same, self.units, units)):
            return False
        return self.at is not None or any(unit.text for unit in self.units)


def stored_words(steps: Iterable[Step]) -> list[StepWording]:
    """The words of stored steps."""
    phrases = []
    for step in steps:
        units = _units(step)
        left = tuple(units) if int(step.flags) & _ABRIDGED else ()
        phrases.append(StepWording(step.source, step.at, _words(step.source, step.at, units), left))
    return phrases


def _words(source: StepSource, at: int | None, units: Iterable[Unit]) -> bytes:
    said = [(unit.kind.value, unit.name, unit.digest) for unit in units]
    return digest_of(msgspec.msgpack.encode((source.value, at, said)))


Wording = tuple[bytes, tuple[Unit, ...]]  # of a draft's step: the digest of its words, and these


def wordings(steps: Iterable[EncodedStep]) -> list[Wording]:
    """What ``marked_copied`` compares of each step, whatever its flags."""
    worded = []
    for step in steps:
        units = tuple(units_of([step]))
        worded.append((_words(step.draft.source, step.draft.at, units), units))
    return worded


def marked_copied(
    steps: Sequence[EncodedStep], worded: Sequence[Wording], known: Sequence[StepWording]
) -> list[EncodedStep]:
    """The steps, those that another branch of the session (``known``) has marked as copied.

    ``worded`` is their ``wordings``. Steps without a time are the same only at the same place in a
    common beginning.
    """
    whole = {words.digest for words in known if words.at is not None and not words.units}
    left: dict[tuple[StepSource, int], list[StepWording]] = {}
    for words in known:
        if words.at is not None and words.units:
            left.setdefault((words.source, words.at), []).append(words)
    common = True
    marked = []
    for position, (step, (digest, units)) in enumerate(zip(steps, worded, strict=True)):
        draft = step.draft
        common = common and position < len(known) and known[position].same(digest, units)
        copied = common or digest in whole
        if not copied and draft.at is not None:
            others = left.get((draft.source, draft.at), ())[:_SAME_MOMENT]
            copied = any(words.same(digest, units) for words in others)
        if copied and not draft.flags & StepFlag.COPIED:
            flags = draft.flags | StepFlag.COPIED
            step = encode_step(msgspec.structs.replace(draft, flags=flags))
        marked.append(step)
    return marked
