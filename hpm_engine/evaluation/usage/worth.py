"""Whether earlier use foretells later use, and whether it makes recall better: on real sessions.

No real trace holds a recall. So each session is given, as it began, what recall would have given
it, and what it did by itself says what it would have used: as near to the truth as traces come.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from hpm_engine.config import HOOK_TOKENS
from hpm_engine.evaluation.recall.transfer import TASKS, scratch_store
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.memory import Memory
from hpm_engine.replay.session_facts import facts_of
from hpm_engine.store.recall_log import date_recall, forget_recalls_since
from hpm_engine.values.episodes import Episode, EpisodeQuery
from hpm_engine.values.recall import ContextBlock, RecallOptions, RecallScope, Use

_HITS = 5
WEIGHTS = (0.0, 0.25, 0.5, 1.0)


def worth(data: Path, report: Report) -> dict[str, Figure]:
    """Figures of one set of traces; none where it is not there."""
    if not (data / TASKS).exists():
        report(f"{TASKS}: not there, left out")
        return {}
    with (
        tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder,
        scratch_store(Path(folder) / "own.hpm", [data / TASKS], report) as memory,
    ):
        report("giving each session what recall would have given it as it began")
        episodes = _in_time(memory)
        for number, episode in enumerate(episodes):
            _give(
                memory, episode, [other for other in episodes[:number] if _before(other, episode)]
            )
        memory.recall.prepare()
        middle = episodes[len(episodes) // 2].started_at or 0
        figures = _foretold(memory, middle)
        report("asking the later half again, by each weight of earlier use")
        forget_recalls_since(memory.internals.database, middle)
        half = len(episodes) - len(episodes) // 2
        for weight in WEIGHTS:
            replay = memory.replay.run(latest=half, choose=_choice(memory, weight))
            figures[f"use_{weight:g}_helped"] = Figure(replay.helped, "of sessions")
        return figures


def _in_time(memory: Memory) -> list[Episode]:
    found = memory.episodes.find(EpisodeQuery())
    episodes = memory.episodes.get(found.window(0, len(found)))
    dated = [episode for episode in episodes if episode.started_at is not None]
    return sorted(dated, key=lambda episode: (episode.started_at or 0, episode.id))


def _before(other: Episode, episode: Episode) -> bool:
    ended = other.ended_at or other.started_at or 0
    return other.project == episode.project and ended < (episode.started_at or 0)


def _give(memory: Memory, episode: Episode, earlier: Sequence[Episode]) -> None:
    """Record a recall into a session, dated as it began."""
    steps = memory.steps.read(episode.id, 0, episode.steps)
    prompt = facts_of(steps, "").prompt
    if not earlier or not prompt.strip():
        return
    scope = RecallScope(among=tuple(other.id for other in earlier))
    options = RecallOptions(budget=HOOK_TOKENS.value, into=episode.key)
    recall = memory.recall.ask(prompt, _HITS, scope, (), options)
    date_recall(memory.internals.database, recall.id or 0, episode.started_at or 0)


def _foretold(memory: Memory, middle: int) -> dict[str, Figure]:
    """How often later sessions would have used an episode that earlier ones used, or ignored."""
    given = memory.recall.given(limit=-1)
    before: dict[int, bool] = {}
    for each in given:
        if each.at < middle and each.use in (Use.USED, Use.IGNORED):
            before[each.id] = before.get(each.id, False) or each.use is Use.USED
    later = [each for each in given if each.at >= middle and each.use in (Use.USED, Use.IGNORED)]
    groups = {
        "used_before": [each for each in later if before.get(each.id) is True],
        "ignored_before": [each for each in later if before.get(each.id) is False],
        "new": [each for each in later if each.id not in before],
    }
    return {
        f"used_later_of_{name}": Figure(
            sum(each.use is Use.USED for each in group) / max(1, len(group)),
            f"of {len(group):,} memories",
        )
        for name, group in groups.items()
    }


def _choice(memory: Memory, weight: float) -> Callable[[str, Sequence[int], Episode], ContextBlock]:
    options = RecallOptions(budget=HOOK_TOKENS.value, record=False, use=weight)

    def choose(prompt: str, earlier: Sequence[int], episode: Episode) -> ContextBlock:
        scope = RecallScope(among=tuple(earlier))
        return memory.recall.ask(prompt, _HITS, scope, options=options).context

    return choose
