"""The calls in a reply of a chat, with their arguments and results."""

from __future__ import annotations

from typing import Any, NamedTuple

import msgspec

from hpm_engine.ingest.json.plain_values import first_text, items, mapping, text
from hpm_engine.ingest.steps.uris import path_of
from hpm_engine.values.episodes import Part, PartKind

_DEEPEST = 60  # levels of a rendered result


class ChatCall(NamedTuple):
    """A call, its result if the chat shows one, and whether it is known to have ended."""

    call: Part
    result: Part | None
    ended: bool


def chat_call(item: dict[str, Any], asked: dict[str, Any]) -> ChatCall:
    """The call of a response's item; ``asked`` is what the model asked for, {} if not known."""
    name = first_text(item.get("toolId"), asked.get("name"))
    call_id = text(item.get("toolCallId"))
    details = item.get("resultDetails")
    result = None
    if details:
        failed = mapping(details).get("isError") is True
        result = Part(PartKind.RESULT, _shown(details), "", call_id, failed)
    ended = item.get("isComplete") is not False
    return ChatCall(Part(PartKind.CALL, _arguments(item, asked), name, call_id), result, ended)


def asked_calls(metadata: dict[str, Any]) -> list[dict[str, Any]]:
    """The calls that the model asked for, in order; the response shows the same ones."""
    rounds = map(mapping, items(metadata.get("toolCallRounds")))
    return [mapping(call) for one in rounds for call in items(one.get("toolCalls"))]


def model_result(metadata: dict[str, Any], call_id: str) -> str:
    """The result of a call as the model read it; "" for none."""
    result = mapping(mapping(metadata.get("toolCallResults")).get(call_id))
    return "\n".join(filter(None, map(_rendered, items(result.get("content")))))


def _arguments(item: dict[str, Any], asked: dict[str, Any]) -> str:
    data = mapping(item.get("toolSpecificData"))
    given = (mapping(item.get("resultDetails")).get("input"), asked.get("arguments"))
    if words := first_text(*given):
        return words
    for value in (*given, data.get("rawInput")):
        if isinstance(value, (dict, list)) and value:
            return msgspec.json.encode(value).decode()
    command = mapping(data.get("commandLine"))
    return first_text(command.get("toolEdited"), command.get("original"), data.get("command"))


def _shown(details: object) -> str:
    """A result as people see it: its output, or the places that a search found."""
    if isinstance(details, list):
        places = (path_of(mapping(place).get("uri")) or path_of(place) for place in details)
        return "\n".join(filter(None, places))
    output = mapping(details).get("output")
    if isinstance(output, str):
        return output
    return "\n".join(filter(None, map(_embedded, items(output))))


def _embedded(value: object) -> str:
    part = mapping(value)
    if part.get("isText") is False:
        return f"[{first_text(part.get('mimeType')) or 'data'}]"
    return first_text(part.get("value"), part.get("text")) or path_of(part.get("uri"))


def _rendered(part: object) -> str:
    """The text of a rendered result: a string, or a tree of nodes with texts."""
    value = mapping(part).get("value")
    if isinstance(value, str):
        return value
    texts: list[str] = []
    left: list[tuple[Any, int]] = [(mapping(value).get("node"), 0)]
    while left:
        node, depth = left.pop()
        node = mapping(node)
        if words := text(node.get("text")):
            texts.append(f"\n{words}" if node.get("lineBreakBefore") and texts else words)
        if depth < _DEEPEST:
            left += [(child, depth + 1) for child in reversed(items(node.get("children")))]
    return "".join(texts)
