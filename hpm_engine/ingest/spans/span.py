"""One span of a trace: a call of the model or of a tool, or a span around such calls."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.ingest.spans.message import SpanMessage
from hpm_engine.ingest.spans.payload import Messages, decoded, messages_in, plain_text


class SpanKind(StrEnum):
    """The kind of a span."""

    GENERATION = "generation"  # a call of the model
    TOOL = "tool"
    AGENT = "agent"  # one agent's work, around calls of the model and of tools
    OTHER = "other"  # a chain or a node, around other spans


class Payloads(msgspec.Struct, frozen=True):
    """The prompt and the reply of a span: its messages, or else its payload as text."""

    prompt: Messages = ()
    reply: Messages = ()
    prompt_text: Messages = ()  # without messages in the prompt
    reply_text: Messages = ()  # without messages in the reply


class Span(msgspec.Struct, frozen=True):
    """One span. Times are Unix microseconds.

    ``raw`` is the first byte of its record in the source, and the record's size. Tokens and cost
    are those of the span alone.
    """

    id: str
    parent: str = ""
    kind: SpanKind = SpanKind.OTHER
    name: str = ""
    started_at: int | None = None
    ended_at: int | None = None
    said: Payloads = Payloads()
    call_id: str = ""
    agent: str = ""  # as the span itself says
    model: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost_usd: float | None = None
    error: str = ""
    raw: tuple[int, int] = (0, 0)

    @property
    def start(self) -> int:
        """The time of its beginning, for sorting."""
        return self.started_at or 0

    @property
    def end(self) -> int:
        """The time of its end, for sorting."""
        return self.ended_at or self.start

    @property
    def asked(self) -> str:
        """The whole prompt as text."""
        return _text(self.said.prompt or self.said.prompt_text)

    @property
    def returned(self) -> str:
        """The whole reply as text."""
        return _text(self.said.reply or self.said.reply_text)


def payloads(received: object, returned: object) -> Payloads:
    """The payloads of a span that received and returned these values."""
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
