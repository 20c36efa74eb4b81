"""One message of a span's prompt or reply, in the dialects of many agent frameworks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hpm_engine.ingest.steps.content import text_of
from hpm_engine.values.episodes import Part, PartKind

# LangChain gives a message's role by the name of its class.
_TYPES = {"human": "user", "ai": "assistant", "aimessagechunk": "assistant", "chat": "user"}
_CLASSES = {
    "HumanMessage": "user",
    "AIMessage": "assistant",
    "AIMessageChunk": "assistant",
    "SystemMessage": "system",
    "ToolMessage": "tool",
    "FunctionMessage": "tool",
}
_CALL_TYPES = frozenset(("tool_use", "tool_call", "tool-call", "function_call", "toolCall"))
_RESULT_TYPES = frozenset(
    ("tool_result", "tool-result", "tool_call_response", "function_call_output", "toolResult")
)
_TOOLS = ("tool", "function")
_WRAPPER = {"content", "isError", "is_error", "_meta", "status", "type", "role"}
_SPEAKING = frozenset(("user", "human", "assistant", "ai", "agent", "model", "system", "tool"))
_ARGUMENTS = ("arguments", "args", "input", "parameters")
_THOUGHT_TYPES = frozenset(("thinking", "reasoning", "redacted_thinking"))
Record = dict[str, Any]


class SpanMessage(msgspec.Struct, frozen=True):
    """A message of a span."""

    role: str  # the source's own word, in lower case
    text: str = ""
    reasoning: str = ""
    calls: tuple[Part, ...] = ()
    answers: bool = False  # the text is a tool's result, whatever the role
    call_id: str = ""
    name: str = ""  # the tool of a result; else the speaker, where several share a role
    is_error: bool = False


def is_message(value: object) -> bool:
    """Whether the value is a message of a known dialect."""
    if not isinstance(value, dict):
        return False
    if _kind(value) in ("function_call", "function_call_output", "reasoning"):
        return True
    if _class_of(value):
        return True
    named = isinstance(value.get("role"), str) or _kind(value) in _TYPES
    named = named or isinstance(value.get("tool_call_id"), str)
    return named and bool({"content", "parts", "tool_calls", "text"} & value.keys())


def read_message(value: Record, role: str = "") -> list[SpanMessage]:
    """The message in ``value``, with its tool results as messages of their own.

    ``role`` is for a message that states none. The list is empty for a tool's definition.
    """
    if cls := _class_of(value):
        return read_message(value["kwargs"], _CLASSES.get(cls, cls.removesuffix("Message").lower()))
    role = _role(value) or role
    content = value.get("parts") or value.get("content")
    if content in (None, "") and not value.get("tool_calls"):
        content = value.get("text") or content
    if isinstance(content, dict):
        if _is_definition(content):
            return []
        wraps = role not in _TOOLS or content.keys() <= _WRAPPER
        inner = content.get("content") if wraps else None
        content = content.get("parts") or inner or content
    name, call_id = word(value.get("name")), word(value.get("tool_call_id"))
    if role == "tool" and "requestor" in value:  # tau2 names the call that it answers "id"
        call_id = call_id or word(value.get("id"))
    if _kind(value) in (*_CALL_TYPES, *_RESULT_TYPES, "reasoning"):
        return list(_from_blocks("assistant", [value], ()))
    calls = _calls(value)
    blocks = content if isinstance(content, list) else [as_text(content)]
    if (role in ("tool", "function") or call_id) and not any(map(_is_result, blocks)):
        text, error = as_text(content), value.get("status") == "error"
        return [SpanMessage(role, text, "", (), True, call_id, name, error)]
    reasoning = as_text(value.get("reasoning_content") or value.get("reasoning"))
    speaker = "" if name.lower() in _SPEAKING else name
    return list(_from_blocks(role, blocks, calls, reasoning, speaker))


def as_text(value: object) -> str:
    """A content as text: that of strings and text blocks, the JSON text of other values."""
    if value is None or isinstance(value, str):
        return "" if value == "null" else text_of(value)
    if isinstance(value, list) and any(_is_text_block(item) for item in value):
        return text_of(value)
    return msgspec.json.encode(value).decode()


def word(value: object) -> str:
    """The value if it is a string, such as a name or an id; else ""."""
    return value if isinstance(value, str) else ""


def _from_blocks(
    role: str,
    blocks: Iterable[object],
    calls: Iterable[Part],
    reasoning: str = "",
    speaker: str = "",
) -> Iterator[SpanMessage]:
    texts: list[str] = []
    thoughts = [reasoning] if reasoning else []
    called = list(calls)
    results: list[SpanMessage] = []
    for block in blocks:
        if not isinstance(block, dict):
            texts.append(as_text(block))
        elif _kind(block) in _THOUGHT_TYPES or block.get("thought") is True:
            thoughts.append(_thought(block))
        elif (call := _block_call(block)) is not None:
            if all(call.call_id != known.call_id or not known.call_id for known in called):
                called.append(call)
        elif (result := _block_result(role, block)) is not None:
            results.append(result)
        else:
            texts.append(_block_text(block))
    text, thought = "\n".join(filter(None, texts)), "\n".join(filter(None, thoughts))
    if text or thought or called or not results:
        yield SpanMessage(role, text, thought, tuple(called), name=speaker)
    yield from results


def _kind(value: Record) -> str:
    return word(value.get("type"))


def _role(value: Record) -> str:
    role = value.get("role")
    if isinstance(role, str) and role:
        return role.lower()
    kind = _kind(value)
    return _TYPES.get(kind, kind if kind in ("system", "tool") else "")


def _class_of(value: Record) -> str:
    """The LangChain class of a serialised message; "" for other values."""
    path = value.get("id")
    if value.get("type") != "constructor" or not isinstance(value.get("kwargs"), dict):
        return ""
    last = path[-1] if isinstance(path, list) and path else ""
    return last if isinstance(last, str) and last.endswith(("Message", "MessageChunk")) else ""


def _is_definition(content: Record) -> bool:
    """Whether the content is the definition of a tool, as some frameworks log."""
    function = content.get("function")
    return isinstance(function, dict) and "parameters" in function and "arguments" not in function


def _is_text_block(item: object) -> bool:
    return isinstance(item, dict) and (
        isinstance(item.get("text"), str) or _kind(item) in ("text", "image", "image_url")
    )


def _is_result(block: object) -> bool:
    return isinstance(block, dict) and _kind(block) in _RESULT_TYPES


def _calls(value: Record) -> list[Part]:
    extra = value.get("additional_kwargs")
    items = value.get("tool_calls") or (extra.get("tool_calls") if isinstance(extra, dict) else ())
    listed = items if isinstance(items, list) else []
    calls = [_call(item) for item in listed if isinstance(item, dict)]
    single = value.get("function_call")
    if isinstance(single, dict) and not calls:
        calls.append(_call(single))
    return calls


def _call(item: Record) -> Part:
    inner = item.get("function")
    function: Record = inner if isinstance(inner, dict) else item
    arguments: object = next(
        (function[key] for key in _ARGUMENTS if function.get(key) is not None),
        {},
    )
    call_id = word(item.get("call_id") or item.get("id") or item.get("toolCallId"))
    name = word(function.get("name") or (inner if isinstance(inner, str) else item.get("toolName")))
    return Part(PartKind.CALL, as_text(arguments), name, call_id)


def _block_call(block: Record) -> Part | None:
    if _kind(block) in _CALL_TYPES:
        return _call(block)
    inner = block.get("function_call") or block.get("functionCall")
    return _call(inner) if isinstance(inner, dict) else None


def _block_result(role: str, block: Record) -> SpanMessage | None:
    inner = block.get("function_response") or block.get("functionResponse")
    if not isinstance(inner, dict):
        if not _is_result(block):
            return None
        inner, role = block, "tool"
    value = next(
        (inner[key] for key in ("response", "result", "output", "content") if key in inner), None
    )
    call_id = next(
        (
            inner[key]
            for key in ("tool_use_id", "call_id", "toolCallId", "id")
            if isinstance(inner.get(key), str)
        ),
        "",
    )
    name = word(inner.get("name") or inner.get("toolName"))
    return SpanMessage(
        role, as_text(value), "", (), True, call_id, name, inner.get("is_error") is True
    )


def _thought(block: Record) -> str:
    summary = block.get("summary")
    for key in ("thinking", "reasoning", "text", "content"):
        if isinstance(block.get(key), str):
            return str(block[key])
    return text_of(summary) if isinstance(summary, list) else ""


def _block_text(block: Record) -> str:
    content = block.get("content")
    kind = _kind(block)
    if isinstance(block.get("text"), str):
        return text_of(block)
    if kind.endswith("ReasoningContent"):
        return ""
    if kind == "text" and isinstance(content, str):
        return text_of(content)
    return text_of(block)
