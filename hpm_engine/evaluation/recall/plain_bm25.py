"""BM25 over whole texts in memory: the reference that recall is measured against."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from math import log

from hpm_engine.recall.words import FUNCTION_WORDS

_WORD = re.compile(r"\w+")
_ENDING = re.compile(r"(?<=\w{3})(?:ies|ied|ing|ed|es|s|y)$")
_SATURATION = 1.2  # k₁: how soon further times of a word stop counting
_LENGTH_SHARE = 0.75  # b: how much a document's length counts


class PlainBM25:
    """Okapi BM25 over all that each document says, words in lower case.

    ``log_weighted`` counts a word of the query 1 + log(times it stands there), the better of the
    two on the transfer task; else once. ``stemmed`` leaves out function words and cuts the
    commonest endings, which helps on talk and hurts on code.
    """

    def __init__(
        self, documents: Mapping[int, str], *, log_weighted: bool = True, stemmed: bool = False
    ) -> None:
        self._log_weighted = log_weighted
        self._words = _stems if stemmed else _words
        counts = {key: Counter(self._words(text)) for key, text in documents.items()}
        lengths = {key: sum(count.values()) for key, count in counts.items()}
        mean = sum(lengths.values()) / max(1, len(lengths)) or 1.0
        self._norms = {
            key: _SATURATION * (1 - _LENGTH_SHARE + _LENGTH_SHARE * lengths[key] / mean)
            for key in counts
        }
        self._postings: dict[str, dict[int, int]] = {}
        for key, count in counts.items():
            for word, times in count.items():
                self._postings.setdefault(word, {})[key] = times

    def scores(self, query: str, among: Iterable[int]) -> dict[int, float]:
        """The score of each of ``among``; 0 for what has no word of the query."""
        scores = dict.fromkeys(among, 0.0)
        for word, times in Counter(self._words(query)).items():
            holding = self._postings.get(word, {})
            rarity = log((len(self._norms) - len(holding) + 0.5) / (len(holding) + 0.5))
            if rarity <= 0:
                continue
            weight = rarity * (1 + log(times) if self._log_weighted else 1)
            for key in scores.keys() & holding.keys():
                count = holding[key]
                scores[key] += weight * count * (_SATURATION + 1) / (count + self._norms[key])
        return scores


def _words(text: str) -> list[str]:
    return _WORD.findall(text.lower())


def _stems(text: str) -> list[str]:
    return [_ENDING.sub("", word) for word in _words(text) if word not in FUNCTION_WORDS]
