"""The tree of a session's entries: the live branch, and those that were left."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.pi.lines import PiLine
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.blocks import message_blocks
from hpm_engine.ingest.steps.branch_paths import branch_paths

Entries = list[Located[PiLine]]

_MOST_ROOTS = 100  # of a session; where more entries name no parent, they merely leave it out
SPOKEN = frozenset(("message", "custom_message", "compaction", "branch_summary"))


class _Content(msgspec.Struct):
    """The blocks of a message, among which calls have ids."""

    content: msgspec.Raw = NO_JSON


_CONTENT = TypedDecoder(_Content)


def branches(entries: Sequence[Located[PiLine]], session: str) -> list[Entries]:
    """The paths from the root to each leaf: the live one, which ends last, comes first.

    An entry that names no parent, or one that is not there, follows the entry before it: so lines
    of the first version, which have no ids, are one branch, and a lost line cuts nothing off.
    ``session`` is the id of the session, on which first entries may hang.
    """
    parents = _parents(entries, session)

    def speaks(position: int) -> bool:
        kind = entries[position].record.type
        return isinstance(kind, str) and kind in SPOKEN

    paths = branch_paths(parents, _live(parents, speaks), speaks)
    return [[entries[position] for position in path] for path in paths]


def _live(parents: Sequence[int], speaks: Callable[[int], bool]) -> int:
    """The last leaf whose path says something: what is written last is where the session is."""
    inner = set(parents)
    silent: set[int] = set()  # positions from which nothing is said on the way to a root
    for leaf in range(len(parents) - 1, -1, -1):
        position = leaf
        while leaf not in inner and position >= 0 and position not in silent:
            if speaks(position):
                return leaf
            silent.add(position)
            position = parents[position]
    return -1


def _parents(entries: Sequence[Located[PiLine]], session: str) -> list[int]:
    """The index of each entry's parent; -1 for a root."""
    numbers: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if identity := text(entry.record.id):
            numbers.setdefault(identity, index)
    named = {text(entry.record.parent_id) for entry in entries} - {""}
    roots = sum(entry.record.parent_id is None for entry in entries)
    branching = bool(named) and roots <= _MOST_ROOTS
    callers = _callers(entries) if named - numbers.keys() - {session} else {}
    parents: list[int] = []
    for index, entry in enumerate(entries):
        parent = entry.record.parent_id
        known = numbers.get(text(parent), callers.get(text(parent), index))
        if (parent is None and branching) or (parent == session and session and known == index):
            parents.append(-1)
        else:
            parents.append(index - 1 if known == index else known)
        if identity := text(entry.record.id):
            numbers[identity] = index  # an id that is used again means the entry nearest before
    return parents


def _callers(entries: Sequence[Located[PiLine]]) -> dict[str, int]:
    """The entry of each call: some results hang on the call itself."""
    callers: dict[str, int] = {}
    for index, entry in enumerate(entries):
        message = _CONTENT.nested(entry.record.message)
        for call in message_blocks(message.content).calls if message else ():
            callers.setdefault(call.call_id, index)
    return callers
