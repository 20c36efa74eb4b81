"""The tool calls of chat messages, in all shapes that programs write."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from hpm_engine.ingest.json.raw_values import (
    NO_JSON,
    elements,
    is_list,
    is_string,
    raw_text,
    string,
)
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.values.episodes import Part, PartKind

Miss = Callable[[str], None]  # hears of each part of an unknown shape

_UNKNOWN = "a tool call"


class _Function(msgspec.Struct):
    """A function with its arguments: a JSON text, an object or free text."""

    name: object = None
    arguments: msgspec.Raw = NO_JSON
    args: msgspec.Raw = NO_JSON
    input: msgspec.Raw = NO_JSON
    parameters: msgspec.Raw = NO_JSON
    kwargs: msgspec.Raw = NO_JSON

    @property
    def given(self) -> msgspec.Raw:
        """The arguments, under any of their names."""
        names = (self.arguments, self.args, self.input, self.parameters, self.kwargs)
        return next((raw for raw in names if memoryview(raw).nbytes), NO_JSON)


class _Call(_Function):
    """One call of a function, which is given by its name or as an object of its own."""

    id: object = None
    call_id: object = None
    tool_call_id: object = None
    camel_id: object = msgspec.field(default=None, name="toolCallId")
    function: msgspec.Raw = NO_JSON
    function_name: object = None
    tool: object = None
    tool_name: object = None
    camel_name: object = msgspec.field(default=None, name="toolName")


_CALL = TypedDecoder(_Call)
_FUNCTION = TypedDecoder(_Function)


def unheard(part: str) -> None:
    """Ignore the part: a ``Miss`` for callers without an account."""


def calls_in(raw: msgspec.Raw, miss: Miss = unheard) -> list[Part]:
    """The calls in ``tool_calls`` or ``function_call``: a list, one call, or either as JSON text.

    A call of an unknown shape keeps its JSON text and has no name; ``miss`` hears of it.
    """
    if is_string(raw):
        text = string(raw)
        inner = msgspec.Raw(text.encode("utf-8", "replace"))
        if text.lstrip()[:1] in ("[", "{") and (calls := calls_in(inner, miss)):
            return calls
        if text:
            miss(_UNKNOWN)
        return [Part(PartKind.CALL, text)] if text else []
    if is_list(raw):
        return [call for item in elements(raw) if (call := _part(item, miss)) is not None]
    call = _part(raw, miss)
    return [call] if call is not None else []


def _part(raw: msgspec.Raw, miss: Miss) -> Part | None:
    text = raw_text(raw)
    if text.strip() in ("", "{}", "[]"):
        return None
    call = _CALL.nested(raw) if text.startswith("{") else None
    if call is None:
        miss(_UNKNOWN)
        return Part(PartKind.CALL, text)
    function = _FUNCTION.nested(call.function) or _Function(string(call.function) or None)
    name = next(filter(None, map(_word, _names(function, call))), "")
    arguments = function.given if memoryview(function.given).nbytes else call.given
    if not name and not memoryview(arguments).nbytes:
        miss(_UNKNOWN)
        return Part(PartKind.CALL, text, "", _id(call))
    return Part(PartKind.CALL, raw_text(arguments), name, _id(call))


def _names(function: _Function, call: _Call) -> tuple[object, ...]:
    return (
        *(function.name, call.name, call.function_name),
        *(call.tool_name, call.camel_name, call.tool),
    )


def _id(call: _Call) -> str:
    ids = (call.id, call.call_id, call.tool_call_id, call.camel_id)
    return next(filter(None, map(_word, ids)), "")


def _word(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)
