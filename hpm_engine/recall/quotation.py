"""Texts of traces quoted for an agent, as data that no quoted line can break out of."""

from __future__ import annotations

import re

from hpm_engine.words.visible_text import visible

_PIECE = re.compile(r"\w+|[^\w\s]|\n")
_THREE_LETTERS = re.compile(r"\w{1,3}|[^\w\s]|\n")
_BREAKS = re.compile("\r\n?|[\u2028\u2029\u0085\x0b\x0c]")
_LONGEST_RUN = 8  # of the fence's character, so that no text can make the fence long
_RUN = re.compile(f"~{{{_LONGEST_RUN + 1},}}")


def tokens_in(text: str) -> int:
    """How many tokens a model would count, estimated upwards.

    One for every three letters of a word begun and for every other sign, two for each letter of a
    word with letters beyond ASCII.
    """
    if text.isascii():
        return len(_THREE_LETTERS.findall(text))
    pieces = _PIECE.findall(text)
    return sum(-(-len(piece) // 3) if piece.isascii() else 2 * len(piece) for piece in pieces)


def quoted(text: str) -> str:
    """The lines of a text, each behind ``> ``; blank ones are left out."""
    lines = _BREAKS.sub("\n", text).split("\n")
    return "\n".join("> " + quoted_line(line) for line in lines if line.strip())


def quoted_line(text: str) -> str:
    """One line in which what a reader does not see is spelled out."""
    text = " ".join(_BREAKS.sub(" ", text).split("\n")).rstrip()
    return visible(_RUN.sub("~" * _LONGEST_RUN, text), lines=True)


def fenced(body: str) -> str:
    """A body between fences that are longer than any run of their character in it."""
    fence = "~" * (max((len(run) for run in re.findall("~+", body)), default=0) + 3)
    return f"{fence}\n{body}\n{fence}\n"


def cut_short(piece: str, room: int) -> str:
    """The lines of a quoted piece that fit into so many tokens, and a word that there were more.

    "" where not even two lines have room.
    """
    more = "(cut here; the store has the rest)"
    lines, room = [], room - tokens_in(more) - 1
    for line in piece.split("\n"):
        cost = tokens_in(line) + 1
        if cost > room:
            characters = max(0, room // 2 - 1)  # a letter is two tokens at most
            lines += [line[:characters]] if characters > 20 else []
            break
        lines.append(line)
        room -= cost
    return "\n".join([*lines, more]) if len(lines) > 1 else ""
