"""Parts of a score beside the texts: how lately an episode ended, how much it was worth."""

from __future__ import annotations

from collections.abc import Sequence
from math import log1p

from hpm_engine.store.recall_log import heat_at
from hpm_engine.store.search.recall_scope import Standing
from hpm_engine.values.episodes import Outcome

_PINNED = 2.0  # importance of a pin
_SUCCEEDED = 0.5  # importance of success


def recency(rows: Sequence[Standing]) -> dict[int, float]:
    """The position of each episode in time, from 0 (first, or at no known time) to 1 (last).

    Places rather than days: sessions come in bursts, and a decay by days is a guess at a rate.
    """
    order = sorted(rows, key=lambda row: (row.at or 0, row.episode_id))
    last = max(1, len(order) - 1)
    return {row.episode_id: rank / last for rank, row in enumerate(order)}


def use(rows: Sequence[Standing]) -> dict[int, float]:
    """The share of sessions that used an episode of those that were given it.

    With one session more on either side, so that what was never given stands in the middle.
    """
    return {row.episode_id: (row.used + 1) / (row.used + row.ignored + 2) for row in rows}


def importance(rows: Sequence[Standing], now: int) -> dict[int, float]:
    """Pins, use that has not faded yet, and success."""
    return {
        row.episode_id: _PINNED * row.pinned
        + log1p(heat_at(row.heat, row.recalled_at or now, now))
        + _SUCCEEDED * (row.outcome == Outcome.SUCCESS)
        for row in rows
    }
