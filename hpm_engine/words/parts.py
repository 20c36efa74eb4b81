"""The parts of names: user and profile of userProfile and user_profile, 2.1.3 of v2.1.3; C++.

FTS5 takes ``userProfile`` for one word. The parts are indexed in a column of their own, so that
the words and phrases of the text stay unchanged.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

LONGEST = 64  # characters of a name
MOST_CHANGES = 3  # between letters and digits of a name: digests and dumps have more
_PIECE = re.compile("[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_CHAIN = re.compile(r"[A-Za-z0-9]+(?:\.[0-9][A-Za-z0-9]*)*")
_DIGIT_CHANGE = re.compile("(?<=[0-9])(?=[A-Za-z])|(?<=[A-Za-z])(?=[0-9])")
_APART = re.compile("[a-z][A-Z0-9]|[0-9][A-Za-z]|[A-Z][0-9]|[A-Z][A-Z][a-z]")
# Names that end in signs, as C++, C# and g++ do, or begin with one, as .NET does. Each expression
# begins with the sign, so that a search of a long text is quick.
_PLUS = re.compile(rb"\+(?=\+)(?<=[A-Za-z0-9]\+)\+(?!\+)")
_SHARP = re.compile(rb"#(?<=[A-Za-z]#)(?![A-Za-z_#])")
_DOT = re.compile(rb"\.(?:NET|net)(?![A-Za-z0-9_])")
_DOTTED = ".0123456789"
_WORD_BEFORE = re.compile(rb"[A-Za-z0-9]+\Z")
_NAME = re.compile(r"\w+")
_SIGN = {sign: chr(0xE000 + ord(sign)) for sign in "+#."}  # private letters, parts of words
END = "\ue000"  # between two names, so that words of both make no phrase


def apart(word: str) -> str | None:
    """The pieces of a name in letters and digits (with dotted numbers); ``None`` for one piece."""
    if len(word) > LONGEST or not _APART.search(word):
        return None
    if len(_DIGIT_CHANGE.findall(word)) > MOST_CHANGES:
        return None
    return " ".join(_PIECE.findall(word))


def pieces_of(text: str) -> str | None:
    """The pieces of a text that is one name, with dotted numbers; ``None`` for other texts."""
    if len(text) > LONGEST or not _CHAIN.fullmatch(text):
        return None
    words = text.split(".")
    pieces = [apart(word) for word in words]
    if not any(pieces):
        return None
    return " ".join(piece or word for piece, word in zip(pieces, words, strict=True))


def letters_of(word: str) -> str:
    """A name without the number at its end, if its letters are several words; else ""."""
    letters = word.rstrip("0123456789")
    return letters if letters != word and letters.isalpha() and _APART.search(letters) else ""


def words_in(text: str) -> set[str]:
    """The distinct words of a text in lower case; a name joined by ``_`` is one word."""
    return set(_NAME.findall(text.lower()))


def underscored(words: Set[str]) -> list[str]:
    """The parts of names joined by ``_``, sorted, without those that are words themselves."""
    names = (word for word in words if "_" in word.strip("_") and len(word) <= LONGEST)
    return sorted({part for name in names for part in name.split("_") if part} - words)


def chain_at(text: str, start: int, end: int) -> str:
    """The name with dotted numbers around a word, such as ``v2.1.3`` around ``v2``."""
    if "0" <= text[start] <= "9":
        before = text[max(0, start - LONGEST // 2) : start]
        start -= len(before) - len(before.rstrip(_DOTTED))
        start += 1 if text[start] == "." else 0
    match = _CHAIN.match(text, start, start + LONGEST)
    return match[0] if match and match.end() >= end else text[start:end]


def signed(text: bytes) -> Iterator[tuple[int, str]]:
    """The names with signs in a text: the offset of each, and the word that replaces it."""
    for match in _PLUS.finditer(text):
        yield match.start(), _word_before(text, match.start()) + 2 * _SIGN["+"]
    for match in _SHARP.finditer(text):
        yield match.start(), _word_before(text, match.start()) + _SIGN["#"]
    if b".NET" in text or b".net" in text:
        for match in _DOT.finditer(text):
            yield match.start(), _SIGN["."] + "net"


def _word_before(text: bytes, end: int) -> str:
    match = _WORD_BEFORE.search(text, max(0, end - LONGEST), end)
    return match[0].decode() if match else ""
