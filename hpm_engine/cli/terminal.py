"""Making text from traces safe to print: a terminal obeys escape sequences, wherever they are."""

from __future__ import annotations

import json
import re
import sys
import unicodedata
from typing import Any, TextIO

import msgspec

# Whole escape sequences go; an unfinished one stays, with its escape character made visible, so
# that it cannot take the text behind it along.
_SEQUENCES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # CSI: colours, cursor
    r"|\x1b[\]PX^_][^\x07\x1b\x9c]*(?:\x07|\x1b\\|\x9c)"  # OSC, DCS, SOS, PM, APC: titles, links
    r"|\x1b[ -/]*[0-Z\\`-~]"  # two characters: reset, charset
    r"|\x9b[0-?]*[ -/]*[@-~]|\x9d[^\x07\x1b\x9c\x9d]*(?:\x07|\x1b\\|\x9c)"  # the same in one byte
)
_BIDI = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
_HIDDEN = re.compile(f"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ud800-\udfff{_BIDI}]")


def clean(text: str) -> str:
    """The text without escape sequences; other control and direction characters made visible."""
    text = _SEQUENCES.sub("", text.replace("\r\n", "\n"))
    return _HIDDEN.sub(_visible, text)


def clean_line(text: str) -> str:
    """``clean``, on one line."""
    return " ".join(clean(text).split())


def _visible(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 0x20:
        return chr(0x2400 + code)
    return "\u2421" if code == 0x7F else f"<U+{code:04X}>"


def width(text: str) -> int:
    """How many cells of a terminal the text takes."""
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


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
