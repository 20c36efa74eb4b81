"""The lexical parts of a score: words, changes, paths and files that the cue names."""

from __future__ import annotations

from collections.abc import Mapping

from hpm_engine.recall.fusion import Measured
from hpm_engine.recall.weights import PartName
from hpm_engine.recall.words import (
    Weights,
    agreement,
    named_files,
    pieces_of,
    score,
    telling,
    words_of,
)
from hpm_engine.store.recall_index import Field, RecallIndex

# Rows that one field's search may visit, about two microseconds each: within a scope, and in a
# whole store, where the rarest words decide anyway.
_MOST_ROWS, _MOST_OF_ALL_ROWS = 20_000, 3_000
_MOST_STEPS, _MOST_OF_ALL_STEPS = 4_000, 1_500

_FIELDS = {
    PartName.WORDS: Field.WORDS,
    PartName.PATCH: Field.PATCH,
    PartName.CHANGED: Field.CHANGED,
    PartName.TOUCHED: Field.TOUCHED,
}


class Lexical:
    """One cue's words, and what they measure."""

    def __init__(self, index: RecallIndex, cue: str, *, scoped: bool) -> None:
        self._index = index
        self._most_rows = _MOST_ROWS if scoped else _MOST_OF_ALL_ROWS
        self._most_steps = _MOST_STEPS if scoped else _MOST_OF_ALL_STEPS
        self._cue = cue
        self._words = words_of(cue)
        self._pieces = pieces_of(cue)
        self.telling: Weights = telling(index, Field.WORDS, self._words, self._most_rows)

    def measure(self, weights: Mapping[str, float]) -> list[Measured]:
        """The lexical parts that have a weight, over all episodes that they find."""
        found: list[Measured] = []
        for part, field in _FIELDS.items():
            if weight := weights.get(part, 0.0):
                found.append(Measured(part, weight, self._field(field)))
        if weight := weights.get(PartName.FILES, 0.0):
            found.append(Measured(PartName.FILES, weight, self._named_files()))
        return found

    def steps(self, limit: int | None) -> dict[int, float]:
        """BM25 of the cue's words on single steps: step id to score; with ``limit`` the best."""
        words = telling(self._index, Field.STEPS, self._words, self._most_steps)
        return score(self._index, Field.STEPS, words, limit)

    def terms(self, episode_ids: list[int], most: int = 12) -> dict[int, tuple[str, ...]]:
        """The most telling words of the cue that stand in each episode."""
        found: dict[int, tuple[str, ...]] = dict.fromkeys(episode_ids, ())
        for word in list(self.telling)[:most]:
            for key in self._index.holding(word, Field.WORDS, episode_ids):
                found[key] = (*found[key], word)
        return found

    def _field(self, field: Field) -> dict[int, float]:
        if field is Field.WORDS:
            words = self.telling
        else:
            taken_apart = field in (Field.CHANGED, Field.TOUCHED)
            words = self._pieces if taken_apart else self._words
            words = telling(self._index, field, words, self._most_rows)
        return score(self._index, field, words)

    def _named_files(self) -> dict[int, float]:
        named = named_files(self._cue)
        best: dict[int, float] = {}
        for episode_id, path in self._index.changed_files(parts[-1] for parts in named):
            shared = float(agreement(path, named))
            best[episode_id] = max(best.get(episode_id, 0.0), shared)
        return best
