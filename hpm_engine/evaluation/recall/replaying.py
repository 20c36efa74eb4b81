"""The benchmark of replay: what past sessions could have been told as they began."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from heapq import nlargest
from pathlib import Path

from hpm_engine.adaptation.bootstrap import by_cluster
from hpm_engine.config import HOOK_TOKENS
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.plain_bm25 import PlainBM25
from hpm_engine.evaluation.recall.transfer import TASKS, scratch_store
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import Memory
from hpm_engine.replay.cases import Help, RecallReplay
from hpm_engine.values.episodes import Episode, EpisodeQuery, StepSource
from hpm_engine.values.recall import ContextBlock, RecallOptions, RecallScope

_HITS = 5
_SAVED = "saved_steps_at_most"
Pick = Callable[[str, Sequence[int]], Sequence[int]]


class Replaying:
    """``hpm bench replay``.

    The ways differ in which five earlier sessions of the project they pick; what is told of them
    is cut to the same tokens by the same excerpts. No way sees what the asked session did.
    """

    name = "replay"
    summary = "what past sessions could have been told as they began, beside simpler ways"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Import the traces into a scratch store, and ask each again. Needs ``data``."""
        if data is None or not (data / TASKS).exists():
            raise NotFound(f"The replay benchmark needs --data with {TASKS} in it.")
        with (
            tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder,
            scratch_store(Path(folder) / "own.hpm", [data / TASKS], report) as memory,
        ):
            return BenchResult(self.name, replayed(memory, report), environment())


def replayed(memory: Memory, report: Report) -> dict[str, Figure]:
    """The figures of one store."""
    bm25 = PlainBM25(_texts(memory))
    ways: dict[str, Pick | None] = {
        "": None,
        "bm25_": lambda prompt, earlier: _best(bm25.scores(prompt, earlier)),
        "recency_": lambda prompt, earlier: earlier[-_HITS:],
        "random_": lambda prompt, earlier: random.Random(prompt).sample(
            list(earlier), min(_HITS, len(earlier))
        ),
    }
    replays = {}
    for way, pick in ways.items():
        report(f"asking past sessions again, by {way.removesuffix('_') or 'recall'}")
        choose = None if pick is None else _chosen(memory, pick)
        replays[way] = memory.replay.run(choose=choose)
    own, reference = replays[""], replays["bm25_"]
    figures = {"sessions": Figure(len(own.sessions), "sessions")}
    for way, replay in replays.items():
        beside = None if way else reference
        figures |= _figures(way, replay, beside)
    return figures | _gains(memory, own, replays)


def _figures(way: str, replay: RecallReplay, beside: RecallReplay | None) -> dict[str, Figure]:
    figures = {}
    for name, value in _values(replay).items():
        reference = None if beside is None else _values(beside)[name]
        unit = "steps" if name == _SAVED else "of sessions"
        figures[f"{way}{name}"] = Figure(value, unit, reference=reference)
    return figures


def _values(replay: RecallReplay) -> dict[str, float]:
    return {
        "helped": replay.helped,
        **{kind.value: replay.share(kind) for kind in Help},
        _SAVED: float(replay.saved_steps),
    }


def _gains(
    memory: Memory, own: RecallReplay, replays: dict[str, RecallReplay]
) -> dict[str, Figure]:
    """How many more sessions are helped than by each other way, paired, over repositories."""
    episodes = memory.episodes.get([session.episode_id for session in own.sessions])
    projects = [episode.project for episode in episodes]
    figures = {}
    for way, replay in replays.items():
        if not way:
            continue
        gains = [
            float(bool(session.cases)) - float(bool(other.cases))
            for session, other in zip(own.sessions, replay.sessions, strict=True)
        ]
        low, high = by_cluster(gains, projects)
        figures[f"gain_over_{way.removesuffix('_')}"] = Figure(
            sum(gains) / len(gains), "of sessions", low, high
        )
    return figures


def _chosen(memory: Memory, pick: Pick) -> Callable[[str, Sequence[int], Episode], ContextBlock]:
    options = RecallOptions(budget=HOOK_TOKENS.value, record=False, alike_once=False)

    def choose(prompt: str, earlier: Sequence[int], episode: Episode) -> ContextBlock:
        scope = RecallScope(among=tuple(pick(prompt, earlier)))
        return memory.recall.ask(prompt, _HITS, scope, options=options).context

    return choose


def _best(scores: dict[int, float]) -> list[int]:
    return nlargest(_HITS, scores, key=lambda key: (scores[key], key))


def _texts(memory: Memory) -> dict[int, str]:
    """All that was asked, said, done and seen in each session."""
    listed = memory.episodes.find(EpisodeQuery())
    texts = {}
    for episode in memory.episodes.get(listed.window(0, len(listed))):
        steps = memory.steps.read(episode.id, 0, episode.steps)
        own = [step for step in steps if step.source is not StepSource.SYSTEM]
        parts = [part for step in own for part in step.parts]
        texts[episode.id] = "\n".join(part.text for part in parts)
    return texts
