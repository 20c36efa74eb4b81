"""The benchmark of names: whether they tell the right area, stay, and are judged apart."""

from __future__ import annotations

import statistics
import tempfile
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.labels.stores import NamedStore, stores
from hpm_engine.evaluation.labels.truth import MAJORITY, AreaTruth, Subject, label_words, subjects
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory, open_memory
from hpm_engine.topics.stop_words import LINKS, STOP_WORDS, VERBS
from hpm_engine.values.episodes import Episode, EpisodeQuery

_FIRST = 0.4  # share of the memories that are learned before names are looked at
_CYCLES = 5
_EACH = 0.1  # share of the memories that each of them learns
_RIGHT, _STAYED = 0.9, 0.95  # what is wanted
_FREQUENT = 5  # words of the label that a counter would give
_BOTH_HALVES = 4  # episodes of a prototype from which on halves are named
Label = Callable[[Subject], str]


class LabelBench:
    """``hpm bench labels``.

    Two fifths of a store's memories are learned, then a tenth in each of five cycles. A prototype
    is of the project of at least half of its memories; of one that no project has half of, nothing
    is right or wrong. A label is right if it has the project's name, or one of the forty words
    that most set apart what users asked in the project's episodes that the prototype does *not*
    hold. ``title`` is the label without the project before it. The sample's areas are the modules
    that its tasks were written for, with the words that the modules were described by.
    """

    name = "labels"
    summary = "whether prototypes' names tell their project, stay over five cycles, and differ"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Name the sample's prototypes, and with ``data`` those of real traces."""
        figures: dict[str, Figure] = {}
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            for store in stores(Path(folder), data, report):
                with open_memory(store.path, actor="bench") as memory:
                    report(f"{store.name}: learning and naming")
                    measured = measure(memory, store)
                figures |= {f"{store.name}_{name}": each for name, each in measured.items()}
        return BenchResult(self.name, figures, environment())


def measure(memory: Memory, store: NamedStore) -> dict[str, Figure]:
    """Learn, and look at the names before and after five cycles."""
    tier = memory.consolidation
    total = tier.waiting()
    tier.run(max(50, round(total * _FIRST)), bound=1.0)
    before = {each.prototype.id: each.prototype.label.topic for each in subjects(memory)}
    for _ in range(_CYCLES):
        tier.run(max(10, round(total * _EACH)), bound=1.0)
    after = subjects(memory)
    kept = [each for each in after if each.prototype.id in before]
    stayed = [each.prototype.label.topic == before[each.prototype.id] for each in kept]
    matches = memory.episodes.find(EpisodeQuery())
    episodes = memory.episodes.get(matches.window(0, len(matches)))
    projects = AreaTruth(episodes, {each.id: each.project for each in episodes if each.project})
    return {
        "prototypes": Figure(len(after), "prototypes"),
        "stayed": _share(stayed, _STAYED),
        **_rightness(after, projects),
        **_said(after, projects),
        **_planted(after, store, episodes),
        **_tidiness(after),
    }


def _rightness(after: Sequence[Subject], truth: AreaTruth) -> dict[str, Figure]:
    """How many names tell the project, beside what a counter, the older labels, chance would."""
    judged = [each for each in after if truth.area(each)]
    figures = {"of_one_project": Figure(len(judged), "prototypes")}
    for name, label in _labels(judged, truth).items():
        right = [truth.says(label(each), truth.area(each), each) for each in judged]
        wanted = _RIGHT if name == "label" else None
        figures[f"{name}_right"] = _share(right, wanted)
    return figures


def _labels(judged: Sequence[Subject], truth: AreaTruth) -> dict[str, Label]:
    """The labels that are compared, by name."""
    other = {each.prototype.id: its for each, its in zip(judged, _others(judged), strict=True)}
    return {
        "label": lambda each: each.prototype.label.topic,
        "title": _title,
        "older_label": lambda each: " ".join(each.prototype.label.terms),
        "frequent_words": lambda each: _frequent(each, truth),
        "shuffled_label": lambda each: other[each.prototype.id].prototype.label.topic,
        "shuffled_title": lambda each: _title(other[each.prototype.id]),
    }


