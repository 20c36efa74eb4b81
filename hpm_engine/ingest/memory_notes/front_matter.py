"""The front matter of Markdown files: the simple part of YAML that notes use."""

from __future__ import annotations

import re
from typing import NamedTuple

_FENCE = re.compile(r"---[ \t]*\r?\n")
_END = re.compile(r"^(?:---|\.\.\.)[ \t]*\r?$", re.MULTILINE)
_KEY = re.compile(r"([\w.$/-]{1,60})[ \t]*:(?:[ \t]+|$)")
_LARGEST = 32_768  # characters of a front matter

Value = str | list[str] | dict[str, str]


class MarkdownText(NamedTuple):
    """A Markdown file: its front matter, and the text below."""

    front: dict[str, Value]
    body: str
    has_front: bool

    def word(self, *names: str) -> str:
        """The text under the first of these keys that has one; "" for none.

        ``metadata.type`` is looked up inside ``metadata``.
        """
        for name in names:
            outer, _, inner = name.partition(".")
            value = self.front.get(outer, "")
            if inner:
                value = value.get(inner, "") if isinstance(value, dict) else ""
            if isinstance(value, str) and value:
                return value
        return ""


def read_markdown(text: str) -> MarkdownText:
    """A text with its front matter taken apart; one that is cut or overlong counts as none.

    Of YAML the nested values are read one level deep: a list's items and a mapping's texts.
    """
    text = text.removeprefix("\ufeff")
    fence = _FENCE.match(text)
    end = _END.search(text, fence.end(), fence.end() + _LARGEST) if fence else None
    if fence is None or end is None:
        return MarkdownText({}, text, False)
    body = text[end.end() :].removeprefix("\n")
    return MarkdownText(_values(text[fence.end() : end.start()]), body, True)


def _values(text: str) -> dict[str, Value]:
    values: dict[str, Value] = {}
    current = ""
    for line in text.splitlines():
        stripped = line.strip()
        if not stripped or stripped.startswith("#"):
            continue
        if line[0] in " \t" or stripped.startswith("- ") or stripped == "-":
            if current:
                values[current] = _nested(values.get(current, ""), stripped)
            continue
        if match := _KEY.match(stripped):
            current = match[1]
            values.setdefault(current, _scalar(stripped[match.end() :]))
    return values


def _nested(value: Value, line: str) -> Value:
    """A value with one more line of its block."""
    if line.startswith("-"):
        items = value if isinstance(value, list) else []
        items.append(_unquoted(line[1:].strip()))
        return items
    if isinstance(value, list):
        return value  # a deeper level of an item
    if not isinstance(value, str) or not value:
        match = _KEY.match(line)
        if match is None:
            return value or line
        fields = value if isinstance(value, dict) else {}
        fields[match[1]] = _unquoted(line[match.end() :].strip())
        return fields
    text = "" if value in ("|", ">", "|-", ">-") else value
    return f"{text} {line}".strip()


def _scalar(text: str) -> Value:
    text = text.strip()
    if text.startswith("[") and text.endswith("]"):
        return [item for piece in text[1:-1].split(",") if (item := _unquoted(piece.strip()))]
    return _unquoted(text)


def _unquoted(text: str) -> str:
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        inner = text[1:-1]
        return inner.replace('\\"', '"') if text[0] == '"' else inner.replace("''", "'")
    return text.split(" #", 1)[0].rstrip() if " #" in text else text
