"""The benchmark of conventions: what a hook gives at the first prompt that needs one."""

from __future__ import annotations

import random
import statistics
import tempfile
from collections.abc import Callable, Iterator, Sequence
from heapq import nlargest
from pathlib import Path

import msgspec

from hpm_engine.adaptation.bootstrap import by_cluster
from hpm_engine.config import HOOK_TOKENS
from hpm_engine.evaluation.conventions.planted import (
    Convention,
    PlantedSet,
    homes,
    planted_set,
    write_traces,
)
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.plain_bm25 import PlainBM25
from hpm_engine.evaluation.recall.transfer import scratch_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.hook.events import Event, EventKind
from hpm_engine.hook.handing import Handing
from hpm_engine.memory import Memory
from hpm_engine.recall.quotation import quoted, tokens_in
from hpm_engine.values.episodes import EpisodeQuery, PartKind, StepFlag, StepSource
from hpm_engine.values.recall import RecallOptions, RecallScope

_HITS = 5
_BAR = 0.9
_SEEDS = ("one", "two", "three")  # each puts what is said into other sessions
_LONGEST = 400  # characters of a message, as of recall's excerpts
_NOT_SAID = StepFlag.INJECTED | StepFlag.COPIED
Way = Callable[[Convention], str]


class ConventionsBench:
    """``hpm bench conventions``.

    Each convention is said once, in a session about something else, and asked for at the end of
    the sample's half year by a prompt that shares none of its words. "Crowded" is the same with
    the other set planted too, twice as many as a block has room for.
    """

    name = "conventions"
    summary = "conventions that a person said once: does a hook give them where they are needed?"

    def __init__(self, seeds: Sequence[str] = _SEEDS) -> None:
        self._seeds = seeds

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Plant, import and ask; ``data`` is not looked at. It takes some minutes."""
        tuned, reported = planted_set("tuned"), planted_set("reported")
        both = PlantedSet(
            reported.wrappers,
            reported.asides + tuned.asides,
            reported.conventions + tuned.conventions,
        )
        figures = {"planted": Figure(len(reported.conventions), "conventions")}
        figures |= _figures("", [_asked(reported, reported, seed, report) for seed in self._seeds])
        figures |= _figures("tuned_", [_asked(tuned, tuned, _SEEDS[0], report)])
        figures |= _figures("crowded_", [_asked(both, reported, _SEEDS[0], report)])
        return BenchResult(self.name, figures, environment())


class _Given(msgspec.Struct, frozen=True):
    """What one way gave for one convention."""

    convention: Convention
    text: str


def _asked(
    planted: PlantedSet, asked: PlantedSet, seed: str, report: Report
) -> dict[str, list[_Given]]:
    """What each way gives in a store of what is planted."""
    report(f"planting {len(planted.conventions)} conventions")
    with tempfile.TemporaryDirectory(prefix="hpm-conventions-") as name:
        folder = Path(name)
        write_traces(folder / "traces", planted, seed)
        store = folder / "planted.hpm"
        with scratch_store(store, [folder / "traces"], report) as memory:
            blocks = {
                way: [_Given(each, give(each)) for each in asked.conventions]
                for way, give in _simpler_ways(memory).items()
            }
        report("asking as a hook does")
        hook = [_handed(store, number, each) for number, each in enumerate(asked.conventions)]
    return {"hook": hook} | blocks


def _figures(prefix: str, stores: Sequence[dict[str, list[_Given]]]) -> dict[str, Figure]:
    """The shares of conventions that each way gives, and how much the hook gives."""
    figures = {}
    for way in stores[0]:
        given = [each for store in stores for each in store[way]]
        held = [float(each.convention.value in each.text) for each in given]
        low, high = by_cluster(held, [each.convention.value for each in given])
        bar = _BAR if way == "hook" else None
        figures[f"{prefix}{way}"] = Figure(statistics.fmean(held), "of conventions", low, high, bar)
    tokens = [float(tokens_in(each.text)) for store in stores for each in store["hook"]]
    bounds = min(tokens), max(tokens), float(HOOK_TOKENS.value)
    figures[f"{prefix}hook_tokens"] = Figure(statistics.fmean(tokens), "tokens", *bounds)
    return figures


def _handed(store: Path, number: int, convention: Convention) -> _Given:
    """What the hook's own code gives at the first prompt of a new session."""
    event = Event(
        "claude-code",
        "UserPromptSubmit",
        EventKind.PROMPT,
        f"needs-{number}",
        homes()[convention.project],
        convention.asked,
    )
    return _Given(convention, Handing(store, event).handout().text)


