"""Chooses the episodes that should become whole or compressed, by their use."""

from __future__ import annotations

from collections.abc import Iterable

from hpm_engine.config import BUFFER_SIZE, DEMOTION_AGE, DEMOTION_HEAT, PROMOTION_HEAT
from hpm_engine.store.recall_log import heat_at
from hpm_engine.store.search.recall_scope import Standing
from hpm_engine.values.episodes import Kept
from hpm_engine.values.recall import KeptMove

_DAY = 86_400 * 1_000_000  # microseconds


def moves(
    standings: Iterable[Standing], now: int, newest: int = BUFFER_SIZE.value
) -> list[KeptMove]:
    """The moves that use asks for, most wanted first; nothing is moved here.

    Promotion: what is compressed and was recalled again and again lately becomes whole. Demotion:
    what is whole, not among the newest, a week old and hardly recalled becomes compressed. What a
    person pinned stays whole, or becomes whole again. What was evicted cannot come back.
    """
    known = sorted(standings, key=lambda standing: (-(standing.at or 0), -standing.episode_id))
    heat = {standing.episode_id: _heat(standing, now) for standing in known}
    up = [
        KeptMove(standing.episode_id, standing.kept, Kept.WHOLE, _reason(standing))
        for standing in known
        if standing.kept is Kept.COMPRESSED
        and (standing.pinned or heat[standing.episode_id] >= PROMOTION_HEAT.value)
    ]
    down = [
        KeptMove(standing.episode_id, Kept.WHOLE, Kept.COMPRESSED, "old and hardly recalled")
        for standing in known[newest:]
        if standing.kept is Kept.WHOLE
        and not standing.pinned
        and now - (standing.at or 0) >= DEMOTION_AGE.value * _DAY
        and heat[standing.episode_id] < DEMOTION_HEAT.value
    ]
    up.sort(key=lambda move: (-heat[move.episode_id], move.episode_id))
    down.sort(key=lambda move: (heat[move.episode_id], move.episode_id))
    return up + down


def spared(standings: Iterable[Standing], now: int, newest: int = BUFFER_SIZE.value) -> set[int]:
    """Episodes of which nothing may go for good: the newest, and those recalled again lately."""
    known = sorted(standings, key=lambda standing: (-(standing.at or 0), -standing.episode_id))
    hot = {
        standing.episode_id for standing in known if _heat(standing, now) >= PROMOTION_HEAT.value
    }
    return hot | {standing.episode_id for standing in known[:newest]}


def _heat(standing: Standing, now: int) -> float:
    return (
        0.0 if standing.recalled_at is None else heat_at(standing.heat, standing.recalled_at, now)
    )


def _reason(standing: Standing) -> str:
    return "pinned" if standing.pinned else f"recalled {standing.times:,} times, again lately"
