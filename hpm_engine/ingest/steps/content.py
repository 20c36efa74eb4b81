"""Message contents as text, with placeholders for files."""

from __future__ import annotations

import re

import msgspec

_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/=\s]{64,})")
_BASE64 = re.compile(r"[A-Za-z0-9+/=\s]{200,}+")
_DATA_KEYS = ("data", "blob", "base64", "bytes")
_DEEPEST = 20  # levels of JSON
# Keys around a tool's content.
_WRAPPER = frozenset(("content", "isError", "is_error", "_meta", "status"))
# Parts without a text of their own.
_NAMED = frozenset(
    (
        *("tool_use", "tool_call", "tool-call", "toolCall", "function_call", "tool_reference"),
        *("thinking", "reasoning", "redacted_thinking", "image", "audio", "document", "video"),
        *("step-start", "step-finish", "cache_control"),
    )
)


def text_of(content: object) -> str:
    """The text of a message's content, with a placeholder such as "[image/png, 1.2 MB]" for data.

    Accepts a string, null, one part, or a list of parts in the dialects of OpenAI, Anthropic,
    MCP and ATIF; a part of an unknown kind becomes JSON.
    """
    if isinstance(content, str):
        return without_data(content) if "base64," in content else content
    if content is None:
        return ""
    if isinstance(content, list):
        return "\n".join(text for part in content if (text := text_of(part)))
    if isinstance(content, dict):
        return _part_text(content)
    return msgspec.json.encode(content).decode()


def without_data(text: str) -> str:
    """The text with each embedded base64 file replaced by its type and size."""
    return _DATA_URL.sub(lambda url: placeholder(url[1], len(url[2])), text)


def placeholder(media_type: str, base64_size: int) -> str:
    """The text in place of a file: "[image/png, 1.2 MB]"."""
    size = float(base64_size * 3 // 4)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000 or unit == "MB":
            number = f"{size:.0f}" if unit == "bytes" else f"{size:.1f}"
            return f"[{media_type}, {number} {unit}]"
        size /= 1000
    return f"[{media_type}]"


def _part_text(part: dict[str, object]) -> str:
    text = part.get("text")
    if isinstance(text, str):
        return text_of(text)
    kind = part.get("type")
    kind = kind.removeprefix("input_") if isinstance(kind, str) else kind
    source = part.get("source")
    if isinstance(source, dict):
        return _file_text(kind, source)
    data, media_type = part.get("data"), part.get("mimeType")
    if isinstance(data, str) and isinstance(media_type, str):
        return placeholder(media_type, len(data))
    for key in ("image_url", "file", "input_audio", "image"):
        if key in part:
            return _url_text(kind, part[key])
    if isinstance(resource := part.get("resource"), dict):
        return _resource_text(resource)
    inner = part.get("content")
    if kind == "search_result":
        return text_of([part.get("title"), source, inner])
    if inner is not None and (isinstance(kind, str) or part.keys() <= _WRAPPER):
        return text_of(inner)
    if isinstance(kind, str) and (kind in _NAMED or part.keys() == {"type"}):
        return f"[{kind}]"
    return _as_json(part)


def _resource_text(resource: dict[str, object]) -> str:
    """The text of a file or page that a tool returned whole."""
    blob = resource.get("blob")
    if isinstance(blob, str):
        media_type = resource.get("mimeType")
        file = placeholder(media_type if isinstance(media_type, str) else "resource", len(blob))
        return text_of([resource.get("uri"), file])
    known = [resource[key] for key in ("uri", "text") if isinstance(resource.get(key), str)]
    return text_of(known) if known else _as_json(resource)


def _as_json(part: dict[str, object]) -> str:
    """A part of an unknown kind as JSON, without the data of files."""
    return msgspec.json.encode(_without_files(part, 0)).decode()


def _without_files(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        return value
    if isinstance(value, dict):
        return {
            key: placeholder("data", len(inner))
            if key in _DATA_KEYS and isinstance(inner, str) and _BASE64.fullmatch(inner)
            else _without_files(inner, depth + 1)
            for key, inner in value.items()
        }
    if isinstance(value, list):
        return [_without_files(item, depth + 1) for item in value]
    return without_data(value) if isinstance(value, str) and "base64," in value else value


def _file_text(kind: object, source: dict[str, object]) -> str:
    media_type = str(source.get("media_type") or kind or "file")
    data = source.get("data")
    if isinstance(data, str):
        return placeholder(media_type, len(data))
    location = source.get("path") or source.get("url") or source.get("file_id")
    return f"[{media_type}: {location}]" if isinstance(location, str) else f"[{media_type}]"


def _url_text(kind: object, value: object) -> str:
    if isinstance(value, dict):
        value = value.get("url") or value.get("file_data") or value.get("data") or ""
    text = value if isinstance(value, str) else ""
    if text.startswith("data:"):
        return without_data(text) if _DATA_URL.match(text) else "[data]"
    if len(text) > 500:
        return placeholder(str(kind or "file"), len(text))
    return f"[image: {text}]" if text else f"[{kind or 'file'}]"
