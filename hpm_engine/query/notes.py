"""Searches of notes: the same language, with the fields that notes have.

While somebody types, the last word may go on: in a search of notes it may be the beginning of a
word, unless it stands in quotes.
"""

from __future__ import annotations

from hpm_engine.query.fields import FIELDS
from hpm_engine.query.grammar import parse
from hpm_engine.query.nodes import And, Node, Not, Or, Text, has_words
from hpm_engine.query.tokens import Sort, Token, quote, tokens
from hpm_engine.words.scripts import begins, words_of

NOTE_FIELDS = ("title", "project", "agent", "after", "before")


def parse_of_notes(text: str) -> Node:
    """The condition on notes that a search states; an empty text means every note.

    Raises ``BadQuery``, also for a field that notes do not have.
    """
    for token in _fields(text):
        if token.field not in NOTE_FIELDS:
            names = ", ".join(f"{name}:" for name in NOTE_FIELDS)
            raise token.bad(
                f"notes have no {token.field}: ({FIELDS[token.field].meaning}). In a search of"
                f" notes there are words and {names}. Put it in quotes to search for the text."
            )
    last = _last_word(text)
    return parse(text if last is None else text[: last.end] + "*" + text[last.end :])


def as_search_of_notes(text: str) -> str:
    """The text by which ``parse_of_notes`` means what a search of episodes means by ``text``.

    "" where that asks something that no note has, or where notes need none of its words to meet
    it. Raises ``BadQuery`` for what is no search.
    """
    node = parse(text)
    if not _needs_word(node) or any(token.field not in NOTE_FIELDS for token in _fields(text)):
        return ""
    last = _last_word(text)
    if last is not None:
        text = text[: last.start] + quote(last.value) + text[last.end :]
    return text.strip()


def words_asked(text: str) -> int:
    """How many words whatever meets a search holds all of, as they stand.

    0 where it says more of its words: that some may do, begin otherwise or be absent.
    """
    texts = _held(parse(text))
    if texts is None or any(each.prefix or begins(each.value) for each in texts):
        return 0
    return sum(len(words_of(each.value)) for each in texts)


def _fields(text: str) -> list[Token]:
    return [token for token in tokens(text) if token.field]


def _last_word(text: str) -> Token | None:
    """The bare word at the end of a search, which may go on as it is typed."""
    before: Token | None = None
    last: Token | None = None
    for token in tokens(text):
        before, last = last, token
    if last is None or last.sort is not Sort.TERM or last.field or last.quoted:
        return None
    excluded = before is not None and before.sort is Sort.NOT
    return None if excluded or last.value.endswith("*") or not has_words(last.value) else last


def _needs_word(node: Node) -> bool:
    """Whether whatever meets a condition holds one of its words."""
    match node:
        case Text(value):
            return has_words(value)
        case And(items):
            return any(map(_needs_word, items))
        case Or(items):
            return all(map(_needs_word, items))
    return False


def _held(node: Node) -> list[Text] | None:
    """The texts that all are held by what meets a condition; None where it says more of some."""
    match node:
        case Text():
            return [node]
        case And(items):
            parts = [_held(item) for item in items]
            if any(part is None for part in parts):
                return None
            return [text for part in parts for text in part or ()]
        case Or(items):
            return [] if all(_held(item) == [] for item in items) else None
        case Not(item):
            return [] if _held(item) == [] else None
    return []
