"""Elements that a program puts around or beside a person's words: ``<some-tag …>…</some-tag>``.

Scanned with ``find``, never with an expression: prompts are untrusted and may be very long.
"""

from __future__ import annotations

from typing import NamedTuple

_NAME_LENGTH = 64  # characters at most
_ATTRIBUTES = 4000  # characters of an opening tag at most
_NESTED = 5  # levels of elements that are removed
_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_NAME = _LETTERS | frozenset("0123456789-_:")


class Element(NamedTuple):
    """An element at the start of a text."""

    name: str
    inner: str
    end: int  # behind its closing tag


def opening_tag(text: str, start: int = 0) -> tuple[str, int]:
    """Name and end of the opening tag at ``start``; ("", start) if there is none."""
    if not text.startswith("<", start) or text[start + 1 : start + 2] not in _LETTERS:
        return "", start
    end = start + 1
    while end - start <= _NAME_LENGTH and text[end : end + 1] in _NAME and end < len(text):
        end += 1
    name, quote = text[start + 1 : end], ""
    if text[end : end + 1] not in (">", " ", "\n", "\t"):
        return "", start
    for index in range(end, min(len(text), end + _ATTRIBUTES)):
        if text[index] in ("'", '"'):
            # An apostrophe within a name opens nothing: a value's quote follows "=".
            opens = not quote and text[index - 1] == "="
            quote = text[index] if opens else "" if text[index] == quote else quote
        elif text[index] == ">" and not quote:
            return name, index + 1
    return "", start


def element(text: str, start: int = 0) -> Element | None:
    """The element that begins at ``start``; None if it is not closed."""
    name, inner = opening_tag(text, start)
    if not name:
        return None
    closing = f"</{name}>"
    end = text.find(closing, inner)
    return None if end < 0 else Element(name, text[inner:end], end + len(closing))


def is_wrapped(text: str) -> bool:
    """Whether a text is one element with a name of no markup language (``some-tag``)."""
    bare = text.strip()
    name, _ = opening_tag(bare)
    return ("-" in name or "_" in name) and bare.endswith(f"</{name}>")


def inside(text: str, name: str) -> str:
    """The text in the first element of a name without attributes; "" if it is not closed."""
    _, opening, rest = text.partition(f"<{name}>")
    inner, closing, _ = rest.partition(f"</{name}>")
    return inner.strip() if opening and closing else ""


def bare_words(text: str) -> str:
    """The words without the tags around them."""
    bare = text.strip()
    for _ in range(_NESTED):
        name, start = opening_tag(bare)
        if not name:
            break
        end = bare.find(f"</{name}>", start)
        if end < 0:
            bare = bare[start:].strip()
        else:
            bare = bare[start:end].strip() or bare[end + len(name) + 3 :].strip()
    return bare
