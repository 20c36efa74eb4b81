"""Messages of a Goose session, added to a conversation: lines and rows tell them alike."""

from __future__ import annotations

from functools import partial

import msgspec

from hpm_engine.ingest.goose.head import GooseHead
from hpm_engine.ingest.json.raw_values import (
    NO_JSON,
    elements,
    is_object,
    is_string,
    raw_text,
    string,
)
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.blocks import BlockResult, Blocks, content_text
from hpm_engine.ingest.steps.content import placeholder, text_of
from hpm_engine.ingest.steps.gathered import GatheredSession, Raw
from hpm_engine.ingest.steps.times import micros
from hpm_engine.values.episodes import Part, PartKind, StepFlag

_CALLS = ("toolRequest", "frontendToolRequest")
_THOUGHTS = ("thinking", "reasoning")
_NOTICES = ("systemNotification", "conversationCompacted")
_SIGNALS = (
    *("redactedThinking", "summarizationRequested", "contextLengthExceeded"),
    *("toolConfirmationRequest", "actionRequired"),  # repeat a call that waits for the person
)


class CallValue(msgspec.Struct):
    """What is called."""

    name: object = None
    arguments: msgspec.Raw = NO_JSON


class GooseCall(msgspec.Struct):
    """A call, or the error that it could not even be understood."""

    value: CallValue | None = None
    error: object = None


class ResultValue(msgspec.Struct):
    """What a tool gave back, in later versions."""

    content: object = None
    failed: object = msgspec.field(default=None, name="isError")


class GooseResult(msgspec.Struct):
    """A result or an error."""

    status: object = None
    value: msgspec.Raw = NO_JSON
    error: object = None


class GooseBlock(msgspec.Struct):
    """One block of a message."""

    type: object = None
    text: object = None
    thinking: object = None
    msg: object = None
    id: object = None
    call: GooseCall | None = msgspec.field(default=None, name="toolCall")
    result: GooseResult | None = msgspec.field(default=None, name="toolResult")
    data: object = None
    media_type: object = msgspec.field(default=None, name="mimeType")


class GooseVisibility(msgspec.Struct):
    """Who sees a message."""

    shown: object = msgspec.field(default=None, name="userVisible")


class GooseLine(GooseHead):
    """The head of a session, or one message of one side; results come from the user's."""

    role: object = None
    created: object = None
    content: msgspec.Raw = NO_JSON
    metadata: GooseVisibility | None = None


_BLOCK = TypedDecoder(GooseBlock)
_VALUE = TypedDecoder(ResultValue)


def add_goose_message(
    gathered: GatheredSession, message: GooseLine, raw: Raw, account: Account
) -> bool:
    """Add one message; False for one whose role is unknown."""
    if message.role not in ("user", "assistant"):
        return False
    at = micros(message.created)
    blocks = Blocks([], [], [], [])
    notices = _sort(blocks, message.content, account)
    hidden = message.metadata is not None and message.metadata.shown is False
    if message.role == "assistant" and (any(blocks) or not notices):
        turn = gathered.reply(blocks.text, raw, at, reasoning=blocks.reasoning, calls=blocks.calls)
        turn.flags |= StepFlag.INJECTED if hidden else StepFlag.NONE
    for result in blocks.results:
        gathered.result(result.call_id, result.text, raw, at, is_error=result.is_error)
    if message.role == "user" and hidden:
        gathered.context(blocks.text, raw, at)
    elif message.role == "user":
        gathered.prompt(blocks.text, raw, at)
    for text in notices:
        gathered.notice(text, raw, at)
    return True


def _sort(blocks: Blocks, content: msgspec.Raw, account: Account) -> list[str]:
    """Sort the blocks of a content; returns Goose's own notices among them."""
    notices: list[str] = []
    if is_string(content):
        blocks.texts.append(string(content))
    for raw in elements(content):
        block = _BLOCK.nested(raw, partial(account.miss_field, "a block"))
        kind = block.type if block is not None and isinstance(block.type, str) else ""
        if block is None:
            account.miss("a block of a message that is no object")
        elif kind == "text":
            blocks.texts.append(text_of(block.text))
        elif kind in _THOUGHTS:
            blocks.thoughts.append(text_of(block.thinking or block.text))
        elif kind in _CALLS:
            _call(blocks, block)
        elif kind == "toolResponse":
            _answer(blocks, block)
        elif kind == "image":
            data = block.data if isinstance(block.data, str) else ""
            blocks.texts.append(placeholder(text_of(block.media_type) or "image", len(data)))
        elif kind in _NOTICES:
            notices.append(text_of(block.msg))
        elif kind not in _SIGNALS:
            account.miss(f"a block of type {kind[:40]}" if kind else "a block untyped")
    return notices


def _call(blocks: Blocks, block: GooseBlock) -> None:
    call = block.call or GooseCall()
    value = call.value or CallValue()
    call_id = text_of(block.id)
    blocks.calls.append(
        Part(PartKind.CALL, raw_text(value.arguments), text_of(value.name), call_id)
    )
    if call.error is not None:  # nothing ran: no other result comes
        blocks.results.append(BlockResult(call_id, text_of(call.error), True))


def _answer(blocks: Blocks, block: GooseBlock) -> None:
    result = block.result or GooseResult()
    value = _VALUE.nested(result.value) if is_object(result.value) else None
    if value is not None and value.content is not None:
        text = text_of(value.content)
    else:
        text = content_text(result.value)
    failed = result.status == "error" or (value is not None and value.failed is True)
    blocks.results.append(BlockResult(text_of(block.id), text or text_of(result.error), failed))
