"""Text of unknown origin with its invisible characters spelled out.

Models read characters that no font draws: tag letters, variation selectors, zero-width spaces. A
text that hides an instruction in them must show it to people, and must not hand it to agents.
"""

from __future__ import annotations

import re
from functools import cache

# Unicode's default ignorable characters without the joiner U+200C: fillers, bidi marks, variation
# selectors, tags and all of plane 14. None of them is a part of a word or separates words.
IGNORABLE = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
# Controls, line separators, surrogates and noncharacters are hidden too.
_SEEN_NOWHERE = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
_HIDDEN = f"{_SEEN_NOWHERE}\u200c{IGNORABLE}"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_PICTURES = (  # joined to others, or drawn in colour or not by a selector
    "\xa9\xae\u203c\u2049\u2122\u2139\u2190-\u21ff\u2300-\u23ff\u24c2\u25a0-\u27bf\u2934\u2935"
    "\u2b00-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
# Scripts with letters that a joiner changes: Arabic to Thaana, Mongolian, and Indic ones.
JOINED = (
    "\u0620-\u06ff\u0710-\u07ff\u0840-\u08ff\u0900-\u0dff\u0f40-\u0fbc\u1000-\u109f\u1780-\u17d3"
    "\u1820-\u18aa\ufb50-\ufdcf\ufdf0-\ufdff\ufe70-\ufefc\U00011000-\U0001147f"
)
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
# England, Scotland, Wales: no system draws other flags of this kind.
FLAG = (
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)"
    "\U000e007f"
)
# Hidden characters that change what is seen, and stay: each of these expressions is one such
# character with its neighbours, and the flags as a whole.
_MEANT = "|".join(
    (
        FLAG,
        f"(?<=[{_PICTURES}\ufe0f])\u200d(?=[{_PICTURES}])",
        f"(?<=[{JOINED}])[\u200c\u200d](?![\u200c\u200d])",
        f"(?<=[{_PICTURES}])[\ufe0e\ufe0f](?![{_SELECTORS}])",
        "(?<=[0-9#*])\ufe0f(?=\u20e3)",
        f"(?<=[{_HAN}\u3001-\u303f\u3040-\u30ff\uff01-\uff60])[\ufe00-\ufe02](?![{_SELECTORS}])",
        f"(?<=[{_HAN}])[\U000e0100-\U000e011f](?![{_SELECTORS}])",
        f"(?<=[\u2200-\u22ff\u2a00-\u2aff\u1000-\u109f\ua840-\ua877])\ufe00(?![{_SELECTORS}])",
        "(?<=[\u1820-\u18aa])[\u180b-\u180f](?![\u180b-\u180f])",
        "(?<=[\u1100-\u115e\ua960-\ua97c])\u1160|\u115f(?=[\u1161-\u11a7\ud7b0-\ud7c6])",
    )
)
_ANY_HIDDEN = re.compile(f"[{_HIDDEN}]")
_ANY_HIDDEN_OR_BREAK = re.compile(f"[{_HIDDEN}\t\n]")
# The texts that ``visible`` writes in place of invisible characters in words.
SPELLED = r"⟦(?:[A-Z]{2,4}|U\+[0-9A-F]{4,6}|[0-9]{1,9} invisible characters: [U+0-9A-F to]{6,20})⟧"
_DOTLESS = "\u2800"  # a braille pattern: a symbol, drawn as nothing
_FEW = 3  # hidden characters in a row that are spelled one by one; more as a range
_NAMES = {
    "\u200b": "ZWSP",
    "\u200c": "ZWNJ",
    "\u200d": "ZWJ",
    "\u200e": "LRM",
    "\u200f": "RLM",
    "\u202a": "LRE",
    "\u202b": "RLE",
    "\u202c": "PDF",
    "\u202d": "LRO",
    "\u202e": "RLO",
    "\u2066": "LRI",
    "\u2067": "RLI",
    "\u2068": "FSI",
    "\u2069": "PDI",
}
_PICTURED = {code: chr(0x2400 + code) for code in range(0x20)} | {0x7F: "\u2421"}
_PICTURED |= {ord("\n"): "\u23ce", ord("\t"): " "}


# Both are compiled at their first use: each takes 8 ms, and most texts hide nothing.
@cache
def _run() -> re.Pattern[str]:
    return re.compile(f"(?:{_MEANT})|([{_HIDDEN}]+)")


@cache
def _run_or_break() -> re.Pattern[str]:
    return re.compile(f"(?:{_MEANT})|([{_HIDDEN}]+|[\t\n])")


def visible(text: str, *, lines: bool = False) -> str:
    """The text with every invisible character spelled out, as ``⟦U+E0041⟧``.

    A longer run is spelled as its number and its range: ``⟦26 invisible characters: U+E0020 to
    U+E007A⟧``. Characters that scripts and pictures need stay: joiners in Persian and Indic scripts
    and between emoji, a selector behind the character that it changes, the three flags of tags.

    Line breaks and tabs stay when ``lines``; otherwise a break shows as ``⏎``, a tab as a space.
    A break of two characters (CR and LF) is one break.
    """
    if text.isascii() and text.isprintable():
        return text
    text = text.replace("\r\n", "\n")
    if not (_ANY_HIDDEN if lines else _ANY_HIDDEN_OR_BREAK).search(text):
        return text
    return _run().sub(_spelled, text) if lines else _run_or_break().sub(_spelled, text)


def is_blank(text: str) -> bool:
    """Whether a text has only blanks and invisible characters."""
    return not _ANY_HIDDEN.sub("", text).replace(_DOTLESS, "").strip()


def _spelled(match: re.Match[str]) -> str:
    hidden = match[1]
    if hidden is None:
        return match[0]
    return "".join(_spelled_run(run) for run in _runs(hidden))


def _runs(hidden: str) -> list[str]:
    """The controls one by one, since each has a sign, and the runs between them."""
    runs = [""]
    for character in hidden:
        if ord(character) in _PICTURED:
            runs += (character, "")
        else:
            runs[-1] += character
    return [run for run in runs if run]


def _spelled_run(run: str) -> str:
    if ord(run[0]) in _PICTURED:
        return _PICTURED[ord(run[0])]
    if len(run) <= _FEW:
        return "".join(f"⟦{_NAMES.get(character) or _code(character)}⟧" for character in run)
    first, last = _code(min(run)), _code(max(run))
    which = first if first == last else f"{first} to {last}"
    return f"⟦{len(run)} invisible characters: {which}⟧"


def _code(character: str) -> str:
    return f"U+{ord(character):04X}"
