"""An episode is learned when prototypes hold every memory of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping

from hpm_engine.consolidator.memories import Memories
from hpm_engine.store.audit_log import AuditLog
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.store.learned.settled import evicted, unsettle
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.consolidation import Member
from hpm_engine.values.vectors import VectorKind


def held_of(members: Iterable[Member]) -> Counter[int]:
    """How many memories of each episode some prototype holds."""
    return Counter(key for key, _ in {(member.episode_id, member.number) for member in members})


def learned_now(
    memories: Memories, held: Mapping[int, int], before: Mapping[int, int], known: Collection[int]
) -> set[int]:
    """The episodes that are learned where prototypes hold ``held`` memories of each.

    Of one whose vectors went with its text nothing new is known: where it is among ``known`` it
    stays learned as long as prototypes hold no less of it than ``before``. One that has grown
    since it was encoded is not learned: its latest steps are in no memory.
    """
    counts, grown = memories.counts(), memories.grown()
    full = {key for key, count in counts.items() if 0 < count <= held.get(key, 0)}
    unknown = {key for key in known if key not in counts}
    return (full - grown) | {key for key in unknown if held.get(key, 0) >= before.get(key, 1)}


def unlearn_others(database: Database, log: AuditLog, episode_ids: Iterable[int]) -> None:
    """Of episodes just noted as learned take the note from those that changed since it was true.

    What a change of prototypes says of them was worked out before it was published, or before it
    was undone: an episode may have grown in between. Where prototypes are of vectors that the store
    no longer has, nobody can say.
    """
    ids, rows = set(episode_ids), PrototypeRows(database)
    encoder, space = VectorRows(database).current(VectorKind.STEP), rows.space()
    if not ids or encoder is None or space is None or space.sha256 != encoder.sha256:
        return
    held = Counter(key for key, _ in rows.places())
    memories = Memories(database, log, encoder)
    unsettle(database, sorted(ids - learned_now(memories, held, {}, evicted(database, ids))))
