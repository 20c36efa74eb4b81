"""The lexical parts of a score: words, changes, paths and files that the cue names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import islice
from math import inf, log

from hpm_engine.config import CHANGE_CAP
from hpm_engine.recall.fusion import Measured
from hpm_engine.recall.weights import CHANGE_PARTS, PartName
from hpm_engine.recall.words import (
    FieldSearch,
    Weights,
    agreement,
    field_search,
    latest_field_search,
    named_files,
    pieces_of,
    score,
    words_of,
)
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from hpm_engine.words.scripts import is_private

# A field's search visits a row in about two microseconds. In a whole store the rarest words decide
# anyway.
_MOST_ROWS = 20_000  # rows that a field's search may visit within a scope
_MOST_OF_ALL_ROWS = 3_000  # rows that it may visit in a whole store
_MOST_STEPS = 4_000  # steps that it may visit within a scope
_MOST_OF_ALL_STEPS = 1_500  # steps that it may visit in a whole store
_MOST_WORDS = 16  # that steps of given episodes are searched for: each costs a seek an episode
_MOST_TERMS = 12  # shown of an episode

_FIELDS = {
    PartName.WORDS: RecallField.WORDS,
    PartName.PATCH: RecallField.PATCH,
    PartName.CHANGED: RecallField.CHANGED,
    PartName.TOUCHED: RecallField.TOUCHED,
}


class Lexical:
    """One cue's words, and what they measure."""

    def __init__(self, index: RecallIndex, cue: str, *, scoped: bool) -> None:
        self._index = index
        self._scoped = scoped
        self._cue = cue
        self._words = words_of(cue)
        self._pieces = pieces_of(cue)
        self._found = self._telling(RecallField.WORDS, self._words)

    @property
    def words(self) -> Weights:
        """All of the cue's words, those first that tell episodes apart best."""
        return self._found.words | self._words

    def measure(self, weights: Mapping[str, float]) -> list[Measured]:
        """The lexical parts that have a weight, over all episodes that they find."""
        parts: list[Measured] = []
        for part, field in _FIELDS.items():
            if weight := weights.get(part, 0.0):
                most = CHANGE_CAP.value if part in CHANGE_PARTS else inf
                parts.append(Measured(part, weight, self._field(field), most=most))
        if weight := weights.get(PartName.FILES, 0.0):
            parts.append(
                Measured(PartName.FILES, weight, self._named_files(), most=CHANGE_CAP.value)
            )
        return parts

    def steps(self, limit: int | None) -> dict[int, float]:
        """BM25 of the cue's words on single steps: step id to score; with ``limit`` the best."""
        most = _MOST_STEPS if self._scoped else _MOST_OF_ALL_STEPS
        words = field_search(self._index, RecallField.STEPS, self._words, most)
        return score(self._index, RecallField.STEPS, words, limit)

    def steps_of(self, spans: Sequence[tuple[int, int]]) -> dict[int, float]:
        """The same on the steps with ids within ``spans``, each word counted once in a step.

        How telling a word is, these steps tell: what all of them have tells none apart.
        """
        asked = list(islice(self.words.items(), _MOST_WORDS))
        rows_of_words = self._index.standing(RecallField.STEPS, [word for word, _ in asked], spans)
        total = len({key for _, key in rows_of_words})
        rows = Counter(number for number, _ in rows_of_words)
        worth = {
            number: asked[number][1] * log((total + 1) / count) for number, count in rows.items()
        }
        scores: dict[int, float] = {}
        for number, key in rows_of_words:
            scores[key] = scores.get(key, 0.0) + worth[number]
        return scores

    def terms(self, episode_ids: list[int]) -> dict[int, tuple[str, ...]]:
        """The most telling words of the cue that stand in each episode."""
        shown = (word for word in self._found.words if not is_private(word))
        words = list(islice(shown, _MOST_TERMS))
        words_of_episodes: dict[int, tuple[str, ...]] = dict.fromkeys(episode_ids, ())
        spans = [(key, key) for key in episode_ids]
        for number, key in sorted(self._index.standing(RecallField.WORDS, words, spans)):
            words_of_episodes[key] = (*words_of_episodes[key], words[number])
        return words_of_episodes

    def covered(self, episode_ids: list[int]) -> dict[int, float]:
        """How much of the worth of all the cue's words each episode has, 0 to 1.

        Words that nothing has count too: a cue about something else has many. A single word is
        no evidence, however rare it is, unless the cue has no other.
        """
        words = list(self._words)
        total = self._index.count(RecallField.WORDS)
        frequencies = self._index.frequencies(RecallField.WORDS, words)
        worth = [
            self._words[word] * log((total + 1) / (rows + 0.5))
            for word, rows in zip(words, frequencies, strict=True)
        ]
        spans = [(key, key) for key in episode_ids]
        sums, counts = dict.fromkeys(episode_ids, 0.0), Counter[int]()
        for number, key in self._index.standing(RecallField.WORDS, words, spans):
            sums[key] += worth[number]
            counts[key] += frequencies[number] <= max(1, total / 2)
        least = min(2, len(words))
        whole = sum(worth) or 1.0
        return {key: sums[key] / whole if counts[key] >= least else 0.0 for key in episode_ids}

    def _field(self, field: RecallField) -> dict[int, float]:
        if field is RecallField.WORDS:
            return score(self._index, field, self._found)
        taken_apart = field in (RecallField.CHANGED, RecallField.TOUCHED)
        words = self._pieces if taken_apart else self._words
        return score(self._index, field, self._telling(field, words))

    def _telling(self, field: RecallField, words: Weights) -> FieldSearch:
        if self._scoped:  # what lies in the scope may be old
            return field_search(self._index, field, words, _MOST_ROWS)
        return latest_field_search(self._index, field, words, _MOST_OF_ALL_ROWS)

    def _named_files(self) -> dict[int, float]:
        named = named_files(self._cue)
        best: dict[int, float] = {}
        for episode_id, path in self._index.changed_files(parts[-1] for parts in named):
            shared = float(agreement(path, named))
            best[episode_id] = max(best.get(episode_id, 0.0), shared)
        return best
