"""The text of a piece of HTML, without a parser that hostile pages could keep busy.

Each byte is looked at once. Nothing in the page is followed, loaded or believed.
"""

from __future__ import annotations

import html

_BREAKS = frozenset(("br", "p", "div", "li", "ul", "ol", "pre", "tr", "table", "blockquote", "hr"))
_HEADINGS = frozenset(f"h{level}" for level in range(1, 7))
_CELLS = frozenset(("td", "th"))
_LONGEST_TAG = 4000  # characters
_BREAKS_AT_ONCE = 2  # line breaks that tags in a row come to


def html_text(page: str) -> str:
    """The words of a page, a line for each of its blocks; entities are spelled out."""
    pieces: list[str] = []
    position = 0
    while (opening := page.find("<", position)) >= 0:
        if opening > position:
            pieces.append(_words(page[position:opening]))
        closing = page.find(">", opening, opening + _LONGEST_TAG)
        if closing < 0:  # no tag
            pieces.append("<")
            position = opening + 1
            continue
        for mark in _marks(page[opening + 1 : closing]):
            if mark != "\n" or pieces[-_BREAKS_AT_ONCE:].count("\n") < _BREAKS_AT_ONCE:
                pieces.append(mark)
        position = closing + 1
    pieces.append(_words(page[position:]))
    lines = (line.rstrip(" \t") for line in "".join(pieces).split("\n"))
    return "\n".join(lines).strip()


def _words(text: str) -> str:
    return html.unescape(text.replace("\r", ""))


def _marks(tag: str) -> tuple[str, ...]:
    """What stands for a tag in the text."""
    name = tag.strip("/ \t\n").split(None, 1)[:1]
    word = name[0].lower().rstrip("/") if name else ""
    if word == "li" and not tag.startswith("/"):
        return "\n", "- "
    if word in _CELLS:
        return ("\t",) if tag.startswith("/") else ()
    if word == "img":
        return ("[image]",)
    return ("\n",) if word in _BREAKS or word in _HEADINGS else ()
