"""The links from prototypes to their memories, as prototypes are merged and retired."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from msgspec import structs

from hpm_engine.store.learned.prototypes import Key
from hpm_engine.values.consolidation import Member


def relinked(
    members: Iterable[Member], merged: Mapping[int, int], gone: Collection[int]
) -> list[Member]:
    """All links that will stand, those of ``merged`` prototypes moved; one for each pair."""
    found: dict[Key, Member] = {}
    for one in members:
        into = merged.get(one.prototype_id, one.prototype_id)
        if into in gone:
            continue
        key = (one.episode_id, one.number, into)
        weight = one.weight + (found[key].weight if key in found else 0.0)
        found[key] = structs.replace(one, prototype_id=into, weight=min(1.0, weight))
    return list(found.values())


def changed_links(
    before: Iterable[Member], after: Iterable[Member]
) -> tuple[list[Member], list[Key]]:
    """The links to write, and the keys of those to remove."""
    stored = {_key(one): one for one in before}
    kept = {_key(one): one for one in after}
    return (
        [one for key, one in kept.items() if stored.get(key) != one],
        [key for key in stored if key not in kept],
    )


def _key(one: Member) -> Key:
    return one.episode_id, one.number, one.prototype_id
