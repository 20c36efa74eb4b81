"""The sections of a Codex rollout, and where each one's own lines begin behind a replay.

A fork, and a spawned agent that gets its parent's context, begins with its own head, as a rule
with the parent's head behind it, then repeats the parent's lines: items, events and token counts.
No line says "from here on it is mine". These marks do, each alone enough:

- a line older than the session, or a turn whose id (a UUID of version 7) or start is older;
- lines written at one go: a replay is written in an instant, a model takes longer to answer.

A file may also hold several rollouts, one after the other: each is a section of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Protocol

import msgspec

from hpm_engine.ingest.codex.lines import META, Meta, Record
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.line_records import Located
from hpm_engine.ingest.steps.times import micros

_PAUSE = 500_000  # µs; the lines of a replay follow faster
_SECOND = 1_000_000  # µs
_MINUTE = 60 * _SECOND
_UUID7 = re.compile(r"([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.I)
_CONVERSATION = ("response_item", "event_msg", "turn_context", "compacted")
_DOINGS = (
    *("agent_message", "agent_reasoning", "reasoning", "compacted", "context_compacted"),
    *("task_complete", "turn_complete", "turn_aborted"),
)
_DOING_ENDS = ("_call", "_output", "_end")


class _Completed(msgspec.Struct, gc=False):
    type: str = ""


class Mark(msgspec.Struct, gc=False):
    """The fields of a payload that tell a replay from own lines."""

    type: str = ""
    role: str | None = None
    turn_id: str | None = None
    started_at: float | None = None
    item: _Completed | None = None

    @property
    def doing(self) -> bool:
        """Whether the line is the agent's act or message, which takes a pause before it."""
        if self.type == "message":
            return self.role == "assistant"
        if self.type == "item_completed":
            return self.item is not None and self.item.type != "UserMessage"
        return self.type in _DOINGS or self.type.endswith(_DOING_ENDS)


_MARK = TypedDecoder(Mark)


class Section:
    """One session of a file: its lines begin at the bytes ``first`` to ``last``.

    Lines before the byte ``own`` repeat another session. Bytes count, not line numbers: a damaged
    line may contain several records.
    """

    def __init__(self, line: Located[Record], head: Meta | None) -> None:
        self.head = head
        self.opening = line.record
        self.first, self.own, self.last = line.start, line.start, line.start
        self.end = line.start + line.size
        self.replayed: list[str] = []  # ids of the sessions whose lines are repeated
        self.conversation = False  # whether it has lines besides heads

    @property
    def key(self) -> str:
        """The session's id, "" where no head names it."""
        return (self.head and self.head.id) or ""

    @property
    def began(self) -> int | None:
        """The time at which the session began, by its head, its id or its first line."""
        time = micros(self.head.timestamp) if self.head is not None else None
        if time is None:
            time = _minted(self.key)
        return time if time is not None else micros(self.opening.timestamp)


class _Gate:
    """A search for the first own line of a section while its lines pass by."""

    def __init__(self, section: Section) -> None:
        self.section = section
        began = self._began = section.began
        minted = _minted(section.key)
        # Where the session's id does not contain its time, ids of turns contain none either.
        self._timed = None not in (minted, began) and abs((minted or 0) - (began or 0)) < _MINUTE
        self._before: int | None = None  # the time of the line before
        self._theirs = False  # within a turn that is certainly the parent's
        self.passed = False  # an own line came for certain
        self.headed = False  # the line before is the section's own head
        self._sure = False  # a line, or a turn, older than the session came

    def take(self, line: Located[Record]) -> None:
        """Look at a line that is no head."""
        if self.passed:
            return
        at, mark = micros(line.record.timestamp), _mark(line.record)
        turn = _turn_time(mark) if self._timed else None
        if turn is not None and self._began is not None:
            self._theirs = turn < self._began // _SECOND * _SECOND
            if not self._theirs:
                self.passed = True
                return
        old = at is not None and self._began is not None and at < self._began
        if old or self._theirs:
            self._sure = True
            self.section.own = line.start + line.size
            return
        if at is None:
            return
        before, self._before = self._before, at
        if self._sure or (before is not None and at - before >= _PAUSE):
            self.passed = True
        elif mark.doing:
            self.section.own = line.start + line.size

    def close(self) -> None:
        """End the section. A burst of lines to its end, without a mark, is no proof of a replay."""
        if not (self.passed or self._sure or self.section.replayed):
            self.section.own = self.section.first


