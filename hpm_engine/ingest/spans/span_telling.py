"""One conversation, merged from a trace's spans, which repeat it many times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from hpm_engine.ingest.chat.messages import ROLES
from hpm_engine.ingest.spans.calls import SpanCalls
from hpm_engine.ingest.spans.entry import Entry, steps_from
from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.ingest.spans.payload import Messages
from hpm_engine.ingest.spans.span import Span, SpanKind
from hpm_engine.ingest.spans.written_calls import spoken
from hpm_engine.values.drafts import StepDraft

Atom = tuple[str, ...]  # a part of a message: its kind, then what identifies it
_SAME_ROLE = {"model": "assistant", "ai": "assistant", "human": "user"}


def steps_of(spans: Sequence[Span]) -> tuple[StepDraft, ...]:
    """The conversation in time's order.

    Each model call repeats the conversation so far, and each enclosing span that of its children:
    the n-th repetition within a list is new only if there were fewer than n before. The model's
    own reply to a prompt is always new.
    """
    ordered = sorted(spans, key=lambda span: span.start)
    merge = _Merge()
    merge.add_generations(ordered)
    merge.add_tools(ordered)
    merge.add_enclosing(ordered)
    if not merge.entries:
        merge.add_texts(ordered)
    return steps_from(merge.result(), _speakers(ordered))


class _Merge:
    """The entries so far, and the parts of messages in them."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self._merged: Counter[Atom] = Counter()  # how often each part is in the entries
        self._silent: list[Entry] = []  # replies without a text in their own spans
        self._calls = SpanCalls()

    def add_generations(self, ordered: Sequence[Span]) -> None:
        """Add the model calls: prompts at their start, replies at their end."""
        calls = [span for span in ordered if span.kind is SpanKind.GENERATION]
        outer = _enclosing(ordered)
        in_messages = any(span.said.prompt for span in calls)
        events = [(span.start, 1, span) for span in calls]
        events += [(span.end, 0 if span.end > span.start else 2, span) for span in calls]
        for at, phase, span in sorted(events, key=lambda event: event[:2]):
            prompt = span.said.prompt if in_messages else span.said.prompt_text
            if phase == 1:
                self._merge(prompt, span, at)
                self._await_reply(span, at)
            else:
                self._reply(span, at, always=bool(prompt) and span.id not in outer)

    def add_tools(self, ordered: Sequence[Span]) -> None:
        """Add the tools' calls and results that no prompt has."""
        for span in ordered:
            if span.kind is not SpanKind.TOOL:
                continue
            text = span.returned or span.error
            caller = self._calls.take(span)
            if caller is None:
                if text and self._merged[("result", text.strip())]:
                    continue
                self.entries.append(Entry.of_tool(span, text))
            elif not caller.answered and text:
                caller.entry.results.append((caller.part.call_id, text, bool(span.error)))
            self._merged[("result", text.strip())] += 1

    def add_enclosing(self, ordered: Sequence[Span]) -> None:
        """Add messages that only the spans around the calls have."""
        for span in ordered:
            if span.kind not in (SpanKind.AGENT, SpanKind.OTHER):
                continue
            for messages, at in ((span.said.prompt, span.start), (span.said.reply, span.end)):
                if all(message.role in ROLES or message.answers for message in messages):
                    self._merge(messages, span, at)

    def add_texts(self, ordered: Sequence[Span]) -> None:
        """Add the outermost texts of a trace without messages."""
        ids = {span.id for span in ordered}
        for span in ordered:
            if span.parent not in ids:
                self._merge(span.said.prompt_text, span, span.start)
                self._merge(span.said.reply_text, span, span.end)

    def result(self) -> list[Entry]:
        """All entries; replies without a text only where there is no text at all."""
        if any(entry.message for entry in self.entries):
            return self.entries
        return self._silent

    def _await_reply(self, span: Span, at: int) -> None:
        """Note a model call whose reply is only in later prompts."""
        counted = span.tokens_in is not None or span.tokens_out is not None
        if counted and not (span.said.reply or span.said.reply_text or span.error):
            self._silent.append(Entry(None, at, span, owner=span))

    def _reply(self, span: Span, at: int, *, always: bool) -> None:
        reply = tuple(map(spoken, span.said.reply or span.said.reply_text))
        if not reply and span.error:
            reply = (SpanMessage("assistant", span.error, is_error=True),)
        news = reply if always else tuple(self._news(reply))
        if always:
            self._merged.update(atom for message in reply for atom in _atoms(message))
        for number, message in enumerate(news):
            self._add(Entry(message, at, span, owner=None if number else span))

    def _merge(self, messages: Messages, span: Span, at: int) -> None:
        for message in self._news(messages):
            entry = Entry(message, at, span)
            if entry.is_agent and self._silent:
                entry.owner = self._silent.pop(0).span
            self._add(entry)

    def _add(self, entry: Entry) -> None:
        if entry.message is not None and entry.message.answers:
            entry.message = self._calls.paired(entry.message)
        self._calls.note(entry)
        self.entries.append(entry)

    def _news(self, messages: Iterable[SpanMessage]) -> Iterator[SpanMessage]:
        """The messages, each without the parts that are merged already."""
        listed: Counter[Atom] = Counter()  # in ``messages`` so far
        for message in map(self._calls.recognised, map(spoken, messages)):
            new: set[Atom] = set()
            for atom in _atoms(message):
                listed[atom] += 1
                if self._merged[atom] < listed[atom]:
                    self._merged[atom] += 1
                    new.add(atom)
            if new:
                yield _only(message, new)


def _atoms(message: SpanMessage) -> Iterator[Atom]:
    """The parts of a message: two spans may cut one reply differently."""
    if message.answers:
        yield "result", message.text.strip()
        return
    if text := message.text.strip():
        yield "text", _SAME_ROLE.get(message.role, message.role), text
    for call in message.calls:
        yield _atom_of_call(call.name, call.text)


def _atom_of_call(name: str, text: str) -> Atom:
    return "call", name, "".join(text.split())


def _only(message: SpanMessage, atoms: set[Atom]) -> SpanMessage:
    """The message with only the parts in ``atoms``."""
    if message.answers:
        return message
    text = message.text if any(atom[0] == "text" for atom in atoms) else ""
    calls = tuple(call for call in message.calls if _atom_of_call(call.name, call.text) in atoms)
    return msgspec.structs.replace(message, text=text, calls=calls)


def _enclosing(spans: Sequence[Span]) -> set[str]:
    """The ids of the spans around a model call, however deep."""
    parents = {span.id: span.parent for span in spans}
    outer: set[str] = set()
    for span in spans:
        above = span.parent if span.kind is SpanKind.GENERATION else ""
        while above and above not in outer:
            outer.add(above)
            above = parents.get(above, "")
    return outer


def _speakers(spans: Sequence[Span]) -> dict[str, str]:
    """The agent of each span, by the span's id; none if only one agent calls the model."""
    by_id = {span.id: span for span in spans}
    agents: dict[str, str] = {}
    for span in spans:
        path: list[str] = []
        above: Span | None = span
        while above is not None and above.id not in agents and above.kind is not SpanKind.AGENT:
            agents[above.id] = ""
            path.append(above.id)
            above = by_id.get(above.parent)
        if above is not None:
            name = above.name if above.kind is SpanKind.AGENT else agents[above.id]
            agents.update(dict.fromkeys([*path, above.id], name))
    agents.update((span.id, span.agent) for span in spans if span.agent)
    callers = {agents[span.id] for span in spans if span.kind is SpanKind.GENERATION}
    return agents if len(callers) > 1 else {}
