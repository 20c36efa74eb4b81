"""A cue's words and how much each counts; the files and modules that it names."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from math import log

import msgspec

from hpm_engine.config import CUE_CHARACTERS
from hpm_engine.store.search.recall_index import RecallField, RecallIndex
from hpm_engine.words import scripts
from hpm_engine.words.parts import apart, signed, underscored, words_in

_MOST_WORDS = 160
_PART = 0.5  # what a part of a name counts beside the name
_LATEST = 2_048  # ids among which a large store's words are counted first
_PATH = re.compile(r"(?:[\w.-]+/)+[\w-]+(?:\.\w{1,5})?|\b[A-Za-z_][\w-]*\.[a-z]{1,4}\b")
_MODULE = re.compile(r"\b[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)+")
# Function words alone: a word that carries meaning anywhere must not be here.
_FUNCTION_WORDS = """
a an and any are as at be been but by can could did do does for from had has have he her him his
how i if in into is it its just me my no not of on or our she so some than that the their them then
there these they this those to too us was we were what when where which who whom whose why will
with would you your
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

Weights = dict[str, float]


def words_of(cue: str) -> Weights:
    """The cue's words, identifiers whole, each weighted 1 + log(times it stands there).

    The parts of names and names with signs (C++) count half of that.
    """
    text = cue[: CUE_CHARACTERS.value]
    weights = _weighted(scripts.words_of(text.lower()))
    for part in _parts_of_names(text):
        weights.setdefault(part, _PART)
    return weights


def pieces_of(cue: str) -> Weights:
    """The same with identifiers and paths taken apart."""
    return _weighted(scripts.words_of(cue[: CUE_CHARACTERS.value].lower(), whole=False))


def _parts_of_names(text: str) -> Iterator[str]:
    for word in re.findall("[A-Za-z0-9]+", text):
        for part in (apart(word) or "").lower().split():
            if len(part) > 1 and part not in FUNCTION_WORDS:
                yield part
    yield from (part for part in underscored(words_in(text)) if part not in FUNCTION_WORDS)
    for _, word in signed(text.encode()):
        yield word.lower()


def _weighted(words: list[str]) -> Weights:
    telling_words = [word for word in words if word not in FUNCTION_WORDS and len(word) <= 64]
    counts = Counter(telling_words or words)  # "what is" asks for what has these words
    return {word: 1 + log(count) for word, count in counts.most_common(_MOST_WORDS)}


class FieldSearch(msgspec.Struct, frozen=True):
    """Words worth searching a field for, most telling first, and the id after which to search."""

    words: Weights
    after: int = -1


def field_search(
    index: RecallIndex, field: RecallField, words: Weights, most_rows: int
) -> FieldSearch:
    """The words worth searching for in a field, each counted exactly.

    Left out are words that nothing has, those that more than half of all have (BM25 gives them
    nothing) unless no other is left, and the commonest of the rest once all together stand in
    ``most_rows`` rows: that bounds the time of a search in a large store.
    """
    if not (total := index.count(field)):
        return FieldSearch({})
    frequencies = dict(zip(words, index.frequencies(field, list(words)), strict=True))
    kept = _affordable(words, frequencies, frequencies, total, most_rows)
    return FieldSearch(kept or _common(words, frequencies, most_rows))


def latest_field_search(
    index: RecallIndex, field: RecallField, words: Weights, most_rows: int
) -> FieldSearch:
    """The same for a large store, where to count common words takes longer than to search.

    A word is counted among the latest ids first, and everywhere only if it is rare there. Where
    no word is rare, the most telling are searched for among the latest alone.
    """
    total = index.count(field)
    if total <= 2 * _LATEST:
        return field_search(index, field, words, most_rows)
    after = index.last(field) - _LATEST
    lately = dict(zip(words, index.frequencies(field, list(words), after), strict=True))
    spread = {word: rows * total // _LATEST for word, rows in lately.items()}
    rare = [word for word, rows in spread.items() if rows <= most_rows]
    frequencies = dict(zip(rare, index.frequencies(field, rare), strict=True))
    if kept := _affordable(words, frequencies, frequencies, total, most_rows):
        return FieldSearch(kept)
    kept = _affordable(words, spread, lately, total, most_rows)
    return FieldSearch(kept or _common(words, lately, most_rows), after)


def _affordable(
    words: Weights, frequencies: dict[str, int], cost: dict[str, int], total: int, most: int
) -> Weights:
    """Words in ``found`` rows of ``total``, most telling first, while they cost ``most`` rows."""
    worth = {
        word: words[word] * log((total - rows + 0.5) / (rows + 0.5))
        for word, rows in frequencies.items()
        if 0 < rows <= max(1, total / 2)
    }
    kept: Weights = {}
    spent = 0
    for word in sorted(worth, key=lambda word: (-worth[word], word)):
        if spent and spent + cost[word] > most:
            continue
        spent += cost[word]
        kept[word] = words[word]
    return kept


def _common(words: Weights, frequencies: dict[str, int], most: int) -> Weights:
    """Of words that most have, all that cost ``most`` rows together, the rarest first.

    A small store may be all about one thing: what has it then is better than nothing.
    """
    kept: Weights = {}
    spent = 0
    for rows, word in sorted((rows, word) for word, rows in frequencies.items() if rows):
        spent += rows
        if kept and spent > most:
            break
        kept[word] = words[word]
    return kept


def score(
    index: RecallIndex, field: RecallField, searched: FieldSearch, limit: int | None = None
) -> dict[int, float]:
    """BM25 with weighted words: id to score, for all that have one of them.

    BM25 is a sum over words, so words of one weight are searched for together and each such sum
    is multiplied by the weight. With ``limit`` at least the best of each weight are there.
    """
    groups: dict[float, list[str]] = {}
    for word, weight in searched.words.items():
        groups.setdefault(round(weight, 1), []).append(word)
    scores: dict[int, float] = {}
    for weight, group in groups.items():
        for key, value in index.bm25(field, group, limit, searched.after):
            scores[key] = scores.get(key, 0.0) + weight * value
    return scores


def named_files(cue: str) -> set[tuple[str, ...]]:
    """The paths and modules that a cue names, as parts without a file's ending, in lower case.

    ``django/db/models/query.py`` and ``django.db.models.query`` give the same parts; of a module's
    name every beginning counts, since its last parts may be a class or a function.
    """
    text = cue[: CUE_CHARACTERS.value]
    named = {_parts(path) for path in _PATH.findall(text)}
    for module in _MODULE.findall(text):
        parts = tuple(module.lower().split("."))
        named |= {parts[:end] for end in range(2, len(parts) + 1)}
    return {parts for parts in named if parts}


def stem_of(path: str) -> str:
    """The name of a file without folders and ending, in lower case; of a package its folder's."""
    parts = _parts(path)
    return parts[-1] if parts else ""


def agreement(path: str, named: set[tuple[str, ...]]) -> int:
    """How many parts, from the file's name upwards, a path shares with what the cue names."""
    parts = _parts(path)
    best = 0
    for other in named:
        shared = 0
        for mine, its in zip(reversed(parts), reversed(other), strict=False):
            if mine != its:
                break
            shared += 1
        best = max(best, shared)
    return best


def _parts(path: str) -> tuple[str, ...]:
    folder, _, name = path.strip("/").lower().rpartition("/")
    stem = name.rsplit(".", 1)[0] if "." in name.lstrip(".") else name
    parts = tuple(part for part in (*folder.split("/"), stem) if part and part != ".")
    return parts[:-1] if parts and parts[-1] == "__init__" else parts