class LostHead(Protocol):
    """A function for the head before the first whole record; see ``codex.head``."""

    def __call__(self, before: int, *, headed: bool) -> Meta | None:
        """The head in the first ``before`` bytes, None for none."""
        ...


def sections(lines: Iterable[Located[Record]], lost: LostHead) -> Iterator[Section]:
    """The sessions of a file, in order; a file without a head is one section.

    ``lost`` gives the head that was damaged before the first whole line; a head in that line is
    then another session's.
    """
    gate: _Gate | None = None
    for line in lines:
        head = head_of(line.record)
        if gate is None:
            gate = _Gate(Section(line, _first_head(line, head, lost)))
        elif head is not None and _begins(gate, head):
            gate.close()
            yield gate.section
            gate = _Gate(Section(line, head))
        _add(gate, line, head)
    if gate is not None:
        gate.close()
        yield gate.section


def _first_head(line: Located[Record], head: Meta | None, lost: LostHead) -> Meta | None:
    own = lost(line.start, headed=head is not None)
    same = own is None or (head is not None and own.id == head.id)
    return head if same else own


def _add(gate: _Gate, line: Located[Record], head: Meta | None) -> None:
    section = gate.section
    section.last, section.end = line.start, line.start + line.size
    gate.headed = head is not None and head.id == section.key
    if head is not None:
        if section.head is None:
            section.head = head
        elif head.id and head.id != section.key and head.id not in section.replayed:
            section.replayed.append(head.id)
        return
    section.conversation |= line.record.type in _CONVERSATION
    if not (section.replayed or (section.head and linked(section.head))):
        return
    gate.take(line)


def _begins(gate: _Gate, head: Meta) -> bool:
    """Whether a head begins another session, and is no part of a replay or a resumption."""
    section = gate.section
    if section.head is None or not section.conversation or not head.id:
        return False
    if head.id == section.key or (gate.headed and head.id in section.replayed):
        return False  # resumed, or the same file once more
    return gate.passed or not (section.replayed or linked(section.head))


def head_of(record: Record) -> Meta | None:
    """The head in a line, with or without the wrapper; None for all other lines."""
    if record.type == "session_meta":
        return META.nested(record.payload)
    if is_bare_head(record):
        return Meta(id=record.id, timestamp=record.timestamp)
    return None


def is_bare_head(record: Record) -> bool:
    """Whether the line is the head of an older rollout, without the wrapper."""
    has_instructions = memoryview(record.instructions).nbytes > 0
    return not record.type and bool(record.id and record.timestamp) and has_instructions


def linked(head: Meta) -> bool:
    """Whether the head names the session that its own comes from."""
    return bool(head.forked_from() or head.parent())


def _mark(record: Record) -> Mark:
    if record.type == "compacted":
        return Mark(type=record.type)
    mark = _MARK.nested(record.payload)
    if mark is None or record.type not in _CONVERSATION:
        return Mark()
    if record.type == "turn_context":
        mark.type = record.type
    return mark


def _turn_time(mark: Mark) -> int | None:
    """The time in a line that starts a turn, by the turn's id or the line; None for others."""
    if mark.type not in ("task_started", "turn_started", "turn_context"):
        return None
    if (minted := _minted(mark.turn_id or "")) is not None:
        return minted
    if mark.started_at is not None and 0 < mark.started_at < 1 << 40:
        return int(mark.started_at * _SECOND)
    return None


def _minted(identifier: str) -> int | None:
    """The time (µs) in a UUID of version 7; None for any other identifier."""
    uuid = _UUID7.fullmatch(identifier)
    return int(uuid[1] + uuid[2], 16) * 1000 if uuid else None
