"""How an episode's text is kept and whether it is learned: the one place that says so in SQL.

``kept_share`` and the row in ``compressed`` tell the one, the column ``tier`` the other: it is
"consolidated" where prototypes hold every memory. While it is not, it repeats how texts are kept.
"""

from __future__ import annotations

from collections.abc import Iterable

from hpm_engine.store.file.database import Database
from hpm_engine.values.episodes import Kept, Tier

# Of the episode ``e``.
KEPT = (
    f"CASE WHEN e.kept_share IS NULL THEN '{Kept.WHOLE}'"
    " WHEN (SELECT m.evicted_at FROM compressed m WHERE m.episode_id = e.id) IS NULL"
    f" THEN '{Kept.COMPRESSED}' ELSE '{Kept.EVICTED}' END"
)
LEARNED = f"(e.tier = '{Tier.CONSOLIDATED}')"
_UNLEARNED = f"CASE WHEN kept_share IS NULL THEN '{Tier.EPISODIC}' ELSE '{Tier.COMPRESSED}' END"


def set_kept(database: Database, episode_id: int, kept_share: float | None) -> None:
    """Say how much of an episode's steps compression keeps; ``None``: it is whole.

    What is learned stays learned: prototypes hold its memories, however its text is kept.
    """
    database.execute(
        "UPDATE main.episodes SET kept_share = ? WHERE id = ?", (kept_share, episode_id)
    )
    if not _is_learned(database, episode_id):
        _set_tier(database, episode_id, _UNLEARNED)


def settled(database: Database) -> set[int]:
    """The episodes that are learned."""
    return {key for (key,) in database.rows(f"SELECT e.id FROM episodes e WHERE {LEARNED}")}


def settle(database: Database, episode_ids: Iterable[int]) -> list[int]:
    """Note that episodes are learned; those that were not."""
    moved = [key for key in episode_ids if not _is_learned(database, key)]
    for key in moved:
        _set_tier(database, key, f"'{Tier.CONSOLIDATED}'")
    return moved


def unsettle(database: Database, episode_ids: Iterable[int]) -> list[int]:
    """Note that episodes are learned no longer; those that were."""
    moved = [key for key in episode_ids if _is_learned(database, key)]
    for key in moved:
        _set_tier(database, key, _UNLEARNED)
    return moved


def evicted(database: Database, episode_ids: Iterable[int]) -> set[int]:
    """Which of these episodes have only the text that compression kept."""
    sql = f"SELECT {KEPT} FROM episodes e WHERE e.id = ?"
    return {key for key in episode_ids if database.value(sql, (key,)) == Kept.EVICTED}


def _is_learned(database: Database, episode_id: int) -> bool:
    sql = f"SELECT {LEARNED} FROM episodes e WHERE e.id = ?"
    return bool(database.value(sql, (episode_id,)))


def _set_tier(database: Database, episode_id: int, becomes: str) -> None:
    database.execute(f"UPDATE main.episodes SET tier = {becomes} WHERE id = ?", (episode_id,))
