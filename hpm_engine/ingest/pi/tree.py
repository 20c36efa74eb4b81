"""The tree of a session's entries: the live branch, and those that were left."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from hpm_engine.ingest.json.plain_values import text
from hpm_engine.ingest.json.raw_values import NO_JSON
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.pi.lines import PiLine
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.blocks import message_blocks

Entries = list[Located[PiLine]]

BRANCHES = 100  # of a session; each repeats its beginning, so further ones are left out
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
    inner = set(parents)
    leaves = [index for index in range(len(entries) - 1, -1, -1) if index not in inner]
    seen: set[int] = set()
    paths: list[Entries] = []
    for leaf in leaves:
        if len(paths) == BRANCHES:
            break
        path = _path(leaf, parents, seen)
        if any(index not in seen and text(entries[index].record.type) in SPOKEN for index in path):
            paths.append([entries[index] for index in _path(leaf, parents)])
            seen.update(path)
    return paths


def _path(leaf: int, parents: Sequence[int], until: set[int] | None = None) -> list[int]:
    """The indexes from a root, or from behind an entry of ``until``, to a leaf."""
    path: list[int] = []
    known: set[int] = set() if until is None else set(until)
    index = leaf
    while index >= 0 and index not in known:
        known.add(index)
        path.append(index)
        index = parents[index]
    return path[::-1]


def _parents(entries: Sequence[Located[PiLine]], session: str) -> list[int]:
    """The index of each entry's parent; -1 for a root."""
    numbers: dict[str, int] = {}
    for index, entry in enumerate(entries):
        if identity := text(entry.record.id):
            numbers.setdefault(identity, index)
    named = {text(entry.record.parent_id) for entry in entries} - {""}
    callers = _callers(entries) if named - numbers.keys() - {session} else {}
    parents: list[int] = []
    for index, entry in enumerate(entries):
        parent = entry.record.parent_id
        known = numbers.get(text(parent), callers.get(text(parent), index))
        if (parent is None and named) or (parent == session and session and known == index):
            parents.append(-1)
        else:
            parents.append(index - 1 if known == index else known)
    return parents


def _callers(entries: Sequence[Located[PiLine]]) -> dict[str, int]:
    """The entry of each call: some results hang on the call itself."""
    callers: dict[str, int] = {}
    for index, entry in enumerate(entries):
        message = _CONTENT.nested(entry.record.message)
        for call in message_blocks(message.content).calls if message else ():
            callers.setdefault(call.call_id, index)
    return callers