class _PersonsMessage(msgspec.Struct, frozen=True):
    """What a person said in one step; the latest has the highest ``rank``."""

    key: int
    project: str
    text: str
    rank: tuple[int, int, int]


def _simpler_ways(memory: Memory) -> dict[str, Way]:
    """BM25 over sessions and over people's messages, the latest and random messages."""
    sessions, messages = _sessions(memory), list(_messages(memory))
    texts = {message.key: message.text for message in messages}
    of_sessions = PlainBM25({key: text for key, _, text in sessions})
    of_messages = PlainBM25(texts)

    def by_session(convention: Convention) -> str:
        own = [key for key, project, _ in sessions if project == convention.project]
        scores = of_sessions.scores(convention.asked, own)
        best = nlargest(_HITS, scores, key=lambda key: (scores[key], key))
        options = RecallOptions(budget=HOOK_TOKENS.value, record=False, alike_once=False)
        scope = RecallScope(among=tuple(best))
        return memory.recall.ask(convention.asked, _HITS, scope, options=options).context.text

    def by_message(convention: Convention) -> str:
        own = [message for message in messages if message.project == convention.project]
        scores = of_messages.scores(convention.asked, [message.key for message in own])
        return _block(sorted(own, key=lambda message: (scores[message.key], message.rank))[::-1])

    def latest(convention: Convention) -> str:
        own = [message for message in messages if message.project == convention.project]
        return _block(sorted(own, key=lambda message: message.rank)[::-1])

    def drawn(convention: Convention) -> str:
        own = [message for message in messages if message.project == convention.project]
        return _block(random.Random(convention.asked).sample(own, len(own)))

    return {
        "bm25": by_session,
        "bm25_messages": by_message,
        "latest_messages": latest,
        "random_messages": drawn,
    }


def _block(messages: Sequence[_PersonsMessage]) -> str:
    """The first messages that the hook's budget has room for."""
    lines: list[str] = []
    left = HOOK_TOKENS.value
    for message in messages:
        line = quoted(message.text[:_LONGEST])
        left -= tokens_in(line) + 1
        if left < 0:
            break
        lines.append(line)
    return "\n".join(lines)


def _sessions(memory: Memory) -> list[tuple[int, str, str]]:
    """Each session's id, its project, and all that was said, done and seen in it."""
    listed = memory.episodes.find(EpisodeQuery())
    sessions = []
    for episode in memory.episodes.get(listed.window(0, len(listed))):
        steps = memory.steps.read(episode.id, 0, episode.steps)
        own = [step for step in steps if step.source is not StepSource.SYSTEM]
        text = "\n".join(part.text for step in own for part in step.parts)
        sessions.append((episode.id, episode.project, text))
    return sessions


def _messages(memory: Memory) -> Iterator[_PersonsMessage]:
    listed = memory.episodes.find(EpisodeQuery(top_level=True))
    number = 0
    for episode in memory.episodes.get(listed.window(0, len(listed))):
        for step in memory.steps.read(episode.id, 0, episode.steps):
            if step.source is not StepSource.USER or step.flags & _NOT_SAID:
                continue
            text = "\n".join(part.text for part in step.parts if part.kind is PartKind.MESSAGE)
            rank = episode.started_at or 0, episode.id, step.seq
            yield _PersonsMessage(number, episode.project, text, rank)
            number += 1
