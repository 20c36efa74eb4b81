"""Message contents as text: strings, lists of parts, and placeholders for what is not text."""

from __future__ import annotations

import re

import msgspec

_DATA_URL = re.compile(r"data:([\w.+-]+/[\w.+-]+)(?:;[\w=.-]+)*;base64,([A-Za-z0-9+/=\s]{64,})")


def text_of(content: object) -> str:
    """The text of a message's content, with a placeholder such as "[image/png, 1.2 MB]" for data.

    Accepts a string, null, one part, or a list of parts in the dialects of OpenAI, Anthropic
    and ATIF.
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
    return _DATA_URL.sub(lambda found: placeholder(found[1], len(found[2])), text)


def placeholder(media_type: str, base64_size: int) -> str:
    """What stands for a file in a text: "[image/png, 1.2 MB]"."""
    size = float(base64_size * 3 // 4)
    for unit in ("bytes", "kB", "MB"):
        if size < 1000 or unit == "MB":
            shown = f"{size:.0f}" if unit == "bytes" else f"{size:.1f}"
            return f"[{media_type}, {shown} {unit}]"
        size /= 1000
    return f"[{media_type}]"


def _part_text(part: dict[str, object]) -> str:
    text = part.get("text")
    if isinstance(text, str):
        return text_of(text)
    kind = part.get("type")
    source = part.get("source")
    if isinstance(source, dict):
        return _file_text(kind, source)
    for key in ("image_url", "file", "input_audio", "image"):
        if key in part:
            return _url_text(kind, part[key])
    inner = part.get("content")
    if inner is not None:
        return text_of(inner)
    return f"[{kind}]" if isinstance(kind, str) else msgspec.json.encode(part).decode()


def _file_text(kind: object, source: dict[str, object]) -> str:
    media_type = str(source.get("media_type") or kind or "file")
    data = source.get("data")
    if isinstance(data, str):
        return placeholder(media_type, len(data))
    place = source.get("path") or source.get("url") or source.get("file_id")
    return f"[{media_type}: {place}]" if isinstance(place, str) else f"[{media_type}]"


def _url_text(kind: object, value: object) -> str:
    if isinstance(value, dict):
        value = value.get("url") or value.get("file_data") or value.get("data") or ""
    text = value if isinstance(value, str) else ""
    if text.startswith("data:"):
        return without_data(text) if _DATA_URL.match(text) else "[data]"
    if len(text) > 500:
        return placeholder(str(kind or "file"), len(text))
    return f"[image: {text}]" if text else f"[{kind or 'file'}]"
