"""Whether one state of a session goes on from another, by what was said, done and seen in both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from hpm_engine.store.encoded_step import EncodedStep, encode_step
from hpm_engine.store.ledger_text import LEDGER
from hpm_engine.store.texts import digest_of
from hpm_engine.values.episodes import PartKind, Step, StepFlag, StepSource

_ABRIDGED = int(StepFlag.ABRIDGED)


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
    """The parts of a draft's steps, with their texts."""
    return [
        Unit(
            step.draft.source,
            step.draft.at,
            part.kind,
            part.name,
            _digest(part.kind, text, digest),
            text,
            last=at == ends,
        )
        for ends in (len(steps) - 1,)
        for at, step in enumerate(steps)
        for part, digest, text in zip(step.draft.parts, step.digests, step.texts, strict=True)
        if text
    ]


def stored_units(steps: Iterable[Step], last: int) -> list[Unit]:
    """The parts of stored steps, with their texts; ``last`` is the position of the last step."""
    found = []
    for step in steps:
        abridged = bool(int(step.flags) & _ABRIDGED)
        for part in step.parts:
            if part.name == LEDGER or not (part.text or abridged):
                continue
            text = part.text.encode("utf-8", "replace")
            unit = Unit(
                step.source,
                step.at,
                part.kind,
                part.name,
                _digest(part.kind, text),
                text,
                abridged,
                step.seq == last,
            )
            found.append(unit)
    return found


def _digest(kind: PartKind, text: bytes, digest: bytes | None = None) -> bytes:
    """What tells a text from others: copies may spell the JSON of a call or result otherwise."""
    if kind in (PartKind.CALL, PartKind.RESULT) and text[:1] in (b"{", b"["):
        try:
            return digest_of(msgspec.json.encode(msgspec.json.decode(text), order="sorted"))
        except (ValueError, RecursionError):  # no JSON after all
            pass
    return digest or digest_of(text)


def holds(later: Sequence[Unit], earlier: Sequence[Unit]) -> bool:
    """Whether all of the earlier state is in the later one, in its order.

    More may stand between: live files get lines in their middle, and results of calls long past.
    """
    left = iter(later)
    return all(any(unit.same(other) for other in left) for unit in earlier)


def is_within(earlier: Sequence[Unit], later: Sequence[Unit]) -> bool:
    """Whether a draft says nothing that the stored steps do not: it is an earlier state of them."""
    left = iter(later)
    return all(
        any(unit.same(other) or (other.abridged and other.same(unit)) for other in left)
        for unit in earlier
    )


def words_of(
    source: StepSource, at: int | None, units: Iterable[tuple[PartKind, str, bytes]]
) -> bytes:
    """A step's identity: whose it is, when, and what it says; not what a reader makes of it."""
    told = [(kind.value, name, digest.hex()) for kind, name, digest in units]
    return digest_of(msgspec.msgpack.encode((source.value, at, told)))


def encoded_words(step: EncodedStep) -> bytes:
    """The identity of a draft's step."""
    draft = step.draft
    parts = zip(draft.parts, step.digests, strict=True)
    return words_of(draft.source, draft.at, ((part.kind, part.name, key) for part, key in parts))


def marked_copied(steps: Sequence[EncodedStep], known: Sequence[bytes]) -> list[EncodedStep]:
    """The steps, those that the session's other branches (``known``) have marked as copied.

    Steps without a time are the same only at the same place in a common beginning.
    """
    others, common = set(known), True
    found = []
    for at, step in enumerate(steps):
        words = encoded_words(step)
        common = common and at < len(known) and known[at] == words
        if common or (step.draft.at is not None and words in others):
            flags = step.draft.flags | StepFlag.COPIED
            step = encode_step(msgspec.structs.replace(step.draft, flags=flags))
        found.append(step)
    return found
