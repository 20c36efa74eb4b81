"""Which rows of the log were one act: written one after the other, by one actor, of one kind."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from hpm_engine.values.audit_acts import ActSpan

_SECOND = 1_000_000  # microseconds
_JOB_PAUSE = 60 * _SECOND  # a job may be at one large file for that long
# What is done together has one name: rows of one job are of several actions.
_JOBS = {
    "keep": "import",
    "import": "import",
    "keep damaged": "import",
    "import note": "import",
    "note gone": "import",
    "set aside": "import",
    "index": "prepare",
    "encode": "prepare",
    "compress": "compress",
    "restore": "restore",
    "evict": "evict",
    "delete": "delete",
    "undelete": "undelete",
    "consolidate": "consolidate",
    "save checkpoint": "save checkpoint",
}
_MARKS = {
    ("tag", "tag"),
    ("untag", "tag"),
    ("pin", "pin"),
    ("unpin", "pin"),
    ("pin", "prototype pin"),
    ("unpin", "prototype pin"),
    ("undo", "tag"),
    ("undo", "pin"),
    ("undo", "prototype pin"),
    ("undo", "prototype name"),
    ("rename", "prototype name"),
}
MARK_ACTIONS = tuple(sorted({action for action, _ in _MARKS}))


class Change(NamedTuple):
    """What marks of one kind came and went."""

    kind: str
    added: tuple[str, ...]
    removed: tuple[str, ...]

    @property
    def inverse(self) -> Change:
        """The change that takes this one back."""
        return Change(self.kind, self.removed, self.added)


class RowHead(NamedTuple):
    """Of a row what tells whether it goes on with the act before; ``detail`` only of marks."""

    seq: int
    at: int
    actor: str
    action: str
    detail: str


class _Group:
    """An act while its rows are read."""

    def __init__(self, row: RowHead, key: Any, change: Change | None) -> None:
        self.first = self.last = row.seq
        self.at, self.rows = row.at, 1
        self.key, self.change = key, change
        self.action = row.action
        self.undoes = self.undone_by = 0

    def takes(self, row: RowHead, key: Any) -> bool:
        """Whether the row goes on with it."""
        pause = _JOB_PAUSE if row.action in _JOBS else _SECOND
        return key is not None and key == self.key and 0 <= row.at - self.at <= pause

    def span(self) -> ActSpan:
        return ActSpan(self.first, self.last, self.rows, self.undoes, self.undone_by)


def acts(rows: Iterable[RowHead]) -> Iterator[ActSpan]:
    """The acts of rows in their order, each with what it undid and what undid it."""
    groups: list[_Group] = []
    for row in rows:
        change = mark_change(row.action, row.detail)
        key = _key(row, change)
        if groups and groups[-1].takes(row, key):
            group = groups[-1]
            group.last, group.at, group.rows = row.seq, row.at, group.rows + 1
        else:
            groups.append(_Group(row, key, change))
    _pair(groups)
    return (group.span() for group in groups)


def mark_change(action: str, detail: str) -> Change | None:
    """What a row says came and went of marks; ``None`` for a row of another kind."""
    if action not in MARK_ACTIONS:
        return None
    try:
        said = msgspec.json.decode(detail, type=_Marks)
    except (ValueError, RecursionError):
        return None
    before, after = set(said.before), set(said.after)
    return Change(said.kind, tuple(sorted(after - before)), tuple(sorted(before - after)))


class _Marks(msgspec.Struct):
    kind: str
    before: tuple[str, ...] = ()
    after: tuple[str, ...] = ()


def _key(row: RowHead, change: Change | None) -> Any:
    """What rows of one act have in common; ``None`` for a row that stands alone."""
    if job := _JOBS.get(row.action):
        return row.actor, job
    if row.action == "set":
        return row.actor, "set"
    return None if change is None else (row.actor, row.action, change)


def _pair(groups: list[_Group]) -> None:
    """Note for each undoing which earlier act it took back."""
    open_acts: dict[Change, list[_Group]] = defaultdict(list)
    for group in groups:
        if group.change is None:
            continue
        if group.action == "undo":
            earlier = open_acts[group.change.inverse]
            while earlier and earlier[-1].rows != group.rows:
                earlier.pop()
            if earlier:
                undone = earlier.pop()
                group.undoes, undone.undone_by = undone.first, group.first
        open_acts[group.change].append(group)