def _others(after: Sequence[Subject]) -> list[Subject]:
    """For each prototype another one, whose name must not fit it: the shuffled control."""
    half = len(after) // 2 + 1
    return [*after[half:], *after[:half]]


def _title(subject: Subject) -> str:
    return subject.prototype.label.topic.split(": ", 1)[-1]


def _frequent(subject: Subject, truth: AreaTruth) -> str:
    counts = defaultdict[str, float](float)
    for key, share in subject.shares.items():
        for word in truth.sayings[key].keys:
            counts[word] += share
    return " ".join(sorted(counts, key=lambda word: (-counts[word], word))[:_FREQUENT])


def _said(after: Sequence[Subject], truth: AreaTruth) -> dict[str, Figure]:
    """The share of a prototype's memories whose user texts say a word of its title."""
    own, others = [], []
    for each, other in zip(after, _others(after), strict=True):
        own.append(_saying(each, label_words(_title(each)), truth))
        others.append(_saying(each, label_words(_title(other)), truth))
    return {
        "title_said": Figure(statistics.fmean(own), "of memories", *by_query(own)),
        "shuffled_title_said": Figure(statistics.fmean(others), "of memories", *by_query(others)),
    }


def _saying(subject: Subject, words: frozenset[str], truth: AreaTruth) -> float:
    said = sum(share for key, share in subject.shares.items() if words & truth.sayings[key].keys)
    return said / sum(subject.shares.values())


def _planted(
    after: Sequence[Subject], store: NamedStore, episodes: Sequence[Episode]
) -> dict[str, Figure]:
    """How many titles say a word of an area that a good part of the memories was planted in."""
    if not store.areas:
        return {}
    words = dict(store.areas.values())
    area_of = {each.id: store.areas[each.key][0] for each in episodes if each.key in store.areas}
    right, by_chance = [], []
    for each, other in zip(after, _others(after), strict=True):
        if not (areas := _main_areas(each, area_of)):
            continue
        vocabulary = frozenset().union(*(words[area] for area in areas))
        right.append(bool(label_words(_title(each)) & vocabulary))
        by_chance.append(bool(label_words(_title(other)) & vocabulary))
    return {
        "of_planted_areas": Figure(len(right), "prototypes"),
        "planted_area_right": _share(right, None),
        "planted_area_shuffled": _share(by_chance, None),
    }


def _main_areas(subject: Subject, area_of: Mapping[int, str]) -> list[str]:
    """The three areas that most of the memories are of; none where these have not half of all."""
    counts = defaultdict[str, float](float)
    for key, share in subject.shares.items():
        if key in area_of:
            counts[area_of[key]] += share
    main = sorted(counts, key=lambda area: (-counts[area], area))[:3]
    enough = sum(counts[area] for area in main) >= MAJORITY * sum(subject.shares.values())
    return main if enough else []


def _tidiness(after: Sequence[Subject]) -> dict[str, Figure]:
    """Names that are there twice, stop words where none may be, and lengths."""
    names = [each.prototype.label.topic.casefold() for each in after]
    words = [_title(each).split() for each in after]
    ends = [
        part.split()[end].casefold()
        for each in after
        for part in _title(each).split(", ")
        for end in (0, -1)
    ]
    inner = STOP_WORDS - LINKS - VERBS
    stops = sum(word in STOP_WORDS for word in ends)
    stops += sum(word.strip(",").casefold() in inner for title in words for word in title)
    lengths = [len(title) for title in words]
    return {
        "duplicates": Figure(len(names) - len(set(names)), "names", reference=0),
        "stop_words": Figure(stops, "words", reference=0),
        "title_words": Figure(
            sum(lengths) / max(1, len(lengths)), "words", min(lengths), max(lengths)
        ),
    }


def _share(right: Sequence[bool], wanted: float | None) -> Figure:
    if not right:
        return Figure(0.0, "share", reference=wanted)
    shares = [float(each) for each in right]
    return Figure(sum(shares) / len(shares), "share", *by_query(shares), wanted)
