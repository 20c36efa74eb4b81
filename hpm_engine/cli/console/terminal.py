"""Text from traces made safe to print: a terminal obeys escape sequences anywhere."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from typing import Any, TextIO

import msgspec

from hpm_engine.words.visible_text import visible

# Whole escape sequences go; an unfinished one stays, with its escape character made visible, so
# that it cannot take the text behind it along.
_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC: titles, links
    r"|\x1b[ -/]*[0-Z\\`-~]"  # two characters: reset, charset
    r"|\x9b[0-?]*[ -/]*[@-~]|\x9d[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"  # the same in one byte
)
_NO_CELL = {"Mn", "Me", "Cf"}  # accents, joiners, selectors


def clean(text: str) -> str:
    """The text without escape sequences; other invisible characters are spelled out."""
    return visible(_SEQUENCES.sub("", text), lines=True)


def clean_line(text: str) -> str:
    """``clean``, on one line."""
    return " ".join(clean(text).split())


def width(text: str) -> int:
    """The number of a terminal's cells that the text takes."""
    return sum(map(_cells, text))


def _cells(character: str) -> int:
    if unicodedata.category(character) in _NO_CELL:
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def cut(text: str, cells: int) -> str:
    """The text in at most ``cells`` cells, with an ellipsis where it was cut."""
    if width(text) <= cells:
        return text
    kept, used = [], 0
    for character in text:
        used += width(character)
        if used > cells - 1:
            break
        kept.append(character)
    return "".join(kept) + "…"


def json_line(value: Any) -> str:
    """One line of JSON in plain ASCII: exact for a parser, harmless on a terminal."""
    text = json.dumps(msgspec.to_builtins(value), separators=(",", ":"))
    return text.replace("\x7f", "\\u007f")


def write_json(value: Any, stream: TextIO | None = None) -> None:
    """Write one line of JSON to standard output."""
    out = stream or sys.stdout
    out.write(json_line(value) + "\n")
    out.flush()
