"""What a prototype is truly about, by its members, and whether a label says so."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hpm_engine.memory import Memory
from hpm_engine.topics.clauses import key_of, keys
from hpm_engine.topics.project_names import project_name
from hpm_engine.topics.sayings import Sayings, Weighed, telling
from hpm_engine.values.consolidation import Prototype
from hpm_engine.values.episodes import Episode

VOCABULARY = 40  # words of an area
MAJORITY = 0.5  # share of its memories from which on a prototype is of one area


class Subject(NamedTuple):
    """A prototype with the episodes that it holds, and how many memories of each."""

    prototype: Prototype
    shares: dict[int, float]


def subjects(memory: Memory) -> list[Subject]:
    """Every prototype with what it holds."""
    held = []
    for prototype in memory.consolidation.prototypes():
        shares: defaultdict[int, float] = defaultdict(float)
        for member in memory.consolidation.members(prototype.id):
            shares[member.episode_id] += member.weight
        held.append(Subject(prototype, dict(shares)))
    return held


class AreaTruth:
    """The area of each prototype, and the area's own words from episodes that it does not hold."""

    def __init__(self, episodes: Sequence[Episode], areas: Mapping[int, str]) -> None:
        """``areas`` names the area of episodes; those without one count for none."""
        texts = {
            each.id: ("", "\n".join(dict.fromkeys((each.title, each.task)))) for each in episodes
        }
        self.sayings = Sayings(texts)
        self._areas = areas

    def area(self, subject: Subject) -> str:
        """The area of most of a prototype's memories; "" where none has half of them."""
        counts = defaultdict[str, float](float)
        for key, share in subject.shares.items():
            counts[self._areas.get(key, "")] += share
        area, share = max(counts.items(), key=lambda item: item[1])
        return area if share >= MAJORITY * sum(counts.values()) else ""

    def vocabulary(self, area: str, subject: Subject) -> frozenset[str]:
        """The words that set the area's other episodes apart from those of other areas."""
        others = [key for key, name in self._areas.items() if name == area]
        others = [key for key in others if key not in subject.shares and self.sayings[key].keys]
        by = [Weighed(self.sayings[key], 1 / len(others)) for key in others]
        worth = telling(by, self.sayings)
        return frozenset(sorted(worth, key=lambda word: (-worth[word], word))[:VOCABULARY])

    def says(self, label: str, area: str, subject: Subject) -> bool:
        """Whether a label has the area's name, or a word of its vocabulary."""
        name, words = project_name(area).casefold(), label_words(label)
        return bool(name and name in label.casefold()) or bool(
            words & self.vocabulary(area, subject)
        )


def label_words(label: str) -> frozenset[str]:
    """The words of a label as texts have them."""
    return keys(label) | {key_of(word) for word in label.replace("/", " ").split()}
