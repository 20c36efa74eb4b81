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
    standings: Iterable[Standing],
    now: int,
    newest: int = BUFFER_SIZE.value,
    *,
    by_use: bool = False,
) -> list[KeptMove]:
    """The moves that use asks for, most wanted first; nothing is moved here.

    Promotion: what is compressed and was recalled again and again lately becomes whole. Demotion:
    what is whole, not among the newest, a week old and hardly recalled becomes compressed. What a
    person pinned stays whole, or becomes whole again. What was evicted cannot come back.
    With ``by_use`` recalls warm less whose sessions ignored what they were given.
    """
    known = sorted(standings, key=lambda standing: (-(standing.at or 0), -standing.episode_id))
    heat = {standing.episode_id: _heat(standing, now, by_use=by_use) for standing in known}
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


def spared(
    standings: Iterable[Standing],
    now: int,
    newest: int = BUFFER_SIZE.value,
    *,
    by_use: bool = False,
) -> set[int]:
    """Episodes of which nothing may go for good: the newest, and those recalled again lately."""
    known = sorted(standings, key=lambda standing: (-(standing.at or 0), -standing.episode_id))
    hot = {
        standing.episode_id
        for standing in known
        if _heat(standing, now, by_use=by_use) >= PROMOTION_HEAT.value
    }
    return hot | {standing.episode_id for standing in known[:newest]}


def _heat(standing: Standing, now: int, *, by_use: bool) -> float:
    if standing.recalled_at is None:
        return 0.0
    heat = heat_at(standing.heat, standing.recalled_at, now)
    # Where nobody is known to have ignored it, each recall counts whole.
    share = (standing.used + 1) / (standing.used + standing.ignored + 1)
    return heat * share if by_use else heat


def _reason(standing: Standing) -> str:
    return "pinned" if standing.pinned else f"recalled {standing.times:,} times, again lately"
