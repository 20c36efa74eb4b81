"""The benchmark of the hook's gate: what covers a first prompt, of its task and of strangers."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.adaptation.bootstrap import by_query
from hpm_engine.errors import NotFound
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.recall.transfer import TASKS, scratch_store
from hpm_engine.evaluation.recall.transfer_tasks import Solved, solved_in
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.hook.handing import COVERED, COVERED_ELSEWHERE, HITS
from hpm_engine.memory import Memory, open_memory
from hpm_engine.recall.lexical import Lexical
from hpm_engine.store.search.recall_index import RecallIndex
from hpm_engine.values.recall import RecallOptions, RecallScope

_OTHER_AGENTS = "swe-agent-v1"
_GATES = tuple(number / 20 for number in range(2, 15))  # .1 to .7
_OPTIONS = RecallOptions(steps=0, record=False)


class GatedPrompt(msgspec.Struct, frozen=True):
    """How much of one prompt the best of what is recalled covers, by who is asked."""

    related: float  # sessions of its task
    fellows: float  # of its repository, on other tasks
    strangers: float  # of another repository
    anywhere: float  # of all
    elsewhere: float  # of all other repositories


class HookGate:
    """``hpm bench gate``.

    The prompts are issues as people wrote them, which one agent was given; what may be recalled
    are sessions of two other agents. Statements of people are given besides, and are no part of it.
    """

    name = "gate"
    summary = "first prompts and the hook's gate: what is given of their task, and of strangers"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Ask each prompt of sessions that may, and that may not, be given. Needs ``data``.

        A gate is chosen on every other prompt, where it sets the two apart best; what it gives is
        told of the rest.
        """
        if data is None or not (data / TASKS).exists():
            raise NotFound(f"The gate benchmark needs --data with {TASKS} in it.")
        with tempfile.TemporaryDirectory(prefix="hpm-bench-") as folder:
            report("importing the prompts")
            with open_memory(Path(folder) / "own.hpm", create=True, actor="bench") as memory:
                memory.import_paths([data / TASKS])
                asked = solved_in(memory)
            others = data / _OTHER_AGENTS
            with scratch_store(Path(folder) / "other.hpm", [others], report) as memory:
                prompts = _asked(memory, asked, report)
        figures = {"prompts": Figure(len(prompts), "prompts")}
        figures |= gate_figures("within", COVERED, prompts, "related", "strangers")
        figures |= gate_figures("elsewhere", COVERED_ELSEWHERE, prompts, "anywhere", "elsewhere")
        figures |= _shares("within, fellows", [prompt.fellows for prompt in prompts[1::2]])
        return BenchResult(self.name, figures, environment())


def _asked(memory: Memory, asked: Sequence[Solved], report: Report) -> list[GatedPrompt]:
    stored = solved_in(memory)
    projects = sorted({other.episode.project for other in stored})
    prompts = []
    tasks = {attempt.instance: attempt for attempt in asked}
    known = {other.instance for other in stored}
    for number, instance in enumerate(sorted(tasks.keys() & known)):
        attempt = tasks[instance]
        project = attempt.episode.project
        own = [other for other in stored if other.episode.project == project]
        rest = [other for other in stored if other.episode.project != project]
        names = [name for name in projects if name != project]
        stranger = names[number % len(names)]
        groups = (
            [other for other in own if other.instance == instance],
            [other for other in own if other.instance != instance],
            [other for other in rest if other.episode.project == stranger],
            stored,
            rest,
        )
        prompts.append(GatedPrompt(*(_covered(memory, attempt.issue, group) for group in groups)))
        if number % 20 == 0:
            report(f"asked {number} prompts")
    return prompts


def _covered(memory: Memory, prompt: str, sessions: Sequence[Solved]) -> float:
    """The most of the prompt that one session covers of those that recall gives."""
    if not sessions:
        return 0.0
    scope = RecallScope(among=tuple(session.episode.id for session in sessions))
    hits = memory.recall.ask(prompt, HITS, scope, options=_OPTIONS).hits
    database = memory.internals.database
    with database.reading():
        lexical = Lexical(RecallIndex(database), prompt, scoped=True)
        return max(lexical.covered([hit.episode.id for hit in hits]).values(), default=0.0)


def gate_figures(
    name: str, now: float, prompts: Sequence[GatedPrompt], wanted: str, unwanted: str
) -> dict[str, Figure]:
    """The curves of the half that is reported, and what the gate chosen on the other gains."""
    good = [float(getattr(prompt, wanted)) for prompt in prompts]
    bad = [float(getattr(prompt, unwanted)) for prompt in prompts]

    def apart(gate: float, half: int) -> list[float]:
        pairs = zip(good[half::2], bad[half::2], strict=True)
        return [float(own >= gate) - float(other >= gate) for own, other in pairs]

    chosen = max(_GATES, key=lambda gate: (sum(apart(gate, 0)), -abs(gate - now)))
    gains = [x - y for x, y in zip(apart(chosen, 1), apart(now, 1), strict=True)]
    return {
        f"{name}, gate chosen": Figure(chosen, "of worth", reference=now),
        f"{name}, gained by it": Figure(sum(gains) / len(gains), "of prompts", *by_query(gains)),
        **_shares(f"{name}, {wanted}", good[1::2]),
        **_shares(f"{name}, {unwanted}", bad[1::2]),
    }


def _shares(name: str, covered: Sequence[float]) -> dict[str, Figure]:
    figures = {}
    for gate in _GATES:
        given = [float(value >= gate) for value in covered]
        interval = by_query(given)
        share = sum(given) / len(given)
        figures[f"{name}, {gate:.2f}"] = Figure(share, "of prompts", *interval)
    return figures
