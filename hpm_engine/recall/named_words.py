"""The stored words of all prototypes, each with a topic: older stores have none of these."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from msgspec import structs

from hpm_engine.recall.prototype_labels import LabelWords, labels
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.prototype_marks import PrototypeMarkRows
from hpm_engine.store.learned.prototypes import PrototypeRow, PrototypeRows
from hpm_engine.topics.naming import TopicNames
from hpm_engine.topics.topic import Topic


class NamedWords:
    """Reads inside the caller's transaction; what has no topic gets one as from a cycle."""

    def __init__(self, database: Database) -> None:
        self._db = database
        self._cycles = CycleRows(database)
        self._topics: dict[int, Topic] = {}
        self._head: tuple[int, int] | None = None

    def of(self, rows: Sequence[PrototypeRow]) -> list[LabelWords]:
        """The words of ``rows``, which are all prototypes there are, in their order."""
        words = [msgspec.json.decode(row.words, type=LabelWords) for row in rows]
        if all(each.topic.title for each in words):
            return words
        if self._head != (head := self._cycles.head()):
            self._topics, self._head = self._renewed(rows, words), head
        return [
            structs.replace(each, topic=self._topics.get(row.id, each.topic))
            for row, each in zip(rows, words, strict=True)
        ]

    def _renewed(
        self, rows: Sequence[PrototypeRow], words: Sequence[LabelWords]
    ) -> dict[int, Topic]:
        ids = [row.id for row in rows]
        terms = {key: label.terms for key, label in zip(ids, labels(words), strict=True)}
        taken = [name for name, _ in PrototypeMarkRows(self._db).all().values() if name]
        topics = {key: each.topic for key, each in zip(ids, words, strict=True)}
        members = PrototypeRows(self._db).members()
        renewed = TopicNames(self._db).renewed(topics, terms, members, taken)
        return {key: topic for key, topic in renewed.items() if not topics[key].title}
