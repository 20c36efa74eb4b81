"""The topic of a prototype: its name, and what tells whether it is still about that."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import msgspec
from msgspec import structs

from hpm_engine.topics.clauses import keys
from hpm_engine.topics.phrases import Phrase, content, ranked
from hpm_engine.topics.project_names import project_name
from hpm_engine.topics.sayings import Saying, Sayings, Weighed, said, telling, weighed
from hpm_engine.topics.stop_words import STOP_WORDS

_MOST = 6  # words of a title
_GROWN = 1.5  # times as many memories as when a name was looked at: it is looked at again
_COVERED = 0.5  # share of the sayings that a phrase names: below, a second one joins it
_FEW, _OFTEN = 3, 0.1  # sayings, and their share, that have a word which joins a phrase alone
_OF_PROJECT = 0.5  # share of the memories from which on a topic is of one project
_STILL_OF_PROJECT = 0.2  # share of the memories below which it is of that one no more
_STILL_SAID = 0.1  # of the share of the sayings that a topic's words had when it was named
_LEAST_SAID = 0.02  # share of the sayings: fewer, and a topic has moved
_BETTER = 5.0  # times the share of a name that is given up for another one


class Topic(msgspec.Struct, frozen=True, omit_defaults=True):
    """A name as ``project: title``.

    ``words`` are the title's; ``share`` of the sayings had one of them when it was named.
    ``memories`` is how many the prototype held when its name was last looked at.
    """

    title: str = ""
    project: str = ""
    words: tuple[str, ...] = ()
    share: float = 0.0
    memories: int = 0

    @property
    def name(self) -> str:
        """What a person reads."""
        return ": ".join(filter(None, (self.project, self.title)))

    def is_due(self, memories: int) -> bool:
        """Whether the name has to be looked at: there is none, or what it names has grown."""
        return not self.title or memories >= _GROWN * self.memories

    def seen(self, memories: int) -> Topic:
        """The same, looked at when the prototype holds that many memories."""
        return structs.replace(self, memories=memories)


class NameFit(NamedTuple):
    """How well the name of a topic still fits what its prototype holds."""

    elsewhere: bool  # of another project, or of none that it was named for; or it has no name
    share: float  # of the sayings that have a word of it
    least: float  # the share below which what the prototype holds has moved

    @property
    def stays(self) -> bool:
        """Whether the name is that of what the prototype holds."""
        return not self.elsewhere and self.share >= self.least

    def yields_to(self, other: Topic) -> bool:
        """Whether another name is so much better that people should learn it."""
        return self.elsewhere or other.share >= _BETTER * self.share


def name_fit(
    topic: Topic, shares: Mapping[int, float], sayings: Sayings, asks: Sequence[Saying] = ()
) -> NameFit:
    """How well a name fits now, by what it was made from: see ``named``."""
    if not topic.title:
        return NameFit(True, 0.0, 0.0)
    projects = _projects(shares, sayings)
    elsewhere = False
    if topic.project:
        own = projects.pop(topic.project, 0.0)
        most = max(projects.values(), default=0.0)
        elsewhere = own < _STILL_OF_PROJECT or most > _OF_PROJECT
    by = weighed(shares, sayings, asks)
    least = max(_LEAST_SAID, _STILL_SAID * topic.share) if by else 0.0
    return NameFit(elsewhere, said(topic.words, by), least)


def named(
    shares: Mapping[int, float],
    sayings: Sayings,
    terms: Sequence[str],
    taken: Collection[str],
    many_projects: bool,
    asks: Sequence[Saying] = (),
) -> Topic:
    """A topic for a prototype whose name is not among those ``taken`` (in small letters).

    ``shares`` says how many memories of each episode it explains, ``terms`` what its steps say,
    ``asks`` what users asked right before its heaviest memories.
    """
    by = weighed(shares, sayings, asks)
    projects = _projects(shares, sayings)
    project = max(projects, key=lambda name: (projects[name], name), default="")
    if not many_projects or projects.get(project, 0.0) < _OF_PROJECT:
        project = ""
    for title, words in _titles(by, sayings, terms, project):
        topic = Topic(title, project, words, said(words, by))
        if topic.name.casefold() not in taken:
            return topic
    return _numbered(project or "Sessions", taken)


def _titles(
    by: Sequence[Weighed], sayings: Sayings, terms: Sequence[str], project: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Titles with their words, the best first."""
    worth = telling(by, sayings)
    for word in _parts(project):
        worth.pop(word, None)
    phrases = ranked(by, worth)
    for phrase in phrases:
        parts = [phrase]
        if said(content(phrase), by) < _COVERED and len(by) > 2:
            parts += _second(phrase, phrases, by)
        words = tuple(key for part in parts for key in content(part))
        yield ", ".join(map(_shown, parts)), words
    for term in terms:
        if term.casefold() not in STOP_WORDS:
            yield term, (term.casefold(),)


def _second(phrase: Phrase, phrases: Sequence[Phrase], by: Sequence[Weighed]) -> list[Phrase]:
    """A phrase about what others of the sayings are about, if there is one."""
    room, used = _MOST - len(phrase), set(content(phrase))
    rest = [weight for weight in by if not used & weight.saying.keys]
    for other in phrases:
        words = content(other)
        spread = sum(bool(set(words) & weight.saying.keys) for weight in rest)
        if len(words) < 2 and (spread < _FEW or said(words, by) < _OFTEN):
            continue
        if len(other) <= room and not used & set(words) and said(words, rest) > said(words, by) / 2:
            return [other]
    return []


def _projects(shares: Mapping[int, float], sayings: Sayings) -> dict[str, float]:
    """The share of the memories that is of each project, by the name that it goes by."""
    counts: defaultdict[str, float] = defaultdict(float)
    for key, share in shares.items():
        counts[project_name(sayings[key].project)] += share
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items() if name}


def _shown(phrase: Phrase) -> str:
    return " ".join(word.shown for word in phrase)


def _parts(project: str) -> list[str]:
    return [*keys(project), project.casefold()]


def _numbered(stem: str, taken: Collection[str]) -> Topic:
    number = 2
    while f"{stem} {number}".casefold() in taken:
        number += 1
    return Topic(f"{stem} {number}")
