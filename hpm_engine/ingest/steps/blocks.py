"""The content blocks of a message, in the dialects of Anthropic's API and its imitators."""

from __future__ import annotations

from typing import NamedTuple

import msgspec

from hpm_engine.ingest.json.plain_values import first_text
from hpm_engine.ingest.json.raw_values import (
    NO_JSON,
    elements,
    is_list,
    is_string,
    raw_text,
    string,
)
from hpm_engine.ingest.json.text import ANYTHING
from hpm_engine.ingest.json.typed import TypedDecoder, mend
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.content import text_of
from hpm_engine.values.episodes import Part, PartKind

_CALLS = frozenset(("tool_use", "tooluse", "tool-call", "tool_call", "toolcall", "function_call"))
_RESULTS = frozenset(("tool_result", "toolresult", "tool-result", "function_call_output"))
_THOUGHTS = frozenset(("thinking", "think", "reasoning", "thought"))
_HIDDEN = frozenset(
    ("redacted_thinking", "redacted-reasoning")
)  # enciphered: nothing in it can be read

_SHOWN = frozenset(("text", "image", "file", "document", "image_url", "audio", "video"))


class _Block(msgspec.Struct):
    """The fields of a block in all dialects; those that a dialect lacks keep their defaults."""

    type: object = None
    text: object = None
    thinking: object = None
    think: object = None
    reasoning: object = None
    id: object = None
    call_id: object = None
    camel_id: object = msgspec.field(default=None, name="toolCallId")
    tool_use_id: object = None
    tool_call_id: object = None
    name: object = None
    tool_name: object = msgspec.field(default=None, name="toolName")
    arguments: msgspec.Raw = NO_JSON
    input: msgspec.Raw = NO_JSON
    args: msgspec.Raw = NO_JSON
    content: msgspec.Raw = NO_JSON
    output: msgspec.Raw = NO_JSON
    result: msgspec.Raw = NO_JSON
    is_error: object = None
    camel_error: object = msgspec.field(default=None, name="isError")


_BLOCK = TypedDecoder(_Block)


class BlockResult(NamedTuple):
    """A tool's result among the blocks of a message."""

    call_id: str
    text: str
    is_error: bool


class Blocks(NamedTuple):
    """What a message says: its words, thoughts, calls and results, each in the message's order."""

    texts: list[str]
    thoughts: list[str]
    calls: list[Part]
    results: list[BlockResult]

    @property
    def text(self) -> str:
        """The words, with a line break between blocks."""
        return "\n".join(self.texts)

    @property
    def reasoning(self) -> str:
        """The thoughts, with an empty line between blocks."""
        return "\n\n".join(self.thoughts)


def message_blocks(content: msgspec.Raw, account: Account | None = None) -> Blocks:
    """The blocks of a message: a list of blocks, one block, or a bare text.

    A block of an unknown kind is shown as text; with an ``account`` it hears of it instead.
    """
    blocks = Blocks([], [], [], [])
    if is_string(content):
        _add_text(blocks, string(content))
        return blocks
    for raw in elements(content) if is_list(content) else [content]:
        if is_string(raw):
            _add_text(blocks, string(raw))
        elif (block := _BLOCK.nested(raw)) is not None:
            _add(blocks, block, raw, account)
    return blocks


def content_text(content: msgspec.Raw) -> str:
    """A result's content as text, files in it as placeholders."""
    if is_string(content):
        return string(content)
    return text_of(plain_value(content))


def plain_value(raw: msgspec.Raw) -> object:
    """The JSON value in ``raw`` as Python's own; None for none, or one that nests too deep."""
    try:
        return ANYTHING.decode(raw) if memoryview(raw).nbytes else None
    except RecursionError:
        return None
    except ValueError:
        return _mended_value(raw)


def _mended_value(raw: msgspec.Raw) -> object:
    try:
        return ANYTHING.decode(mend(bytes(memoryview(raw))))
    except (ValueError, RecursionError):
        return None


def _add(blocks: Blocks, block: _Block, raw: msgspec.Raw, account: Account | None = None) -> None:
    kind = block.type.lower() if isinstance(block.type, str) else ""
    if kind in _CALLS:
        given = (block.arguments, block.input, block.args)
        arguments = next((value for value in given if memoryview(value).nbytes), NO_JSON)
        name = first_text(block.name, block.tool_name)
        identity = first_text(block.id, block.camel_id, block.call_id, block.tool_call_id)
        blocks.calls.append(Part(PartKind.CALL, raw_text(arguments), name, identity))
    elif kind in _RESULTS:
        given = (block.content, block.output, block.result)
        content = next((value for value in given if memoryview(value).nbytes), NO_JSON)
        identity = first_text(block.tool_use_id, block.camel_id, block.tool_call_id, block.call_id)
        failed = block.is_error is True or block.camel_error is True
        blocks.results.append(BlockResult(identity, content_text(content), failed))
    elif kind in _THOUGHTS:
        words = first_text(block.thinking, block.think, block.reasoning, block.text)
        if words.strip():
            blocks.thoughts.append(words)
    elif account is not None and kind not in _SHOWN and kind not in _HIDDEN:
        account.miss(f"a block of type {kind[:40]}" if kind else "a block untyped")
    elif kind not in _HIDDEN:
        _add_text(blocks, text_of(plain_value(raw)))


def _add_text(blocks: Blocks, text: str) -> None:
    if text and not text.isspace():
        blocks.texts.append(text)
