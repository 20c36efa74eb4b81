"""Which episodes their use, or its lack, should move to another tier."""

from __future__ import annotations

from collections.abc import Iterable

from hpm_engine.recalled import TierMove
from hpm_engine.records import Tier
from hpm_engine.store.recall_log import heat_at
from hpm_engine.store.recall_scope import Standing

_DAY = 86_400 * 1_000_000  # microseconds
NEWEST = 100  # episodes that stay whole whatever their use (the paper's N)
PROMOTED_AT = 2.0  # heat: twice recalled within days, or more often within weeks
DEMOTED_AT = 0.25  # heat: one recall, two half-lives ago
LEAST_AGE = 7 * _DAY  # before which nothing is demoted


def moves(standings: Iterable[Standing], now: int, newest: int = NEWEST) -> list[TierMove]:
    """The moves that use asks for, most wanted first; nothing is moved here.

    Promotion: what is compressed or consolidated and was recalled again and again lately becomes
    whole. Demotion: what is whole, not among the newest, a week old and hardly recalled becomes
    compressed. What a person pinned stays where it is, or comes back.
    """
    known = sorted(standings, key=lambda one: (-(one.at or 0), -one.episode_id))
    heat = {one.episode_id: _heat(one, now) for one in known}
    up = [
        TierMove(one.episode_id, Tier(one.tier), Tier.EPISODIC, _reason(one))
        for one in known
        if one.tier != Tier.EPISODIC and (one.pinned or heat[one.episode_id] >= PROMOTED_AT)
    ]
    down = [
        TierMove(one.episode_id, Tier.EPISODIC, Tier.COMPRESSED, "old and hardly recalled")
        for one in known[newest:]
        if one.tier == Tier.EPISODIC
        and not one.pinned
        and now - (one.at or 0) >= LEAST_AGE
        and heat[one.episode_id] < DEMOTED_AT
    ]
    up.sort(key=lambda move: (-heat[move.episode_id], move.episode_id))
    down.sort(key=lambda move: (heat[move.episode_id], move.episode_id))
    return up + down


def spared(standings: Iterable[Standing], now: int, newest: int = NEWEST) -> set[int]:
    """Episodes of which nothing may go for good: the newest, and those recalled again lately."""
    known = sorted(standings, key=lambda one: (-(one.at or 0), -one.episode_id))
    hot = {one.episode_id for one in known if _heat(one, now) >= PROMOTED_AT}
    return hot | {one.episode_id for one in known[:newest]}


def _heat(one: Standing, now: int) -> float:
    return 0.0 if one.recalled_at is None else heat_at(one.heat, one.recalled_at, now)


def _reason(one: Standing) -> str:
    return "pinned" if one.pinned else f"recalled {one.times:,} times, again lately"
