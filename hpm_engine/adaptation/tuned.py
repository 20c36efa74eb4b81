"""The result of fine-tuning before it is written, and the comparison of two sets of weights."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

import msgspec

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.config import FEWEST_HELD_OUT, FEWEST_LEARNED
from hpm_engine.values.adaptation import Verdict


class Tuned(msgspec.Struct, frozen=True, tag="tuned"):
    """New weights, what they were tuned from (SHA-256), and how they do on held-out episodes.

    Without a ``verdict`` there was too little to learn from, as ``reason`` says.
    """

    started_from: str
    data: bytes = b""
    verdict: Verdict | None = None
    reason: str = ""


def too_few(started_from: str, learned: int, held: int) -> Tuned | None:
    """What to answer where a store has too few episodes of use; ``None`` where it has enough."""
    if learned >= FEWEST_LEARNED.value and held >= FEWEST_HELD_OUT.value:
        return None
    reason = (
        f"There is too little to learn from: {learned} episodes of use to learn from and {held} to "
        f"hold out; {FEWEST_LEARNED.value} and {FEWEST_HELD_OUT.value} are needed."
    )
    return Tuned(started_from, reason=reason)


def verdict(learned: int, of: str, before: Sequence[float], after: Sequence[float]) -> Verdict:
    """Compare two sets of weights by one value of each for each held-out episode.

    ``learned`` is the number of episodes learned from, ``of`` as in ``Split``.
    """
    gains = [new - old for old, new in zip(before, after, strict=True)]
    low, high = by_query(gains)
    means = statistics.fmean(before), statistics.fmean(after)
    return Verdict(learned, len(gains), of, *means, low, high)
