"""What a prototype is about: the words, paths and tools of its exemplars that others lack."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from math import log

import msgspec

from hpm_engine.consolidated import Label
from hpm_engine.records import PartKind, Step
from hpm_engine.step_text import action_text

EXEMPLARS = 3  # heaviest members whose texts are read
_KEPT = 40  # words of a kind that are kept of a prototype
_SHOWN = {"terms": 5, "paths": 3, "tools": 2}
_LONGEST = 64  # characters of one word
_PATH = re.compile(r"(?:[\w.-]+/)+[\w-]+(?:\.\w{1,5})?")
_WORD = re.compile(r"[A-Za-z_]\w{3,}")


class Words(msgspec.Struct, frozen=True):
    """How often the exemplars of a prototype say what."""

    terms: dict[str, int] = {}
    paths: dict[str, int] = {}
    tools: dict[str, int] = {}


def words_of(steps: Iterable[Step]) -> Words:
    """The words of exemplar steps; each counts once for a step that has it."""
    terms, paths, tools = Counter[str](), Counter[str](), Counter[str]()
    for step in steps:
        text = action_text(step)
        paths.update({one.strip(".") for one in _PATH.findall(text) if len(one) <= _LONGEST})
        terms.update({one for one in _WORD.findall(_PATH.sub(" ", text)) if len(one) <= _LONGEST})
        tools.update({part.name for part in step.parts if part.kind is PartKind.CALL and part.name})
    return Words(*(dict(one.most_common(_KEPT)) for one in (terms, paths, tools)))


def together(words: Iterable[Words]) -> Words:
    """The words of several prototypes as if they were one."""
    terms, paths, tools = Counter[str](), Counter[str](), Counter[str]()
    for one in words:
        terms.update(one.terms)
        paths.update(one.paths)
        tools.update(one.tools)
    return Words(*(dict(one.most_common(_KEPT)) for one in (terms, paths, tools)))


def labels(words: Sequence[Words]) -> list[Label]:
    """A label for each prototype, from the words of all: tf-idf with prototypes as documents."""
    spread = {kind: _spread(getattr(one, kind) for one in words) for kind in _SHOWN}
    return [
        Label(
            **{
                kind: _telling(getattr(one, kind), spread[kind], len(words), shown)
                for kind, shown in _SHOWN.items()
            }
        )
        for one in words
    ]


def _spread(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    return Counter(word for one in counts for word in one)


def _telling(
    counts: Mapping[str, int], spread: Mapping[str, int], total: int, shown: int
) -> tuple[str, ...]:
    worth = {word: n * log(total / spread[word]) for word, n in counts.items()}
    return tuple(sorted(worth, key=lambda word: (-worth[word], -counts[word], word))[:shown])
