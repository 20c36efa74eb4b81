"""Sentences, their words, and whether a sentence takes something back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from hpm_engine.words.scripts import words_of

_SENTENCE = re.compile(r"(?<=[.!?;])\s+|\n+")
_COMMON = frozenset(
    (
        *("a", "an", "and", "are", "as", "at", "be", "been", "before", "but", "by", "can"),
        *("could", "did", "do", "does", "done", "for", "from", "had", "has", "have", "he"),
        *("her", "here", "him", "his", "how", "i", "if", "in", "into", "is", "it", "its"),
        *("just", "may", "me", "more", "most", "must", "my", "no", "not", "of", "off", "on"),
        *("once", "one", "only", "or", "our", "out", "over", "she", "should", "so", "some"),
        *("than", "that", "the", "their", "them", "then", "there", "these", "they", "this"),
        *("those", "through", "to", "too", "under", "until", "up", "us", "use", "used"),
        *("using", "very", "was", "we", "were", "what", "when", "where", "which", "while"),
        *("who", "will", "with", "would", "you", "your", "never", "always", "please"),
        *("every", "each", "any", "all", "also", "now"),
    )
)
_BACK = (
    r"(?:no longer|not|never|don['\u2019]t|do not|stop(?:ped)?|forget|drop(?:ped)?|without|"
    r"instead of|rather than|away from|rid of|replac\w{1,3}|remov\w{1,3}|abandon\w{0,3}|"
    r"retir\w{1,3})"
)
_GONE = (
    r"(?:gone|removed|dropped|replaced|deprecated|retired|no longer|dead|history|wrong|outdated|"
    r"not used|not any ?more|was the old|is the old|moved)"
)


def sentences(text: str) -> Iterator[str]:
    """The sentences and lines of a text that have letters."""
    for sentence in _SENTENCE.split(text):
        if sentence and any(letter.isalnum() for letter in sentence):
            yield sentence


@lru_cache(maxsize=20_000)
def content_words(text: str) -> frozenset[str]:
    """The words of a text that carry its meaning, without their endings."""
    return frozenset(
        _stem(word) for word in words_of(text.lower()) if word not in _COMMON and len(word) > 1
    )


def _stem(word: str) -> str:
    for ending in ("ings", "ing", "ies", "es", "ed", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) > 2:
            return word[: -len(ending)]
    return word


def takes_back(sentence: str, term: str) -> bool:
    """Whether a sentence says that a term holds no longer."""
    lowered, wanted = sentence.lower()[:1_000], re.escape(term.lower())
    between = r"(?:[^\w]{1,3}[\w'\u2019-]{1,20}){0,3}?[^\w]{1,3}"
    before = rf"\b{_BACK}\b{between}{wanted}(?![\w])"
    after = rf"(?<![\w]){wanted}[`\"']?{between}{_GONE}\b"
    return bool(re.search(before, lowered) or re.search(after, lowered))


def has_term(text: str, term: str) -> bool:
    """Whether a text holds a term as a whole, in whatever case."""
    lowered, wanted = text.lower(), term.lower()
    start = lowered.find(wanted)
    while start >= 0:
        end = start + len(wanted)
        left = lowered[start - 1 : start]
        right = lowered[end : end + 1]
        if not (_is_inside(left) and _is_inside(wanted[:1])) and not (
            _is_inside(right) and _is_inside(wanted[-1:])
        ):
            return True
        start = lowered.find(wanted, start + 1)
    return False


def _is_inside(letter: str) -> bool:
    return letter.isalnum() or letter in ("_", "-") if letter else False
