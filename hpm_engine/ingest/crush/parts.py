"""The parts of a message of Crush: words, thoughts, calls, results, files, and how it ended."""

from __future__ import annotations

import msgspec

from hpm_engine.ingest.json.raw_values import NO_JSON, elements, is_list, raw_text
from hpm_engine.ingest.json.typed import TypedDecoder
from hpm_engine.ingest.sources.account import Account
from hpm_engine.ingest.steps.content import placeholder
from hpm_engine.values.episodes import Part, PartKind


class _CrushData(msgspec.Struct):
    text: object = None
    thinking: object = None
    id: object = None
    name: object = None
    input: msgspec.Raw = NO_JSON
    tool_call_id: object = None
    content: msgspec.Raw = NO_JSON
    is_error: object = None
    reason: object = None
    message: object = None
    details: object = None
    path: object = msgspec.field(default=None, name="Path")
    mime: object = msgspec.field(default=None, name="MIMEType")
    bytes: object = msgspec.field(default=None, name="Data")
    url: object = None
    command: object = None
    output: object = None


class _CrushPart(msgspec.Struct):
    type: object = None
    data: msgspec.Raw = NO_JSON


_PART = TypedDecoder(_CrushPart)
_DATA = TypedDecoder(_CrushData)
_RAW = msgspec.json.Decoder(msgspec.Raw)


class CrushResult(msgspec.Struct, frozen=True):
    """A tool's result."""

    call_id: str
    text: str
    is_error: bool


class CrushParts(msgspec.Struct):
    """What the parts of a message say."""

    texts: list[str] = []
    commands: list[str] = []  # that a person ran, each with what it printed
    thoughts: list[str] = []
    calls: list[Part] = []
    results: list[CrushResult] = []
    ended: str = ""  # the reason: "end_turn", "canceled", "error"
    failure: str = ""  # the words of an error


def parts_of(text: str, account: Account) -> CrushParts:
    """The parts in a message's JSON; what has no known shape is told to ``account``."""
    parts = CrushParts()
    if not text:
        return parts
    try:
        whole = _RAW.decode(text.encode("utf-8", "replace"))
    except (msgspec.DecodeError, RecursionError):
        whole = NO_JSON
    if not is_list(whole):
        account.miss("the parts of a message")
    for raw in elements(whole):
        part = _PART.nested(raw)
        data = _DATA.nested(part.data) if part is not None else None
        if part is None or data is None or not _add(parts, part.type, data):
            kind = part.type if part is not None and isinstance(part.type, str) else ""
            account.miss(f"a part of type {kind[:40]}" if kind else "a part of a message")
    return parts


def _add(parts: CrushParts, kind: object, data: _CrushData) -> bool:
    """Add a part; whether it is of a known type."""
    if kind == "text":
        parts.texts.append(_text(data.text))
    elif kind == "reasoning":
        parts.thoughts.append(_text(data.thinking))
    elif kind == "tool_call":
        call = Part(PartKind.CALL, raw_text(data.input), _text(data.name), _text(data.id))
        parts.calls.append(call)
    elif kind == "tool_result":
        failed = data.is_error is True
        parts.results.append(CrushResult(_text(data.tool_call_id), raw_text(data.content), failed))
    elif kind == "shell_command":
        parts.commands.append(f"! {_text(data.command)}\n{_text(data.output)}".rstrip())
    elif kind == "finish":
        parts.ended = _text(data.reason)
        said = [_text(data.message), _text(data.details)]
        parts.failure = "\n".join(filter(None, said)) if parts.ended == "error" else ""
    elif kind == "binary":
        parts.texts.append(_file(data))
    elif kind == "image_url":
        parts.texts.append(f"[image: {_text(data.url)[:500]}]")
    else:
        return False
    return True


def _file(data: _CrushData) -> str:
    mime = _text(data.mime) or "file"
    if _text(data.bytes):
        return placeholder(mime, len(_text(data.bytes)))
    return f"[{mime}: {_text(data.path)}]" if _text(data.path) else f"[{mime}]"


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""
