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
    """What a token is."""

    TERM = auto()
    OPEN = auto()
    CLOSE = auto()
    NOT = auto()
    AND = auto()
    OR = auto()


class Token(msgspec.Struct, frozen=True):
    """A token and its place. ``value`` is raw: escapes in a quoted one are still there."""

    sort: Sort
    start: int
    end: int
    value: str = ""
    field: str = ""
    quoted: bool = False
    value_at: int = 0

    def text(self) -> str:
        """The value as meant."""
        return _ESCAPE.sub(r"\1", self.value) if self.quoted else self.value

    def bad(self, message: str) -> BadQuery:
        """An error about this token."""
        return BadQuery(f"At position {self.start + 1}: {message}", self.start, self.length)

    @property
    def length(self) -> int:
        """How many characters it takes."""
        return max(1, self.end - self.start)


def quote(text: str) -> str:
    """The text in quotes, so that ``Token.text`` gives it back."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def is_operator(word: str) -> bool:
    """Whether a bare word would be read as an operator."""
    return word.lower() in _OPERATORS


def tokens(text: str) -> Iterator[Token]:
    """The tokens of a search, in order; raises ``BadQuery`` with the place."""
    if len(text) > SEARCH_CHARACTERS.value:
        raise BadQuery(
            f"A search has at most {SEARCH_CHARACTERS.value:,} characters; "
            f"this one has {len(text):,}. Search for a characteristic part of it.",
            SEARCH_CHARACTERS.value,
        )
    place = 0
    while place < len(text):
        if text[place].isspace():
            place += 1
            continue
        token = _token(text, place)
        place = token.end
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
    if (found := _FIELD.match(text, start)) and (token := _field(text, start, found)):
        return token
    word = _value(text, start, start)
    if is_operator(word.value):
        return Token(Sort[word.value.upper()], start, word.end, word.value)
    return word


def _field(text: str, start: int, found: re.Match[str]) -> Token | None:
    """The field token that begins here, if this is one and not a word with a colon in it."""
    name = found[1].lower()
    token = _value(text, start, found.end(), name)
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


def _value(text: str, start: int, at: int, field: str = "") -> Token:
    if text[at : at + 1] == '"':
        end = _closing(text, at)
        return Token(Sort.TERM, start, end + 1, text[at + 1 : end], field, True, at + 1)
    end = _word_end(text, at)
    return Token(Sort.TERM, start, end, text[at:end], field, False, at)


def _negates(following: str) -> bool:
    """Whether a minus before this character excludes: ``--option`` is a word to search for."""
    return bool(following) and not following.isspace() and following not in ")-"


def _closing(text: str, opening: int) -> int:
    place = opening + 1
    while place < len(text):
        if text[place] == '"':
            return place
        place += 2 if text[place] == "\\" and text[place + 1 : place + 2] in ('"', "\\") else 1
    raise BadQuery(
        f'The quote at position {opening + 1} is not closed. Add a " at the end of the phrase.',
        opening,
    )


def _word_end(text: str, place: int) -> int:
    """Where a bare word ends; its own parentheses, as in ``main()``, belong to it."""
    depth = 0
    while place < len(text) and not text[place].isspace() and text[place] != '"':
        if text[place] == ")":
            if not depth:
                break
            depth -= 1
        depth += text[place] == "("
        place += 1
    return place
