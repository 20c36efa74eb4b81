"""Features of each identifier for the mask network, beside the steps that hold it."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import chain

import numpy as np

from hpm_engine.compressor.evidence.commands import Does, is_source, whole
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER, Counts, Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.evidence.trajectory import ranges
from hpm_engine.encoder.shipped import vocabulary
from hpm_engine.values.episodes import PartKind

WIDTH = 28
STORE = 5  # the last columns, which a store-blind network does without
_DEFINING = whole("def", "class", "fn", "func", "function", "struct", "interface")
_DEFINED = re.compile(rf"(?:{_DEFINING})[^\S\n]+([A-Za-z_]\w{{5,63}})")
_DIGIT = re.compile("[0-9]")
_WRONG = re.compile(r"Error|Exception|FAILED|Traceback|error:")


def word_features(evidence: Evidence) -> Floats:
    """``(W, 28)``: counts, positions, commands that hold it, shape, what the store tells."""
    words = evidence.identifiers
    total = words.total()
    columns: list[Floats] = [_log(total)]
    columns += [_log(words.frequency(acted=acted)) for acted in (True, False)]
    columns += _positions(evidence)
    columns += _commands(evidence)
    columns += _texts(evidence)
    columns += _shapes(words.words)
    columns.append(_in(words.words, evidence.task))
    columns += _store(evidence)
    return np.stack(columns, axis=1).astype(np.float32)


def _log(values: Counts) -> Floats:
    logs: Floats = np.log1p(values).astype(np.float32)
    return logs


def _in(words: tuple[str, ...], among: frozenset[str] | set[str]) -> Floats:
    return np.array([word in among for word in words], np.float32)


def _positions(evidence: Evidence) -> list[Floats]:
    words = evidence.identifiers
    first = np.full(len(words), words.length, np.float32)
    last = np.zeros(len(words), np.float32)
    np.minimum.at(first, words.word, words.step.astype(np.float32))
    np.maximum.at(last, words.word, words.step.astype(np.float32))
    length = np.float32(max(1, words.length))
    return [first / length, last / length]


def _commands(evidence: Evidence) -> list[Floats]:
    """In how many actions of each class it stands; edits of sources and of other files apart."""
    words, kinds = evidence.identifiers, evidence.deeds.kinds
    source = [any(is_source(path) for path in of) for of in evidence.deeds.named]
    edits = [kind is Does.EDIT for kind in kinds]
    groups = [
        [edit and own for edit, own in zip(edits, source, strict=True)],
        [edit and not own for edit, own in zip(edits, source, strict=True)],
        *([kind is command for kind in kinds] for command in (Does.READ, Does.SEARCH, Does.TEST)),
    ]
    acted = words.acted == 1
    columns = []
    for group in groups:
        which = acted & np.array(group, bool)[words.step]
        columns.append(_log(np.bincount(words.word[which], minlength=len(words))))
    shown = ~acted & np.array(edits, bool)[words.step]
    columns.append(_log(np.bincount(words.word[shown], minlength=len(words))))
    return columns


def _texts(evidence: Evidence) -> list[Floats]:
    """Whether it stands in a path, in a thought, in an error's line, or is defined here."""
    words, pieces = evidence.identifiers, evidence.trajectory.pieces
    thoughts = np.zeros(len(words), np.float32)
    spoken = np.array(
        [piece.kind in (PartKind.MESSAGE, PartKind.REASONING) for piece in pieces], bool
    )
    starts = evidence.trajectory.starts
    lines = ranges(starts[:-1][spoken], np.diff(starts)[spoken])
    thoughts[words.in_lines(lines)[1]] = 1
    # Results repeat: that each line is looked at once takes half of the time.
    results = (piece.lines for piece in pieces if piece.kind is PartKind.RESULT)
    shown = tuple(dict.fromkeys(chain.from_iterable(results)))
    wrong = "\n".join([line[:500] for line in shown if _WRONG.search(line)])
    paths = "\n".join(frozenset[str]().union(*evidence.deeds.named))
    defined = set(_DEFINED.findall("\n".join(shown)))
    of_paths, of_wrong = (set(IDENTIFIER.findall(text)) for text in (paths, wrong))
    columns = [_in(words.words, among) for among in (of_paths, of_wrong, defined)]
    return [columns[0], thoughts, *columns[1:]]


def _shapes(words: tuple[str, ...]) -> list[Floats]:
    return list(np.array([_shape(word) for word in words], np.float32).reshape(-1, 7).T)


@lru_cache(maxsize=1 << 14)
def _shape(word: str) -> tuple[float, ...]:
    return (
        "_" in word.strip("_"),
        word.startswith("_"),
        word.isupper(),
        not word.islower() and not word.isupper(),
        _DIGIT.search(word) is not None,
        word.lower() in _common(),
        min(len(word), 30) / 30,
    )


@lru_cache(maxsize=1)
def _common() -> frozenset[str]:
    """The whole words of the encoder's vocabulary: words of the language, not of a project."""
    return frozenset(word for word in vocabulary() if len(word) >= 6 and word.isalpha())


def _store(evidence: Evidence) -> list[Floats]:
    """What the project's earlier episodes tell: needed, asked, used; as shares and as counts."""
    store = evidence.store
    words = evidence.identifiers.words
    needed, asked, acted = (
        np.array([of.get(word, 0) for word in words], np.float32)
        for of in (store.needed, store.asked, store.acted)
    )
    episodes = max(1, store.episodes)
    return [
        np.log1p(needed),
        np.sqrt(needed / episodes),
        np.sqrt(asked / episodes),
        np.sqrt(acted / episodes),
        np.full(len(words), np.log1p(store.episodes) / 5, np.float32),
    ]
