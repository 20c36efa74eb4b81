"""Matches a cue with the prototypes nearest to it, and the episodes that these hold."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from hpm_engine.config import RECALLED_PROTOTYPES
from hpm_engine.recall.named_words import NamedWords
from hpm_engine.recall.prototype_labels import labels
from hpm_engine.store.file.database import Database
from hpm_engine.store.learned.cycles import CycleRows
from hpm_engine.store.learned.prototype_marks import PrototypeMarkRows
from hpm_engine.store.learned.prototypes import PrototypeRows
from hpm_engine.store.learned.vectors import VectorRows
from hpm_engine.values.consolidation import Label
from hpm_engine.values.recall import Known
from hpm_engine.values.vectors import VectorKind

_LEAST = 0.3  # cosine, from the store's origin, of one that is about the cue at all
_OF_BEST = 0.7  # of the best one's cosine: beside one that is near, a far one only distracts
_SOURCES = 5  # episodes named of each


class PrototypeMatcher:
    """The prototypes of a store in memory, up to date with its cycles at each use."""

    def __init__(self, database: Database) -> None:
        self._cycles = CycleRows(database)
        self._prototypes = PrototypeRows(database)
        self._marks = PrototypeMarkRows(database)
        self._vectors = VectorRows(database)
        self._words = NamedWords(database)
        self._head: tuple[int, int] | None = None
        self._sha256 = ""
        self._origin: NDArray[np.float32] = np.zeros(0, np.float32)
        self._means: NDArray[np.float32] = np.zeros((0, 0), np.float32)
        self._ids: list[int] = []
        self._labels: list[Label] = []
        self._links: dict[int, dict[int, float]] = {}

    def cosines(self, query: NDArray[np.float32]) -> NDArray[np.float32]:
        """Of ``query`` (d,) with each prototype; empty where there are none of this encoder."""
        self._refresh()
        encoder = self._vectors.current(VectorKind.STEP)
        if not self._ids or encoder is None or encoder.sha256 != self._sha256 or not query.any():
            return np.zeros(0, np.float32)
        # A memory is its steps plus its episode: a cue stands for both.
        seen = 2 * query / np.linalg.norm(query) - self._origin
        length = max(float(np.linalg.norm(seen)), 1e-9)
        cosines: NDArray[np.float32] = self._means @ (seen / length)
        return cosines

    def episodes(self, cosines: NDArray[np.float32], pool: Collection[int]) -> dict[int, float]:
        """For each episode of ``pool`` that a prototype holds, the best cosine, by its share."""
        wanted, best_cosines = set(pool), dict[int, float]()
        for row, cosine in enumerate(cosines.tolist()):
            for episode_id, weight in self._links.get(self._ids[row], {}).items():
                if episode_id in wanted:
                    best_cosines[episode_id] = max(
                        best_cosines.get(episode_id, -1.0), cosine * weight
                    )
        return best_cosines

    def known(
        self, cosines: NDArray[np.float32], allowed: Collection[int] | None
    ) -> tuple[Known, ...]:
        """The prototypes that are about the cue, nearest first, with their sources.

        ``allowed`` are the episodes that may be told of (``None``: all); a prototype of which
        none may be told says nothing.
        """
        known: list[Known] = []
        least = max(_LEAST, _OF_BEST * float(cosines.max(initial=0.0)))
        for row in np.argsort(-cosines, kind="stable").tolist():
            if cosines[row] < least or len(known) == RECALLED_PROTOTYPES.value:
                break
            held = self._links.get(self._ids[row], {})
            sources = [key for key in held if allowed is None or key in allowed]
            # A label made of episodes that must not be told of would tell of them.
            if not sources or len(sources) < len(held):
                continue
            sources.sort(key=lambda key: (-held[key], key))
            known.append(
                Known(
                    self._ids[row],
                    float(cosines[row]),
                    self._labels[row],
                    len(held),
                    tuple(sources[:_SOURCES]),
                    self._marks.name(self._ids[row]),
                )
            )
        return tuple(known)

    def _refresh(self) -> None:
        head = self._cycles.head()
        if head == self._head:
            return
        rows, space = self._prototypes.all(), self._prototypes.space()
        self._ids = [row.id for row in rows]
        self._labels = labels(self._words.of(rows))
        self._links = self._held()
        if space is not None and rows:
            self._sha256 = space.sha256
            self._origin = np.frombuffer(space.origin, "<f4")
            self._means = np.array([np.frombuffer(row.mean, "<f4") for row in rows])
        self._head = head

    def _held(self) -> dict[int, dict[int, float]]:
        links: dict[int, dict[int, float]] = defaultdict(dict)
        for member in self._prototypes.members():
            mine = links[member.prototype_id]
            mine[member.episode_id] = max(mine.get(member.episode_id, 0.0), member.weight)
        return links
