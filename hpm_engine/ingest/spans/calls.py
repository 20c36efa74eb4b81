"""The calls that messages of a trace made, and which spans and results belong to them."""

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
    """A call: the entry that made it, whether a message answered it, whether a span is its run."""

    part: Part
    entry: Entry
    answered: bool = False
    taken: bool = False


class SpanCalls:
    """All calls told so far, found by id or by the tool's name."""

    def __init__(self) -> None:
        self._by_id: dict[str, SpanCall] = {}
        self._untaken: dict[str, deque[SpanCall]] = {}  # by name
        self._unanswered: dict[str, deque[SpanCall]] = {}  # by name; "" has all

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
        """The message; where its role is the name of a tool that was called, as its result."""
        if message.answers or message.role in ROLES or message.role not in self._untaken:
            return message
        return SpanMessage(message.role, message.text, answers=True, name=message.role)

    def paired(self, result: SpanMessage) -> SpanMessage:
        """A result, with the id of the call that it answers where only the tool is named."""
        call = self._by_id.get(result.call_id) if result.call_id else self._open(result)
        if call is None:
            return result
        call.answered = True
        return msgspec.structs.replace(result, call_id=call.part.call_id)

    def _open(self, result: SpanMessage) -> SpanCall | None:
        """The first unanswered call of the tool that a result names, else of any tool."""
        found = self._first_unanswered(result.name) if result.name else None
        if found is None and not result.name and result.role in ("tool", "function"):
            found = self._first_unanswered("")
        return found

    def _first_unanswered(self, name: str) -> SpanCall | None:
        waiting = self._unanswered.get(name, deque())
        while waiting and waiting[0].answered:
            waiting.popleft()
        return waiting[0] if waiting else None

    def take(self, span: Span) -> SpanCall | None:
        """The call that a tool's span is the run of, if any is left; no other span gets it."""
        call = self._by_id.get(span.call_id) if span.call_id else None
        call = call or self._likeliest(span)
        if call is not None:
            call.taken = True
        return call

    def _likeliest(self, span: Span) -> SpanCall | None:
        """Of the next few calls of the tool that a span names, that with the span's arguments."""
        asked = "".join(span.asked.split())
        open_: list[SpanCall] = []
        for name in (span.name, *_WORDS.findall(span.name)):
            calls = self._untaken.get(name, deque())
            while calls and calls[0].taken:
                calls.popleft()
            open_ += [call for call in islice(calls, _LOOK_AHEAD) if not call.taken]
        same = (call for call in open_ if "".join(call.part.text.split()) in asked)
        return next(same, None) or next(iter(open_), None)
