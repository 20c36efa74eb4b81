"""What topics still lead back to of everything that was not erased."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence

from hpm_engine.consolidator.base import floats, read_base
from hpm_engine.consolidator.canary import chosen, found_share
from hpm_engine.consolidator.memories import Key, Memories
from hpm_engine.consolidator.windows import centred
from hpm_engine.errors import NotFound
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.prototypes import PrototypeRows


def others_found(
    database: Database, log: AuditLog, gone: Collection[int], keys: Sequence[Key] | None = None
) -> tuple[float, list[Key]] | None:
    """The share of memories of other episodes that are found by their topics, and which were asked.

    ``keys`` asks for the same ones again. ``None`` where nothing was learned.
    """
    with database.reading():
        try:
            base = read_base(database)
        except NotFound:
            return None
        if base.space is None or base.outdated:
            return None
        members = [member for member in base.members if member.episode_id not in gone]
        episodes = {member.episode_id for member in members} | {key for key, _ in keys or ()}
        asked = (
            chosen(members, PrototypeRows(database).projects(episodes)) if keys is None else keys
        )
        windows, rows = Memories(database, log, base.encoder).read(asked)
    held: dict[int, set[int]] = defaultdict(set)
    for member in base.members:
        held[member.prototype_id].add(member.episode_id)
    shares = found_share(
        centred(rows, floats(base.space.origin)),
        [window.episode_id for window in windows],
        dict.fromkeys(episodes, ""),
        base.long_term().means,
        [held[row.id] for row in base.rows],
    )
    return shares.get("", 0.0), list(asked)
