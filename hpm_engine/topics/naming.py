"""Names for the prototypes that have none, and new ones where what they hold has moved."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice

from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.topic_texts import TopicTexts
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.search_index import SearchIndex
from hpm_engine.store.texts import Texts
from hpm_engine.topics.project_names import project_name
from hpm_engine.topics.sayings import Sayings, saying
from hpm_engine.topics.topic import Topic, name_fit, named
from hpm_engine.values.consolidation import Member

_COMPARED = 2_000  # episodes that words are compared with, spread evenly over all
_OWN = 200  # heaviest episodes of a prototype whose titles are read
_ASKED = 8  # heaviest memories of a prototype whose asks are read
_SHORT = 4  # telling words: an ask of fewer ("looks fine, go on") says nothing of a topic


class TopicNames:
    """Names prototypes by what users asked; reads inside the caller's transaction."""

    def __init__(self, database: Database, steps: StepRows | None = None) -> None:
        self._texts = TopicTexts(
            database, steps or StepRows(database, Texts(database), SearchIndex(database))
        )

    def renewed(
        self,
        topics: Mapping[int, Topic],
        terms: Mapping[int, Sequence[str]],
        members: Iterable[Member],
        taken: Collection[str] = (),
    ) -> dict[int, Topic]:
        """The topics that ``topics`` (by prototype, all of them) should have; most stay.

        ``terms`` is what the steps of each prototype say, ``members`` are all links, ``taken``
        names that a person gave.
        """
        heaviest: defaultdict[int, list[Member]] = defaultdict(list)
        for member in sorted(members, key=_heaviest_first):
            heaviest[member.prototype_id].append(member)
        due = [
            key
            for key in sorted(topics)
            if heaviest[key] and topics[key].is_due(len(heaviest[key]))
        ]
        if not due:
            return {}
        shares = {key: _shares(heaviest[key]) for key in due}
        sayings = self._sayings(shares, heaviest)
        many = len({project_name(sayings[key].project) for key in sayings} - {""}) > 1
        names = {topic.name.casefold() for topic in topics.values()} | {*map(str.casefold, taken)}
        renewed: dict[int, Topic] = {}
        for key in due:
            count = len(heaviest[key])
            asks = self._texts.asks([(m.episode_id, m.stop) for m in heaviest[key][:_ASKED]])
            spoken = [ask for ask in (saying("", text) for text in asks) if len(ask.keys) >= _SHORT]
            topic = topics[key]
            if not (fit := name_fit(topic, shares[key], sayings, spoken)).stays:
                other = named(shares[key], sayings, terms.get(key, ()), names, many, spoken)
                topic = other if fit.yields_to(other) else topic
            names.add(topic.name.casefold())
            renewed[key] = topic.seen(count)
        return renewed

    def _sayings(
        self,
        shares: Mapping[int, Mapping[int, float]],
        heaviest: Mapping[int, Sequence[Member]],
    ) -> Sayings:
        """Those of the episodes that count, and of others to compare them with."""
        known = sorted({member.episode_id for links in heaviest.values() for member in links})
        every = max(1, len(known) // _COMPARED)
        own = {episode_id for counts in shares.values() for episode_id in counts}
        return Sayings(self._texts.titles(sorted(own | set(known[::every]))))


def _shares(heaviest: Sequence[Member]) -> dict[int, float]:
    """How many memories of each episode a prototype explains."""
    counts: defaultdict[int, float] = defaultdict(float)
    for member in heaviest:
        counts[member.episode_id] += member.weight
    most = sorted(counts, key=lambda key: (-counts[key], key))
    return {key: counts[key] for key in islice(most, _OWN)}


def _heaviest_first(member: Member) -> tuple[float, int, int]:
    return -member.weight, member.episode_id, member.number
