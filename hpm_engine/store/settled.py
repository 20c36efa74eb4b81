"""The tier of an episode: whole or compressed, and in tier 3 where prototypes hold all of it."""

from __future__ import annotations

from collections.abc import Iterable

from hpm_engine.records import Tier
from hpm_engine.store.database import Database

_AS_KEPT = f"CASE WHEN kept_share IS NULL THEN '{Tier.EPISODIC}' ELSE '{Tier.COMPRESSED}' END"


def set_kept(database: Database, episode_id: int, kept_share: float | None) -> None:
    """Say how much of an episode's steps compression keeps; ``None``: it is whole.

    One in tier 3 stays there: prototypes hold its memories, however its texts are kept.
    """
    database.execute("UPDATE episodes SET kept_share = ? WHERE id = ?", (kept_share, episode_id))
    if _tier(database, episode_id) != Tier.CONSOLIDATED:
        _set_tier(database, episode_id, _AS_KEPT)


def settled(database: Database) -> set[int]:
    """The episodes in tier 3."""
    sql = "SELECT id FROM episodes WHERE tier = ?"
    return {key for (key,) in database.rows(sql, (Tier.CONSOLIDATED.value,))}


def settle(database: Database, episode_ids: Iterable[int]) -> list[int]:
    """Put episodes into tier 3; those that were not there."""
    moved = [key for key in episode_ids if _tier(database, key) != Tier.CONSOLIDATED]
    for key in moved:
        _set_tier(database, key, f"'{Tier.CONSOLIDATED}'")
    return moved


def unsettle(database: Database, episode_ids: Iterable[int]) -> list[int]:
    """Take episodes out of tier 3: whole or compressed, as their texts are; those that were in."""
    moved = [key for key in episode_ids if _tier(database, key) == Tier.CONSOLIDATED]
    for key in moved:
        _set_tier(database, key, _AS_KEPT)
    return moved


def _tier(database: Database, episode_id: int) -> str | None:
    found: str | None = database.value("SELECT tier FROM episodes WHERE id = ?", (episode_id,))
    return found


def _set_tier(database: Database, episode_id: int, becomes: str) -> None:
    database.execute(f"UPDATE episodes SET tier = {becomes} WHERE id = ?", (episode_id,))
