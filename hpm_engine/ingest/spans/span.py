"""One span of a trace: a call of the model, of a tool, or what holds such calls."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.ingest.spans.payload import Messages, decoded, messages_in, plain_text


class SpanKind(StrEnum):
    """What a span is of."""

    GENERATION = "generation"  # a call of the model
    TOOL = "tool"
    AGENT = "agent"  # one agent's work: it holds calls of the model and of tools
    OTHER = "other"  # a chain, a node: it holds others


class Payloads(msgspec.Struct, frozen=True):
    """What a span received and returned: its messages, or else what its payload says as text."""

    prompt: Messages = ()
    reply: Messages = ()
    prompt_text: Messages = ()
    reply_text: Messages = ()


class Span(msgspec.Struct, frozen=True):
    """One span. Times are Unix microseconds; ``raw`` is its record's place in the source.

    Tokens and cost are those of the span alone.
    """

    id: str
    parent: str = ""
    kind: SpanKind = SpanKind.OTHER
    name: str = ""
    started_at: int | None = None
    ended_at: int | None = None
    said: Payloads = Payloads()
    call_id: str = ""
    agent: str = ""  # whose work it is, where the span says so itself
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    error: str = ""
    raw: tuple[int, int] = (0, 0)

    @property
    def start(self) -> int:
        """When it began, for sorting."""
        return self.started_at or 0

    @property
    def end(self) -> int:
        """When it ended, for sorting."""
        return self.ended_at or self.start

    @property
    def asked(self) -> str:
        """All that it was given, as text."""
        return _text(self.said.prompt or self.said.prompt_text)

    @property
    def returned(self) -> str:
        """All that it gave back, as text."""
        return _text(self.said.reply or self.said.reply_text)


def payloads(received: object, returned: object) -> Payloads:
    """What a span received and returned, as recorded."""
    received, returned = decoded(received), decoded(returned)
    prompt, reply = messages_in(received, "user"), messages_in(returned, "assistant")
    return Payloads(
        prompt,
        reply,
        () if prompt else plain_text(received, "user"),
        () if reply else plain_text(returned, "assistant"),
    )


def _text(messages: tuple[SpanMessage, ...]) -> str:
    return "\n".join(message.text for message in messages if message.text)
