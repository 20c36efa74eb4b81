"""Tool results of a Claude Code session as text, with every kind of content."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.claude_code.lines import BLOCK, Block
from hpm_engine.ingest.claude_code.text import block_text
from hpm_engine.ingest.json.raw_values import (
    NO_JSON,
    as_written,
    elements,
    is_list,
    is_string,
    string,
)
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.steps.content import placeholder

_DEEPEST = 8  # levels of lists
_NAMED = frozenset(("audio", "image", "document", "tool_reference"))  # shown by kind, size or name


class _Resource(msgspec.Struct):
    """A file or page that a tool returned whole."""

    uri: str | None = None
    text: str | None = None
    blob: msgspec.Raw = NO_JSON


class _Part(msgspec.Struct):
    """The fields of blocks whose text is not in ``text``."""

    resource: msgspec.Raw = NO_JSON
    title: str | None = None
    source: msgspec.Raw = NO_JSON
    content: msgspec.Raw = NO_JSON


class _Twin(msgspec.Struct):
    """A result as structured data: the output of a command, or the answer of an MCP server."""

    stdout: str | None = None
    stderr: str | None = None
    output: str | None = None
    content: msgspec.Raw = NO_JSON
    structured: msgspec.Raw = msgspec.field(name="structuredContent", default=NO_JSON)


class _Answers(msgspec.Struct):
    """An AskUserQuestion result as structured data: the choices of the person."""

    answers: msgspec.Raw = NO_JSON


_RESOURCE = TypedDecoder(_Resource)
_PART = TypedDecoder(_Part)
_TWIN = TypedDecoder(_Twin)
_ANSWERS = TypedDecoder(_Answers)
_ANSWER_TEXTS = msgspec.json.Decoder(dict[str, str])


def result_text(block: Block, twin: msgspec.Raw, *, alone: bool = True) -> str:
    """The text of a tool result, with answers or output that only its structured ``twin`` has.

    ``alone``: the result is its line's only one. The twin belongs to the line.
    """
    if block.type == "tool_result":
        text = "\n".join(_texts(block.content))
    else:  # results of the API's own tools are structured
        text = as_written(block.content)
    missing = [f"{question}: {answer}" for question, answer in _answers(twin) if answer not in text]
    if missing:
        return "\n".join((text, *missing))
    return text if text.strip() or not alone else _twin_text(twin) or text


def _texts(content: msgspec.Raw, depth: int = 0) -> Iterator[str]:
    """The texts of any content, in order; content of an unknown kind as its JSON text."""
    if is_string(content):
        yield string(content)
    elif is_list(content) and depth < _DEEPEST:
        for part in elements(content):
            yield from _texts(part, depth + 1)
    elif memoryview(content).nbytes:
        yield from _part_texts(content, depth)


def _part_texts(raw: msgspec.Raw, depth: int) -> Iterator[str]:
    block = BLOCK.nested(raw)
    if block is None:  # a number, a truth value, or lists too deep
        yield as_written(raw)
    elif block.type == "text" and block.text is not None:
        yield block.text
    elif block.type in _NAMED:
        yield block_text(block)
    elif block.type == "resource":
        yield _resource_text(raw)
    elif block.type == "search_result" and depth < _DEEPEST:
        part = _PART.nested(raw) or _Part()
        yield from filter(None, (part.title, string(part.source)))
        yield from _texts(part.content, depth + 1)
    else:
        yield as_written(raw)


def _resource_text(raw: msgspec.Raw) -> str:
    part = _PART.nested(raw)
    resource = _RESOURCE.nested(part.resource) if part else None
    if resource is None:
        return as_written(raw)
    if size := memoryview(resource.blob).nbytes:
        return f"{resource.uri or ''} {placeholder('resource', size - 2)}".strip()
    words = [word for word in (resource.uri, resource.text) if word]
    return "\n".join(words) or as_written(raw)


def _twin_text(twin: msgspec.Raw) -> str:
    """The output that only the structured twin of a result has."""
    printed = _TWIN.nested(twin)
    if printed is None:  # no object: a text, or the blocks of an answer
        return "\n".join(_texts(twin))
    words = [printed.stdout, printed.stderr, printed.output, *_texts(printed.content)]
    return "\n".join(word for word in words if word) or as_written(printed.structured)


def _answers(twin: msgspec.Raw) -> list[tuple[str, str]]:
    if memoryview(twin).nbytes == 0 or b'"answers"' not in bytes(memoryview(twin)):
        return []
    answered = _ANSWERS.nested(twin)
    if answered is None:
        return []
    try:
        return list(_ANSWER_TEXTS.decode(answered.answers).items())
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return []
