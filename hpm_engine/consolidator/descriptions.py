"""What is told of each prototype after a cycle: words of its exemplars, and its topic."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence

import msgspec
from msgspec import structs

from hpm_engine.recall.prototype_labels import EXEMPLARS, LabelWords, labels, words_of
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.prototype_marks import PrototypeMarkRows
from hpm_engine.store.learned.prototypes import PrototypeRow
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.topics.naming import TopicNames
from hpm_engine.topics.topic import Topic
from hpm_engine.values.consolidation import Member


def words_in(row: PrototypeRow) -> LabelWords:
    """The stored words of a prototype."""
    return msgspec.json.decode(row.words, type=LabelWords)


class Descriptions:
    """Reads what prototypes are described with; a name that is true stays."""

    def __init__(self, database: Database, steps: StepRows) -> None:
        self._db = database
        self._steps = steps

    def of(
        self,
        ids: Sequence[int],
        members: Sequence[Member],
        reinforced: Collection[int],
        stored: Mapping[int, PrototypeRow],
    ) -> dict[int, str]:
        """The words of the prototypes ``ids`` as JSON; those ``reinforced`` are read anew.

        ``members`` are all links as they will stand, ``stored`` the prototypes as they stood.
        """
        with self._db.reading():
            words = {key: words_in(stored[key]) for key in ids if key in stored}
            for key, exemplars in self._exemplars(members, reinforced).items():
                topic = words.get(key, LabelWords()).topic
                words[key] = structs.replace(self._read(exemplars), topic=topic)
            described = {key: words.get(key, LabelWords()) for key in ids}
            for key, topic in self._topics(described, members).items():
                described[key] = structs.replace(described[key], topic=topic)
        return {key: msgspec.json.encode(each).decode() for key, each in described.items()}

    def _topics(
        self, words: Mapping[int, LabelWords], members: Sequence[Member]
    ) -> dict[int, Topic]:
        named = labels(list(words.values()))
        return TopicNames(self._db, self._steps).renewed(
            {key: each.topic for key, each in words.items()},
            {key: label.terms for key, label in zip(words, named, strict=True)},
            [member for member in members if member.prototype_id in words],
            [name for name, _ in PrototypeMarkRows(self._db).all().values() if name],
        )

    def _exemplars(
        self, members: Sequence[Member], reinforced: Collection[int]
    ) -> dict[int, list[Member]]:
        of: dict[int, list[Member]] = defaultdict(list)
        for member in members:
            if member.prototype_id in reinforced:
                of[member.prototype_id].append(member)
        return {key: sorted(links, key=_order)[:EXEMPLARS] for key, links in of.items()}

    def _read(self, exemplars: Sequence[Member]) -> LabelWords:
        return words_of(
            step
            for member in exemplars
            for step in self._steps.steps(member.episode_id, member.start, member.stop)
        )


def _order(member: Member) -> tuple[float, int, int, int]:
    return -member.weight, -member.cycle_id, member.episode_id, member.number
