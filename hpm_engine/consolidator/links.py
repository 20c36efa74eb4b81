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
    links: dict[Key, Member] = {}
    for member in members:
        into = merged.get(member.prototype_id, member.prototype_id)
        if into in gone:
            continue
        key = (member.episode_id, member.number, into)
        weight = member.weight + (links[key].weight if key in links else 0.0)
        links[key] = structs.replace(member, prototype_id=into, weight=min(1.0, weight))
    return list(links.values())


def changed_links(
    before: Iterable[Member], after: Iterable[Member]
) -> tuple[list[Member], list[Key]]:
    """The links to write, and the keys of those to remove."""
    stored = {_key(member): member for member in before}
    kept = {_key(member): member for member in after}
    return (
        [member for key, member in kept.items() if stored.get(key) != member],
        [key for key in stored if key not in kept],
    )


def _key(member: Member) -> Key:
    return member.episode_id, member.number, member.prototype_id
