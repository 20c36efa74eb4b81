r"""The words of texts that are JSON source: values and keys without quotes and escapes.

In ``{"command": "make\ntest"}`` the index would see the word ``ntest``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec

_DEEPEST = 3  # levels of JSON within strings
# The escapes in a text that only looks like JSON, in the order of their removal.
_ESCAPES = (
    ("\\\\", "\\\0"),
    ("\\n", "\n"),
    ("\\t", "\t"),
    ("\\r", "\r"),
    ('\\"', '"'),
    ("\\/", "/"),
    ("\\\0", "\\"),
)


def plain_words(text: str) -> str:
    """The words of a text that is JSON source with escapes; any other text unchanged."""
    return _decoded(text, _DEEPEST) if text[:1] in ("{", "[") and "\\" in text else text


def _decoded(text: str, depth: int) -> str:
    try:
        value = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError, UnicodeError):
        return _unescaped(text)
    return "\n".join(_leaves(value, depth))


def _leaves(value: Any, depth: int) -> Iterator[str]:
    """The keys and values in order, without recursion: JSON may be nested very deep."""
    pending = [value]
    while pending:
        value = pending.pop()
        if isinstance(value, dict):
            for key, inner in reversed(value.items()):
                pending += (inner, key)
        elif isinstance(value, list):
            pending += reversed(value)
        elif isinstance(value, str):
            inside = depth > 1 and value[:1] in ("{", "[") and "\\" in value
            yield _decoded(value, depth - 1) if inside else value
        elif value is not None:
            yield str(value).lower()


def _unescaped(text: str) -> str:
    for escape, meant in _ESCAPES:
        text = text.replace(escape, meant)
    return text
