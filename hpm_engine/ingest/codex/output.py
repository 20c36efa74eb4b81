"""The text of a tool's output in a Codex rollout, and whether the tool failed."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from hpm_engine.ingest.codex.lines import CodexEvent, content_text
from hpm_engine.ingest.json.raw_values import (
    NO_JSON,
    as_written,
    elements,
    is_list,
    is_string,
    string,
)
from hpm_engine.ingest.json.text import RAW_OBJECT
from hpm_engine.ingest.json.typed import BROKEN, TypedDecoder, mend

_HEADER = 400  # characters of the first lines, which have the status
_EXIT = re.compile(r"^(?:Process exited with code|Exit code:) (-?\d+)", re.MULTILINE)
_RUNNING = re.compile(r"^Process running with session ID", re.MULTILINE)
_DEEPEST = 8  # levels of lists
_WRAPPING = frozenset(("content", "success", "metadata", "isError", "is_error", "_meta", "status"))
_BODY = "\nOutput:\n"
_EVENT_FIELDS = ("type", "call_id", "turn_id")


class _Metadata(msgspec.Struct):
    """The exit status of a tool."""

    exit_code: int | None = None


class _Wrapped(msgspec.Struct):
    """An output that is itself JSON, in a string or as an object."""

    output: str | None = None
    content: msgspec.Raw = NO_JSON
    success: bool | None = None
    metadata: _Metadata | None = None


_WRAPPED = TypedDecoder(_Wrapped)


def output_text(raw: msgspec.Raw) -> tuple[str, bool]:
    """An output's text, and whether it tells of a failure."""
    if is_string(raw):
        text = string(raw)
        if not text.startswith('{"'):
            return text, _failed(text)
        raw = msgspec.Raw(text.encode())
    elif is_list(raw):
        return _list_text(raw), False
    else:
        text = as_written(raw)
    wrapped = _WRAPPED.nested(raw)
    if wrapped is None or (wrapped.output is None and not memoryview(wrapped.content).nbytes):
        return text, False
    failed = wrapped.success is False or bool(wrapped.metadata and wrapped.metadata.exit_code)
    if wrapped.output is None and _fields(raw).keys() - _WRAPPING:
        return as_written(raw), failed  # it holds more than its content
    inner = wrapped.output if wrapped.output is not None else _content_text(wrapped.content)
    return inner, failed or _failed(inner)


def _content_text(raw: msgspec.Raw) -> str:
    return _list_text(raw) if is_list(raw) else string(raw) or as_written(raw)


def _list_text(raw: msgspec.Raw, depth: int = 0) -> str:
    """The texts of a list's items; an item of unknown kind as its JSON text."""
    texts = []
    for item in elements(raw):
        if is_list(item) and depth < _DEEPEST:
            texts.append(_list_text(item, depth + 1))
        elif is_string(item):
            texts.append(string(item))
        else:
            texts.append(content_text(msgspec.Raw(b"[%b]" % bytes(item))) or as_written(item))
    return "\n".join(text for text in texts if text)


def is_running(text: str) -> bool:
    """Whether the output only says that the command goes on."""
    return _RUNNING.search(text, 0, _HEADER) is not None


def completed(running: str, event: CodexEvent) -> str:
    """The output of a command that went on, with all it printed until its end."""
    printed = printed_by(event)
    return running.partition(_BODY)[0] + _BODY + printed if running else printed


def printed_by(event: CodexEvent) -> str:
    """The whole output of a command; ``stdout`` alone is often empty."""
    return event.aggregated_output or (event.stdout or "") + (event.stderr or "")


def event_failed(event: CodexEvent) -> bool:
    """Whether the end of a call tells of a failure."""
    return bool(event.exit_code) or event.success is False


def event_text(payload: msgspec.Raw) -> str:
    """The end of a call as JSON, for calls that have no other output."""
    fields = _fields(payload)
    kept = {name: value for name, value in fields.items() if name not in _EVENT_FIELDS}
    return msgspec.json.encode(kept).decode("utf-8", "replace") if fields else ""


def _fields(raw: msgspec.Raw) -> dict[str, Any]:
    """The fields of an object, also if its bytes are not UTF-8; none for other values."""
    try:
        return RAW_OBJECT.decode(raw)
    except (*BROKEN, RecursionError):
        pass
    try:
        return RAW_OBJECT.decode(mend(bytes(memoryview(raw))))
    except (*BROKEN, RecursionError):
        return {}


def _failed(text: str) -> bool:
    status = _EXIT.search(text, 0, _HEADER)
    return status is not None and int(status.group(1)) != 0
