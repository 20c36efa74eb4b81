"""The piece of a step's text that answers a cue."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from itertools import islice

from hpm_engine.values.episodes import PartKind, Step
from hpm_engine.words.folding import Folded

LENGTH = 400  # characters
_MARGIN = 40  # shown before the first word
_SPACE = re.compile(r"[ \t]{2,}|\n\s*\n+")
_SEARCHED = 6_000  # characters of a step that are looked through
_MOST_WORDS = 24  # of a cue, the most telling
_MOST_PLACES = 200


def text_of(step: Step) -> str:
    """What a step says and does, as one text; of its results only an error."""
    texts = []
    for part in step.parts:
        if part.kind is PartKind.RESULT and not part.is_error:
            continue
        name = f"{part.name}: " if part.name else ""
        texts.append(name + part.text[:_SEARCHED].strip())
    return "\n".join(text for text in texts if text)


class Excerpts:
    """Cuts excerpts for one cue, whose words come most telling first, each with its weight.

    A word is met in any inflection that shares its beginning.
    """

    def __init__(self, words: Mapping[str, float], length: int = LENGTH) -> None:
        self._length = length
        self._words: dict[str, tuple[str, float]] = {}
        for word, weight in islice(words.items(), _MOST_WORDS):
            self._words.setdefault(_beginning(_small(Folded(word).text)), (word, weight))
        self._pattern = re.compile("|".join(map(re.escape, self._words)) or r"\b\B")

    def cut(self, text: str) -> tuple[str, tuple[str, ...]]:
        """The excerpt, cut at spaces, and the words that stand in it."""
        text = text[:_SEARCHED].strip()
        folded = Folded(text)
        matches = islice(self._pattern.finditer(_small(folded.text)), _MOST_PLACES)
        occurrences = [(folded.original_index(match.start()), match[0]) for match in matches]
        start = self._best_start(occurrences) if len(text) > self._length else 0
        end = min(len(text), start + self._length)
        counts = Counter(word for offset, word in occurrences if start <= offset < end)
        terms = tuple(word for key, (word, _) in self._words.items() if key in counts)
        return _trimmed(text, start, end), terms

    def _best_start(self, occurrences: list[tuple[int, str]]) -> int:
        """Where the window whose different words weigh most begins."""
        best, best_start, first = 0.0, 0, 0
        inside: Counter[str] = Counter()
        weight = 0.0
        for offset, word in occurrences:
            inside[word] += 1
            weight += self._words[word][1] if inside[word] == 1 else 0.0
            while occurrences[first][0] < offset - self._length + 2 * _MARGIN:
                left = occurrences[first][1]
                inside[left] -= 1
                weight -= self._words[left][1] if not inside[left] else 0.0
                first += 1
            if weight > best + 1e-9:
                best, best_start = weight, max(0, occurrences[first][0] - _MARGIN)
        return best_start


def _small(text: str) -> str:
    """In small letters, the sigma that ends words as any other."""
    return text.lower().replace("\u03c2", "\u03c3")


def _trimmed(text: str, start: int, end: int) -> str:
    if start and (space := text.find(" ", start, start + _MARGIN)) >= 0:
        start = space + 1
    if end < len(text) and (space := text.rfind(" ", end - _MARGIN, end)) > start:
        end = space
    cut = _SPACE.sub(lambda match: "\n" if "\n" in match[0] else " ", text[start:end].strip())
    return ("…" if start else "") + cut + ("…" if end < len(text) else "")


def _beginning(word: str) -> str:
    return word if len(word) <= 4 else word[: max(4, len(word) - 2)]
