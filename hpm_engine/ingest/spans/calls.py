"""The calls in a trace's messages, with the spans and results that belong to them."""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass
from itertools import islice

import msgspec

from hpm_engine.ingest.chat.messages import ROLES
from hpm_engine.ingest.spans.entry import Entry
from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.ingest.spans.span import Span
from hpm_engine.values.episodes import Part

_WORDS = re.compile(r"[\w-]+")
_LOOK_AHEAD = 50  # calls of one tool that may run at once


@dataclass(slots=True, eq=False)
class SpanCall:
    """A call in a message."""

    part: Part
    entry: Entry  # of the message
    answered: bool = False  # a message has its result
    taken: bool = False  # a span is its run


class SpanCalls:
    """All calls so far, by id and by the name of the tool."""

    def __init__(self) -> None:
        self._by_id: dict[str, SpanCall] = {}
        self._untaken: dict[str, deque[SpanCall]] = {}  # by name
        self._unanswered: dict[str, deque[SpanCall]] = {}  # by name; all under ""

    def note(self, entry: Entry) -> None:
        """Add the calls of a message."""
        for part in entry.message.calls if entry.message else ():
            call = SpanCall(part, entry)
            self._untaken.setdefault(part.name, deque()).append(call)
            for name in {part.name, ""}:
                self._unanswered.setdefault(name, deque()).append(call)
            if part.call_id:
                self._by_id[part.call_id] = call

    def recognised(self, message: SpanMessage) -> SpanMessage:
        """The message; one whose role is the name of a called tool as the tool's result."""
        if message.answers or message.role in ROLES or message.role not in self._untaken:
            return message
        return SpanMessage(message.role, message.text, answers=True, name=message.role)

    def paired(self, result: SpanMessage) -> SpanMessage:
        """A result with the id of its call, also if it names only the tool."""
        call = self._by_id.get(result.call_id) if result.call_id else self._open(result)
        if call is None:
            return result
        call.answered = True
        return msgspec.structs.replace(result, call_id=call.part.call_id)

    def _open(self, result: SpanMessage) -> SpanCall | None:
        """The first unanswered call of the tool in a result; of any tool if it names none."""
        call = self._first_unanswered(result.name) if result.name else None
        if call is None and not result.name and result.role in ("tool", "function"):
            call = self._first_unanswered("")
        return call

    def _first_unanswered(self, name: str) -> SpanCall | None:
        waiting = self._unanswered.get(name, deque())
        while waiting and waiting[0].answered:
            waiting.popleft()
        return waiting[0] if waiting else None

    def take(self, span: Span) -> SpanCall | None:
        """Take the call whose run a tool's span is: no other span gets it. None without one."""
        call = self._by_id.get(span.call_id) if span.call_id else None
        call = call or self._likeliest(span)
        if call is not None:
            call.taken = True
        return call

    def _likeliest(self, span: Span) -> SpanCall | None:
        """The call with a span's arguments among the next few calls of the span's tool."""
        arguments = "".join(span.asked.split())
        open_: list[SpanCall] = []
        for name in (span.name, *_WORDS.findall(span.name)):
            calls = self._untaken.get(name, deque())
            while calls and calls[0].taken:
                calls.popleft()
            open_ += [call for call in islice(calls, _LOOK_AHEAD) if not call.taken]
        same = (call for call in open_ if "".join(call.part.text.split()) in arguments)
        return next(same, None) or next(iter(open_), None)
