"""What each prototype was learned from: how many episodes, of which project, and when last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from hpm_engine.values.consolidation import Member, Prototype
from hpm_engine.values.map import TopicFacts

_MAJORITY = 0.5  # share of the memories


def topic_facts(
    prototypes: Sequence[Prototype],
    members: Iterable[Member],
    projects: Mapping[int, str],
    times: Mapping[int, int],
) -> tuple[TopicFacts, ...]:
    """The facts of each prototype; ``projects`` by episode, ``times`` by cycle."""
    episodes: defaultdict[int, set[int]] = defaultdict(set)
    shares: defaultdict[int, defaultdict[str, float]] = defaultdict(lambda: defaultdict(float))
    for member in members:
        episodes[member.prototype_id].add(member.episode_id)
        shares[member.prototype_id][projects.get(member.episode_id, "")] += member.weight
    return tuple(
        TopicFacts(
            len(episodes[prototype.id]),
            _most(shares[prototype.id]),
            times.get(prototype.reinforced),
        )
        for prototype in prototypes
    )


def _most(shares: Mapping[str, float]) -> str:
    project = max(shares, key=lambda name: (shares[name], name), default="")
    return project if shares and shares[project] >= _MAJORITY * sum(shares.values()) else ""
