"""Labels a prototype with the words, paths and tools of its exemplars that others lack."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from math import log

import msgspec

from hpm_engine.encoder.step_text import action_text
from hpm_engine.topics.topic import Topic
from hpm_engine.values.consolidation import Label
from hpm_engine.values.episodes import PartKind, Step
from hpm_engine.words.path_names import paths as paths_in
from hpm_engine.words.path_names import without_paths
from hpm_engine.words.scripts import MARKS, UNSPACED

EXEMPLARS = 3  # heaviest members whose texts are read
_KEPT = 40  # words of a kind that are kept of a prototype
_SHOWN = {"terms": 5, "paths": 3, "tools": 2}
_LONGEST = 64  # characters of one word
_WORD = re.compile(
    rf"[A-Za-z_](?:(?![{UNSPACED}])\w){{3,}}|(?:(?![{UNSPACED}\x00-\x7f])[\w{MARKS}]){{3,}}"
)
_HAN = re.compile("[\u3400-\u9fff]{2,}")
_RUN = re.compile(f"[{UNSPACED}]{{2,16}}")


class LabelWords(msgspec.Struct, frozen=True):
    """How often the exemplars of a prototype say what, and the topic that it is told as."""

    terms: dict[str, int] = {}
    paths: dict[str, int] = {}
    tools: dict[str, int] = {}
    topic: Topic = Topic()


def words_of(steps: Iterable[Step]) -> LabelWords:
    """The words of exemplar steps; each counts once for a step that has it."""
    terms, paths, tools = Counter[str](), Counter[str](), Counter[str]()
    for step in steps:
        text = action_text(step)
        paths.update({path.strip(".") for path in paths_in(text) if len(path) <= _LONGEST})
        terms.update({term for term in _terms(without_paths(text)) if len(term) <= _LONGEST})
        tools.update({part.name for part in step.parts if part.kind is PartKind.CALL and part.name})
    return LabelWords(_commonest(terms), _commonest(paths), _commonest(tools))


def _terms(text: str) -> Iterator[str]:
    """Words; of Han texts pairs of characters, of other scripts without spaces short runs."""
    yield from _WORD.findall(text)
    if not text.isascii():
        for run in _RUN.findall(text):
            if _HAN.fullmatch(run):
                yield from map(str.__add__, run, run[1:])
            else:
                yield run


def _commonest(counts: Counter[str]) -> dict[str, int]:
    """The words that count most; of equal ones the first by the alphabet, in every process."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:_KEPT])


def together(words: Iterable[LabelWords]) -> LabelWords:
    """The words of several prototypes as if they were one, told as the first."""
    words = list(words)
    terms, paths, tools = Counter[str](), Counter[str](), Counter[str]()
    for exemplars in words:
        terms.update(exemplars.terms)
        paths.update(exemplars.paths)
        tools.update(exemplars.tools)
    topic = words[0].topic if words else Topic()
    return LabelWords(_commonest(terms), _commonest(paths), _commonest(tools), topic)


def labels(words: Sequence[LabelWords]) -> list[Label]:
    """A label for each prototype, from the words of all: tf-idf with prototypes as documents."""
    spread = {kind: _spread(getattr(exemplars, kind) for exemplars in words) for kind in _SHOWN}
    return [
        Label(
            **{
                kind: _telling(getattr(exemplars, kind), spread[kind], len(words), shown)
                for kind, shown in _SHOWN.items()
            },
            topic=exemplars.topic.name,
        )
        for exemplars in words
    ]


def _spread(counts: Iterable[Mapping[str, int]]) -> Counter[str]:
    return Counter(word for counter in counts for word in counter)


def _telling(
    counts: Mapping[str, int], spread: Mapping[str, int], total: int, shown: int
) -> tuple[str, ...]:
    worth = {word: n * log(total / spread[word]) for word, n in counts.items()}
    return tuple(sorted(worth, key=lambda word: (-worth[word], -counts[word], word))[:shown])
