"""Messages of spans, put in order into a conversation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hpm_engine.ingest.chat.messages import source_of_role
from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.ingest.spans.span import Span
from hpm_engine.ingest.steps.conversation import Conversation, Turn
from hpm_engine.values.drafts import StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepFlag, StepSource


@dataclass(slots=True, eq=False)
class Entry:
    """A message of a span at its time."""

    message: SpanMessage | None  # None for a reply without a text in any span
    at: int  # Unix µs, 0 if not known
    span: Span
    owner: Span | None = None  # the span with the message's tokens and cost
    # Results that only the tools' own spans have: the call's id, the text, whether it failed.
    results: list[tuple[str, str, bool]] = field(default_factory=list)

    @classmethod
    def of_tool(cls, span: Span, text: str) -> Entry:
        """The call and result of a tool's span that no message has."""
        call = Part(PartKind.CALL, span.asked, span.name, span.call_id)
        message = SpanMessage("assistant", calls=(call,))
        results = [(span.call_id, text, bool(span.error))] if text else []
        return cls(message, span.start, span, results=results)

    @property
    def is_agent(self) -> bool:
        """Whether it is a message of the model."""
        if self.message is None or self.message.answers:
            return False
        return source_of_role(self.message.role) is StepSource.AGENT


def steps_from(entries: Iterable[Entry], speakers: dict[str, str]) -> tuple[StepDraft, ...]:
    """The steps of the entries, in time's order; results join the steps of their calls.

    ``speakers`` has the agent of each span by the span's id, where several agents speak.
    """
    talk = Conversation()
    for entry in sorted(entries, key=lambda entry: entry.at):
        message, at = entry.message, entry.at or None
        if message is None:
            talk.turns.append(turn := Turn(StepSource.AGENT, [], entry.span.raw, at))
            _count(turn, entry.span)
        elif message.answers:
            talk.answer(
                message.call_id,
                message.text,
                entry.span.raw,
                name=message.name,
                is_error=message.is_error,
                at=at,
            )
        else:
            _say(talk, entry, message, speakers)
    return talk.drafts()


def _say(talk: Conversation, entry: Entry, message: SpanMessage, speakers: dict[str, str]) -> None:
    source = source_of_role(message.role) or StepSource.SYSTEM
    turn = talk.say(
        source,
        message.text,
        entry.span.raw,
        at=entry.at or None,
        reasoning=message.reasoning,
        calls=message.calls,
        speaker=_speaker(entry, message, speakers),
    )
    if turn is None:
        return
    if message.is_error:
        turn.flags |= StepFlag.ERROR
    if entry.owner is not None:
        _count(turn, entry.owner)
    for call_id, result, failed in entry.results:
        turn.answer(result, "", call_id, failed)


def _speaker(entry: Entry, message: SpanMessage, speakers: dict[str, str]) -> str:
    """The speaker that the message names, else the agent of its span."""
    if message.name or not entry.is_agent:
        return message.name
    return speakers.get((entry.owner or entry.span).id, "")


def _count(turn: Turn, span: Span) -> None:
    turn.model, turn.cost = span.model, span.cost_usd
    turn.tokens_in, turn.tokens_out = span.tokens_in, span.tokens_out
