"""What users said of the episodes that a prototype holds, and how much each counts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from math import log, sqrt
from typing import NamedTuple

from hpm_engine.topics.clauses import Word, clauses


class Saying(NamedTuple):
    """What an episode was asked: the project, and the clauses of its title and of its tasks."""

    project: str
    clauses: tuple[tuple[Word, ...], ...]
    keys: frozenset[str]


class Sayings:
    """What each episode was asked, and in how many of them a word stands."""

    def __init__(self, texts: Mapping[int, tuple[str, str]]) -> None:
        """``texts`` are project and text by episode."""
        self._of = {key: saying(project, text) for key, (project, text) in texts.items()}
        self._spread = Counter(word for spoken in self._of.values() for word in spoken.keys)

    def __getitem__(self, episode_id: int) -> Saying:
        return self._of.get(episode_id, _SILENT)

    def __iter__(self) -> Iterator[int]:
        return iter(self._of)

    def usual(self, word: str) -> float:
        """The share of all episodes that say a word; never 0."""
        return (self._spread[word] + 0.5) / (len(self._of) + 1)


_SILENT = Saying("", (), frozenset())


def saying(project: str, text: str) -> Saying:
    """A text that was asked in a project."""
    parts = _parts(text)
    return Saying(project, parts, _keys(parts))


@lru_cache(8_192)
def _parts(text: str) -> tuple[tuple[Word, ...], ...]:
    return tuple(tuple(clause) for clause in clauses(text))


def _keys(parts: Iterable[Sequence[Word]]) -> frozenset[str]:
    return frozenset(word.key for clause in parts for word in clause if not word.link)


class Weighed(NamedTuple):
    """A saying, and its share among those of one prototype."""

    saying: Saying
    share: float


def weighed(
    shares: Mapping[int, float], sayings: Sayings, asks: Sequence[Saying] = ()
) -> list[Weighed]:
    """The sayings of a prototype's episodes, heaviest first, and what was asked later in them.

    ``shares`` says how many memories of each episode it explains. The root of that counts: one
    long session among many short ones is not all that a topic is about.
    """
    roots = [(sayings[key], sqrt(share)) for key, share in shares.items() if sayings[key].keys]
    roots += [(ask, 1.0) for ask in asks if ask.keys]
    total = sum(root for _, root in roots)
    roots.sort(key=lambda pair: -pair[1])  # stable: of equal ones the order of ``shares``
    return [Weighed(spoken, root / total) for spoken, root in roots]


def said(words: Iterable[str], by: Iterable[Weighed]) -> float:
    """The share of sayings with any of these words."""
    wanted = frozenset(words)
    return sum(weight.share for weight in by if wanted & weight.saying.keys)


def telling(by: Sequence[Weighed], sayings: Sayings) -> dict[str, float]:
    """Words that set a prototype's sayings apart from those of all: how much each tells.

    The share that says a word, times the logarithm of how many times its share among all that is
    (a word's part of the Kullback-Leibler divergence).
    """
    shares: dict[str, float] = {}
    for weight in by:
        for word in weight.saying.keys:
            shares[word] = shares.get(word, 0.0) + weight.share
    worth = {word: share * log(share / sayings.usual(word)) for word, share in shares.items()}
    return {word: value for word, value in worth.items() if value > 0}
