"""The messages of a thread of Amp, gathered into a session."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.amounts import token_count
from hpm_engine.ingest.steps.blocks import message_blocks, plain_value
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw, Spent
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import StepFlag

_NO_ANSWER = ("in-progress", "queued", "blocked-on-user")
_STOPPED = ("cancelled", "rejected-by-user")


class _AmpUsage(msgspec.Struct, rename="camel"):
    """What a reply cost; ``input_tokens`` are without the cached ones."""

    model: object = None
    input_tokens: object = None
    output_tokens: object = None
    cache_creation_input_tokens: object = None
    cache_read_input_tokens: object = None
    timestamp: object = None

    @property
    def spent(self) -> Spent:
        """Its tokens."""
        read = (
            self.input_tokens,
            self.cache_creation_input_tokens,
            self.cache_read_input_tokens,
        )
        known = [count for value in read if (count := token_count(value)) is not None]
        return Spent(sum(known) if known else None, token_count(self.output_tokens))


class _Sent(msgspec.Struct, rename="camel"):
    """When a message was sent."""

    sent_at: object = None


class _ReplyState(msgspec.Struct):
    """Whether a reply was completed."""

    type: object = None


class AmpMessage(msgspec.Struct):
    """One message of either side."""

    role: object = None
    content: msgspec.Raw = NO_JSON
    meta: _Sent | None = None
    usage: _AmpUsage | None = None
    state: _ReplyState | None = None


class _ToolRun(msgspec.Struct):
    """How a tool ended, and what it gave."""

    status: object = None
    result: msgspec.Raw = NO_JSON
    error: object = None
    reason: object = None


class _ResultBlock(msgspec.Struct):
    """A block of a tool's result; all others are as everywhere."""

    type: object = None
    id: object = msgspec.field(default=None, name="toolUseID")
    older_id: object = msgspec.field(default=None, name="tool_use_id")
    run: _ToolRun | None = None


MESSAGE = TypedDecoder(AmpMessage)
_RESULT = TypedDecoder(_ResultBlock)


def add_message(session: GatheredSession, message: AmpMessage, raw: Raw, account: Account) -> None:
    """Add the next message; results go to the replies of their calls."""
    usage = message.usage or _AmpUsage()
    at = micros(usage.timestamp if message.usage else message.meta and message.meta.sent_at)
    if message.role == "assistant":
        blocks = message_blocks(message.content, account)
        turn = session.reply(
            blocks.text,
            raw,
            at,
            reasoning=blocks.reasoning,
            calls=blocks.calls,
            model=text_of(usage.model),
            spent=usage.spent,
        )
        if message.state is not None and message.state.type in _STOPPED:
            turn.flags |= StepFlag.INTERRUPTED
        return
    for block in elements(message.content):
        result = _RESULT.nested(block)
        if result is not None and result.run is not None:
            _add_result(session, result, result.run, raw, at)
        else:
            for answer in message_blocks(block).results:
                session.result(answer.call_id, answer.text, raw, at, is_error=answer.is_error)
    blocks = message_blocks(message.content)
    if message.role == "user":
        session.prompt(blocks.text, raw, at)
    else:  # what the person ran, or a summary of another thread
        session.context(blocks.text, raw, at)


def _add_result(
    session: GatheredSession, block: _ResultBlock, run: _ToolRun, raw: Raw, at: int | None
) -> None:
    status = text_of(run.status)
    error = run.error.get("message", run.error) if isinstance(run.error, dict) else run.error
    text = _text(plain_value(run.result)) or text_of(error) or text_of(run.reason)
    if not text and status in _NO_ANSWER:
        return
    call_id = text_of(block.id) or text_of(block.older_id)
    session.result(call_id, text, raw, at, is_error=status == "error")


def _text(result: object) -> str:
    """What a tool gave: its output, else all of it."""
    output = result.get("output") if isinstance(result, dict) else None
    return text_of(result if output is None else output)
