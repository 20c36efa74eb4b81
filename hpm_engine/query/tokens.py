"""A search cut into tokens: words, quoted texts, fields with their values, operators."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import Enum, auto

import msgspec

from hpm_engine.config import SEARCH_CHARACTERS
from hpm_engine.errors import BadQuery
from hpm_engine.query.fields import FIELDS
from hpm_engine.query.near_miss import nearest

_FIELD = re.compile(r"([A-Za-z]{2,20}):")
_ESCAPE = re.compile(r'\\(["\\])')
_OPERATORS = ("or", "and", "not")


class Sort(Enum):
    """The sort of a token."""

    TERM = auto()
    OPEN = auto()
    CLOSE = auto()
    NOT = auto()
    AND = auto()
    OR = auto()


class Token(msgspec.Struct, frozen=True):
    """A token and its position in the search."""

    sort: Sort
    start: int
    end: int
    value: str = ""  # raw: a quoted value has its escapes
    field: str = ""
    quoted: bool = False
    value_start: int = 0

    def text(self) -> str:
        """The value without escapes."""
        return _ESCAPE.sub(r"\1", self.value) if self.quoted else self.value

    def bad(self, message: str) -> BadQuery:
        """An error about this token."""
        return BadQuery(f"At position {self.start + 1}: {message}", self.start, self.length)

    @property
    def length(self) -> int:
        """The number of its characters, at least 1."""
        return max(1, self.end - self.start)


def quote(text: str) -> str:
    """The text in quotes; ``Token.text`` is its inverse."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_operator(word: str) -> bool:
    """Whether a bare word is an operator."""
    return word.lower() in _OPERATORS


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a search, in order; raises ``BadQuery`` with the position."""
    if len(text) > SEARCH_CHARACTERS.value:
        raise BadQuery(
            f"A search has at most {SEARCH_CHARACTERS.value:,} characters; "
            f"this one has {len(text):,}. Search for a characteristic part of it.",
            SEARCH_CHARACTERS.value,
        )
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        token = _token(text, position)
        position = token.end
        yield token


def _token(text: str, start: int) -> Token:
    match text[start]:
        case "(":
            return Token(Sort.OPEN, start, start + 1, "(")
        case ")":
            return Token(Sort.CLOSE, start, start + 1, ")")
        case "-" if _negates(text[start + 1 : start + 2]):
            return Token(Sort.NOT, start, start + 1, "-")
        case '"':
            return _value(text, start, start)
    if (name := _FIELD.match(text, start)) and (token := _field(text, start, name)):
        return token
    word = _value(text, start, start)
    if is_operator(word.value):
        return Token(Sort[word.value.upper()], start, word.end, word.value)
    return word


def _field(text: str, start: int, match: re.Match[str]) -> Token | None:
    """The field token that begins with a name and a colon; None for a word with a colon."""
    name = match[1].lower()
    token = _value(text, start, match.end(), name)
    if name in FIELDS:
        if not token.value and not token.quoted:
            raise token.bad(
                f"{name}: needs a value right after the colon, for example "
                f"{FIELDS[name].example}. Put it in quotes to search for the word."
            )
        return token
    meant = nearest(name, FIELDS)
    if meant and token.value and token.value[0] not in "/:":
        raise token.bad(
            f"there is no field {name}:. Did you mean {meant}: (as in {FIELDS[meant].example})? "
            "Put it in quotes to search for the text."
        )
    return None


def _value(text: str, start: int, begin: int, field: str = "") -> Token:
    if text[begin : begin + 1] == '"':
        end = _closing(text, begin)
        return Token(Sort.TERM, start, end + 1, text[begin + 1 : end], field, True, begin + 1)
    end = _word_end(text, begin)
    return Token(Sort.TERM, start, end, text[begin:end], field, False, begin)


def _negates(following: str) -> bool:
    """Whether a minus before this character excludes: ``--option`` is a word to search for."""
    return bool(following) and not following.isspace() and following not in ")-"


def _closing(text: str, opening: int) -> int:
    index = opening + 1
    while index < len(text):
        if text[index] == '"':
            return index
        index += 2 if text[index] == "\\" and text[index + 1 : index + 2] in ('"', "\\") else 1
    raise BadQuery(
        f'The quote at position {opening + 1} is not closed. Add a " at the end of the phrase.',
        opening,
    )


def _word_end(text: str, index: int) -> int:
    """The end of a bare word; its own parentheses, as in ``main()``, belong to it."""
    depth = 0
    while index < len(text) and not text[index].isspace() and text[index] != '"':
        if text[index] == ")":
            if not depth:
                break
            depth -= 1
        depth += text[index] == "("
        index += 1
    return index
