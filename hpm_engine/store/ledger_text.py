"""The ledger as a part of an abridged step: identifiers, and how often each is to be met."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

LEDGER = "identifier ledger"  # the name of the part; with a space, as no tool is named
_MOST = 10  # times that a search meets a word: a text could say anything
_LISTED = re.compile(r"([A-Za-z_]\w*)(?:\*(\d{1,2})\b)?", re.ASCII)


def ledger_text(words: Mapping[str, int]) -> str:
    """Words in their order; one that counts more than once with its number behind it."""
    return " ".join(f"{word}*{min(n, _MOST)}" if n > 1 else word for word, n in words.items())


def ledger_words(text: str) -> Iterator[str]:
    """The words of such a text, each as often as it counts, ten times at most."""
    for word, times in _LISTED.findall(text):
        yield from (word for _ in range(min(int(times or 1), _MOST)))
