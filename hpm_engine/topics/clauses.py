"""Texts as clauses of words: paths and identifiers in words, what tells nothing left out."""

from __future__ import annotations

import re
from typing import NamedTuple

from hpm_engine.topics.stop_words import LINKS, STOP_WORDS, VERBS
from hpm_engine.words.scripts import UNSPACED

_LONGEST = 28  # characters of a word
_CHUNK = re.compile(r"[^\s,;:!?()\[\]{}<>\"“”„«»|*=…\u3001\u3002\uff0c\uff1a\uff01\uff1f]+|\S")
_APART = re.compile(r"\b(?:https?|ftp|file)://\S+|\[REDACTED[^\]]{0,200}\]")  # no words: cut there
_ENDS = "`'’‘.-–—#@+~&%$^\\_"  # noqa: RUF001
_UNSPACED = re.compile(f"[{UNSPACED}]")
_CLIPPED = 12  # characters of a run without spaces
_ENDING = re.compile(r"\.[A-Za-z]{1,5}$")
_IDENTITY = re.compile(r"[0-9a-fA-F-]{7,}")


class Word(NamedTuple):
    """A word as the user wrote it, and ``key``, by which it is the same in other texts."""

    shown: str
    key: str
    link: bool = False


def clauses(text: str) -> list[list[Word]]:
    """The words of a text, cut where a name cannot go on: punctuation, stop words, numbers."""
    cut: list[list[Word]] = [[]]
    for chunk in _CHUNK.findall(_APART.sub(" ; ", text)):
        words = _words(chunk)
        if not words:
            cut.append([])
            continue
        cut[-1] += words
        if chunk[-1] in ".;":
            cut.append([])
    return [clause for clause in cut if any(not word.link for word in clause)]


def keys(text: str) -> frozenset[str]:
    """The words of a text that tell something, each once."""
    return frozenset(word.key for clause in clauses(text) for word in clause if not word.link)


def key_of(word: str) -> str:
    """A word as it is the same in other texts: small letters, without the s of a plural."""
    key = word.casefold().replace("’", "'").removesuffix("'s")  # noqa: RUF001
    plural = len(key) > 4 and key.endswith("s") and not key.endswith(("ss", "us", "is"))
    return key[:-1] if plural else key


def _words(chunk: str) -> list[Word]:
    """The words of a piece of text between spaces; none where a name cannot go on there."""
    if "REDACTED" in chunk or "@" in chunk[1:]:
        return []
    bare = chunk.strip(_ENDS)
    if "/" in bare:
        bare = _ENDING.sub("", bare.rstrip("/").rsplit("/", 1)[-1]).strip(_ENDS)
    if _UNSPACED.search(bare):
        return [Word(bare[:_CLIPPED], bare[:_CLIPPED])]
    pieces = [piece for piece in bare.split("_") if piece] if bare.count("_") < 5 else []
    words = [_word(piece.strip(_ENDS)) for piece in pieces]
    return [word for word in words if word] if all(words) else []


def _word(piece: str) -> Word | None:
    small = piece.casefold().replace("’", "'")  # noqa: RUF001
    if small in LINKS or small in VERBS:
        return Word(piece, small, link=True)
    letters = sum(letter.isalpha() for letter in piece)
    if small in STOP_WORDS or letters < 2 or len(piece) > _LONGEST or 2 * letters < len(piece):
        return None
    if _IDENTITY.fullmatch(piece) and letters < len(piece):
        return None
    return Word(piece, key_of(piece))
