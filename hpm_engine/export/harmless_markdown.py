"""Markdown of unknown origin that fetches nothing and marks nothing up but itself."""

from __future__ import annotations

import re

_LONGEST = 200_000  # characters; a longer text is code
_FENCES = re.compile(r"`{3,}")


def harmless(text: str) -> str:
    """Markdown as it is, but for images and HTML, which are shown as what was written.

    A viewer would fetch the images, and so tell where a trace is read.
    """
    if "<" not in text and "![" not in text:
        return text
    if len(text) > _LONGEST:
        return fenced(text)
    from markdown_it import MarkdownIt  # only for what may hold such

    lines = text.split("\n")
    for token in MarkdownIt("commonmark").parse(text):
        first, last = token.map or (0, 0)
        kinds = {child.type for child in token.children or ()} | {token.type}
        if kinds & {"html_block", "html_inline"}:
            lines[first:last] = [line.replace("<", "\\<") for line in lines[first:last]]
        if "image" in kinds:
            lines[first:last] = [line.replace("![", "!\\[") for line in lines[first:last]]
    return "\n".join(lines)


def fenced(text: str, language: str = "") -> str:
    """A block of code, with a fence that nothing in the text closes."""
    longest = max(map(len, _FENCES.findall(text)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{text}{'' if text.endswith(chr(10)) else chr(10)}{fence}\n"
