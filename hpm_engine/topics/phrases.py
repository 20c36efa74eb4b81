"""Phrases of what users said, and which of them tells most of a prototype."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log2, sqrt

from hpm_engine.topics.clauses import Word
from hpm_engine.topics.sayings import Weighed

Phrase = tuple[Word, ...]
_WORDS = 6  # of a phrase
_READ = 32  # heaviest sayings whose phrases are tried
_ALONE = 0.6  # worth of a word that stands alone, of what it would have in a phrase
_LINK = 0.4  # of a word's length: what a link adds to that of a phrase
_AGAIN = 0.5  # worth that each doubling of the sayings with a phrase adds


def ranked(by: Sequence[Weighed], worth: Mapping[str, float]) -> list[Phrase]:
    """The phrases of the heaviest sayings, the most telling first."""
    spread: Counter[tuple[str, ...]] = Counter()
    shown: dict[tuple[str, ...], Phrase] = {}
    first: dict[tuple[str, ...], int] = {}
    for weight in by[:_READ]:
        for phrase in dict.fromkeys(_phrases(weight.saying.clauses)):
            key = tuple(word.key for word in phrase)
            if not any(word.key in worth for word in phrase if not word.link):
                continue
            spread[key] += 1
            first.setdefault(key, len(first))
            shown.setdefault(key, phrase)
    scores = {
        key: _score(phrase, worth) * (1 + _AGAIN * log2(spread[key]))
        for key, phrase in shown.items()
    }
    return [shown[key] for key in sorted(scores, key=lambda key: (-scores[key], first[key]))]


def content(phrase: Iterable[Word]) -> list[str]:
    """The keys of a phrase's words that tell something."""
    return [word.key for word in phrase if not word.link]


def _phrases(parts: Iterable[Sequence[Word]]) -> Iterator[Phrase]:
    for clause in parts:
        for start, word in enumerate(clause):
            if word.link:
                continue
            for stop in range(start + 1, min(start + _WORDS, len(clause)) + 1):
                phrase = tuple(clause[start:stop])
                telling = content(phrase)
                if not phrase[-1].link and len(set(telling)) == len(telling):
                    yield phrase


def _score(phrase: Phrase, worth: Mapping[str, float]) -> float:
    telling = content(phrase)
    length = len(telling) + _LINK * (len(phrase) - len(telling))
    total = sum(worth.get(key, 0.0) for key in telling) / sqrt(length)
    return total * _ALONE if len(telling) == 1 else total
