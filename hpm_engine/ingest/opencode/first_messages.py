"""The first messages of OpenCode, of June 2025: their parts within them, and other names for all.

They are told as the later ones are, so that both are read alike.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.plain_values import mapping, text
from hpm_engine.ingest.json.raw_values import NO_JSON, elements, is_list
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.opencode.messages import PART, OpenCodeMessage, OpenCodePart
from hpm_engine.ingest.sources.account import Account

_ENCODER = msgspec.json.Encoder()


class _FirstReply(msgspec.Struct):
    """What only messages of the agent have."""

    model_id: object = msgspec.field(default=None, name="modelID")
    path: object = None
    tokens: object = None
    cost: object = None
    summary: object = None


class _FirstMetadata(msgspec.Struct):
    """What is known of a message and of its calls."""

    time: object = None
    error: object = None
    tool: object = None
    assistant: _FirstReply | None = None


class _Invocation(msgspec.Struct, rename="camel"):
    """A call, with its result once it has one."""

    state: object = None
    tool_call_id: object = None
    tool_name: object = None
    args: msgspec.Raw = NO_JSON
    result: msgspec.Raw = NO_JSON


class _FirstPart(msgspec.Struct, rename="camel"):
    """The fields of a part that have other names since."""

    tool_invocation: msgspec.Raw = NO_JSON
    media_type: object = None
    title: object = None
    url: object = None


_METADATA = TypedDecoder(_FirstMetadata)
_INVOCATION = TypedDecoder(_Invocation)
_FIRST_PART = TypedDecoder(_FirstPart)


def is_first(message: OpenCodeMessage) -> bool:
    """Whether a message holds its parts itself."""
    return memoryview(message.parts).nbytes > 0


def as_later(message: OpenCodeMessage) -> OpenCodeMessage:
    """The message without its parts, as later versions write it."""
    metadata = _METADATA.nested(message.metadata) or _FirstMetadata()
    reply = metadata.assistant or _FirstReply()
    return OpenCodeMessage(
        role=message.role,
        time=metadata.time,
        model_id=reply.model_id,
        path=reply.path,
        tokens=reply.tokens,
        cost=reply.cost,
        error=metadata.error,
        summary=reply.summary,
    )


def parts_within(message: OpenCodeMessage, account: Account) -> Iterator[OpenCodePart]:
    """The parts that a message holds, as later versions write them."""
    metadata = _METADATA.nested(message.metadata) or _FirstMetadata()
    calls = mapping(metadata.tool)
    if not is_list(message.parts):
        account.miss("the parts of a message")
    for element in elements(message.parts):
        part, own = PART.nested(element), _FIRST_PART.nested(element)
        if part is None or own is None:
            account.miss("a part")
        elif part.type == "tool-invocation":
            yield _call(_INVOCATION.nested(own.tool_invocation) or _Invocation(), calls)
        elif part.type == "source-url":
            yield OpenCodePart(type="file", mime="source", filename=own.title, url=own.url)
        else:
            part.mime = part.mime or own.media_type
            yield part


def _call(call: _Invocation, calls: dict[str, object]) -> OpenCodePart:
    """A call; that its tool failed stands beside the message's parts."""
    identity = text(call.tool_call_id)
    failed = mapping(calls.get(identity)).get("error") is True
    state: dict[str, object] = {"status": "running"}
    if call.state == "result":
        state["status"] = "error" if failed else "completed"
        if memoryview(call.result).nbytes:
            state["error" if failed else "output"] = call.result
    if memoryview(call.args).nbytes:
        state["input"] = call.args
    return OpenCodePart(
        type="tool",
        call_id=identity,
        tool=call.tool_name,
        state=msgspec.Raw(_ENCODER.encode(state)),
    )
