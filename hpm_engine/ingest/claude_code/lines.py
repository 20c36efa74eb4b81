"""The lines of a Claude Code session: only the fields that matter here."""

from __future__ import annotations

from typing import Annotated

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements, is_string, string
from hpm_engine.ingest.json.typed import TypedDecoder

Count = Annotated[int, msgspec.Meta(ge=0, le=1 << 40)]


class Fork(msgspec.Struct, rename="camel", gc=False):
    """The origin of a line that was copied from another session."""

    session_id: str | None = None
    message_uuid: str | None = None


class ClaudeLine(msgspec.Struct, rename="camel", gc=False):
    """One line of a session file; ``message`` is decoded only where it is needed."""

    type: str = ""
    uuid: str | None = None
    parent_uuid: str | None = None
    session_id: str | None = None
    stream_session: str | None = msgspec.field(name="session_id", default=None)  # in stream-json
    agent_id: str | None = None
    request_id: str | None = None
    timestamp: str | None = None
    cwd: str | None = None
    git_branch: str | None = None
    is_sidechain: bool | None = None
    is_meta: bool | None = None
    is_synthetic: bool | None = None  # the same in stream-json
    is_compact_summary: bool | None = None
    is_api_error_message: bool | None = None
    forked_from: Fork | None = None
    parent_tool_use_id: str | None = msgspec.field(name="parent_tool_use_id", default=None)
    subtype: str | None = None
    custom_title: str | None = None
    ai_title: str | None = None
    summary: str | None = None
    leaf_uuid: str | None = None
    attachment: msgspec.Raw = NO_JSON
    operation: str | None = None  # of a queue-operation
    content: msgspec.Raw = NO_JSON  # of a queue-operation
    message: msgspec.Raw = NO_JSON
    tool_use_result: msgspec.Raw = NO_JSON
    stream_result: msgspec.Raw = msgspec.field(name="tool_use_result", default=NO_JSON)

    @property
    def twin(self) -> msgspec.Raw:
        """The result of the line once more, as structured data."""
        return self.tool_use_result if memoryview(self.tool_use_result) else self.stream_result


class ClaudeUsage(msgspec.Struct, gc=False):
    """Tokens of an API message; ``input_tokens`` excludes the cached ones."""

    input_tokens: Count | None = None
    cache_creation_input_tokens: Count | None = None
    cache_read_input_tokens: Count | None = None
    output_tokens: Count | None = None

    def total_in(self) -> int | None:
        """All tokens the model read, cached ones included; None if none is stated."""
        counts = (self.input_tokens, self.cache_creation_input_tokens, self.cache_read_input_tokens)
        known = [count for count in counts if count is not None]
        return sum(known) if known else None


class ClaudeMessage(msgspec.Struct, gc=False):
    """The API message in a line."""

    id: str | None = None
    model: str | None = None
    content: msgspec.Raw = NO_JSON
    usage: ClaudeUsage | None = None


class Block(msgspec.Struct, gc=False):
    """One content block of a message."""

    type: str = ""
    text: str | None = None
    thinking: str | None = None
    id: str | None = None
    name: str | None = None
    input: msgspec.Raw = NO_JSON
    tool_use_id: str | None = None
    content: msgspec.Raw = NO_JSON
    is_error: bool | None = None
    source: msgspec.Raw = NO_JSON
    tool_name: str | None = None
    signature: str | None = None  # of thinking that is complete
    citations: msgspec.Raw = NO_JSON


LINE = TypedDecoder(ClaudeLine)
MESSAGE = TypedDecoder(ClaudeMessage)
BLOCK = TypedDecoder(Block)
_BLOCKS = msgspec.json.Decoder(list[Block])


def blocks(content: msgspec.Raw) -> list[Block]:
    """The blocks of a message or result; a bare string becomes one text block."""
    if is_string(content):
        return [Block(type="text", text=string(content))]
    if bytes(memoryview(content)[:1]) == b"{":  # one block without a list
        block = BLOCK.nested(content)
        return [block] if block is not None else []
    try:
        return _BLOCKS.decode(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return [block for raw in elements(content) if (block := _lenient(raw)) is not None]


def _lenient(raw: msgspec.Raw) -> Block | None:
    return Block(type="text", text=string(raw)) if is_string(raw) else BLOCK.nested(raw)
