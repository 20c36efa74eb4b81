"""Which episodes' texts should be kept in another way, by their use or its lack."""

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
    known = sorted(standings, key=lambda one: (-(one.at or 0), -one.episode_id))
    heat = {one.episode_id: _heat(one, now) for one in known}
    up = [
        KeptMove(one.episode_id, one.kept, Kept.WHOLE, _reason(one))
        for one in known
        if one.kept is Kept.COMPRESSED
        and (one.pinned or heat[one.episode_id] >= PROMOTION_HEAT.value)
    ]
    down = [
        KeptMove(one.episode_id, Kept.WHOLE, Kept.COMPRESSED, "old and hardly recalled")
        for one in known[newest:]
        if one.kept is Kept.WHOLE
        and not one.pinned
        and now - (one.at or 0) >= DEMOTION_AGE.value * _DAY
        and heat[one.episode_id] < DEMOTION_HEAT.value
    ]
    up.sort(key=lambda move: (-heat[move.episode_id], move.episode_id))
    down.sort(key=lambda move: (heat[move.episode_id], move.episode_id))
    return up + down


def spared(standings: Iterable[Standing], now: int, newest: int = BUFFER_SIZE.value) -> set[int]:
    """Episodes of which nothing may go for good: the newest, and those recalled again lately."""
    known = sorted(standings, key=lambda one: (-(one.at or 0), -one.episode_id))
    hot = {one.episode_id for one in known if _heat(one, now) >= PROMOTION_HEAT.value}
    return hot | {one.episode_id for one in known[:newest]}


def _heat(one: Standing, now: int) -> float:
    return 0.0 if one.recalled_at is None else heat_at(one.heat, one.recalled_at, now)


def _reason(one: Standing) -> str:
    return "pinned" if one.pinned else f"recalled {one.times:,} times, again lately"
