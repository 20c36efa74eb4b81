"""About how often each identifier that a compressed memory holds was met in its whole episode.

``counts`` has a byte for each of ``held_words``: its place among ``COUNTS``.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Mapping, Sequence

from hpm_engine.compressor.evidence.identifiers import IDENTIFIER
from hpm_engine.values.compression import KeptSpan, LedgerWord

COUNTS = (1, 4, 10)  # what each bucket is read back as
BOUNDS = (3, 8)  # the first number of times that the next bucket holds


def bucket(times: int) -> int:
    """Which of ``COUNTS`` a number of times is stored as."""
    return bisect_right(BOUNDS, times)


def held_words(spans: Sequence[KeptSpan], ledger: Sequence[LedgerWord]) -> list[str]:
    """The identifiers in kept lines and in the ledger, each once, sorted."""
    texts = "\n".join(span.text for span in spans)
    return sorted({entry.word for entry in ledger}.union(IDENTIFIER.findall(texts)))


def counted(
    spans: Sequence[KeptSpan], ledger: Sequence[LedgerWord], counts: bytes
) -> Mapping[str, int]:
    """About how often each held word was met; only the ledger's where ``counts`` is empty.

    Raises ``ValueError`` for counts of other words.
    """
    if not counts:
        return {entry.word: entry.count for entry in ledger}
    words = held_words(spans, ledger)
    if len(words) != len(counts) or max(counts) >= len(COUNTS):
        raise ValueError("counts of other words than a compressed memory holds")
    return {word: COUNTS[value] for word, value in zip(words, counts, strict=True)}


def repeats(
    spans: Sequence[KeptSpan], ledger: Sequence[LedgerWord], counts: bytes
) -> Mapping[str, int]:
    """How many times a search should meet each word beside the kept lines; none where not at all.

    What is counted comes out as often as it was met, about. Of a bare ledger it is the root of
    that: a list without texts around has no length that a ranking could divide by.
    """
    if not counts:
        return {entry.word: round(entry.count**0.5) for entry in ledger}
    here = Counter(IDENTIFIER.findall("\n".join(span.text for span in spans)))
    every = counted(spans, ledger, counts)
    return {word: more for word, times in every.items() if (more := times - here[word]) > 0}
