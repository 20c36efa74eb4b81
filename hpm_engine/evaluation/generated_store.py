"""Large stores for benchmarks, written through the store's own writer; kept between runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

from platformdirs import user_cache_path

from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.evaluation.result import Report
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.store.figures import analyze
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Outcome, Part, PartKind, StepFlag, StepSource

_STEPS = 42  # per episode, so that 100,000 episodes have more than 4 million
_BATCH = 1000
_RECIPE = 1  # raise it when the generated content changes
_DAY = 86_400 * 1_000_000
_START = 1_735_689_600_000_000  # 2025-01-01
_OUTCOMES = (Outcome.SUCCESS, Outcome.FAILURE, Outcome.UNKNOWN, Outcome.UNKNOWN)


def generated_store(episodes: int, report: Report) -> Path:
    """A store of ``episodes`` generated episodes; built once, then found in the cache folder."""
    folder = user_cache_path("hpm-inspector") / "bench"
    path = folder / f"generated-{episodes}-recipe{_RECIPE}.hpm"  # opening brings it up to date
    if path.exists():
        return path
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    for leftover in folder.glob(partial.name + "*"):
        leftover.unlink()
    with open_memory(partial, create=True, actor="bench") as memory:
        writer = EpisodeWriter(memory.internals.database, memory.internals.steps)
        drafts = _Drafts()
        for start in range(0, episodes, _BATCH):
            report(f"generating a store of {episodes:,} episodes: {start:,}")
            with memory.internals.database.writing():
                memory.internals.steps.begin()
                for number in range(start, min(start + _BATCH, episodes)):
                    draft = drafts.episode(number)
                    writer.write(draft, map(encode_step, draft.steps), Job())
                memory.internals.steps.flush()
        analyze(memory.internals.database)
    partial.rename(path)
    return path


class _Drafts:
    """Episodes of invented words; the texts come from a pool, as traces repeat theirs."""

    def __init__(self) -> None:
        self._random = random.Random(5)
        self._maker = TraceMaker(5)
        self._pool = [self._maker.text(20) for _ in range(20_000)]

    def episode(self, number: int) -> EpisodeDraft:
        """The episode with this number."""
        started = _START + number * 700 * 1_000_000 % (550 * _DAY)
        return EpisodeDraft(
            format="generated",
            key=f"generated-{number:08}",
            steps=self._steps(started),
            agent=("claude-code", "codex", "swe-agent")[number % 3],
            model=f"model-{number % 5}",
            project=f"project-{number % 40}",
            task=self._maker.text(8),
            outcome=_OUTCOMES[number % 4],
        )

    def _steps(self, started: int) -> Iterator[StepDraft]:
        choose, chance = self._random.choice, self._random.random
        for seq in range(_STEPS):
            at = started + seq * 20_000_000
            if seq == 0:
                message = Part(PartKind.MESSAGE, choose(self._pool))
                yield StepDraft(StepSource.USER, (message,), at)
                continue
            failed = chance() < 0.06
            parts = (
                Part(PartKind.MESSAGE, choose(self._pool)),
                Part(PartKind.CALL, f'{{"command":"step {seq}"}}', "bash", f"c{seq}"),
                Part(PartKind.RESULT, choose(self._pool), "", f"c{seq}", failed),
            )
            flags = StepFlag.ERROR if failed else StepFlag.NONE
            yield StepDraft(StepSource.AGENT, parts, at, flags, "model", 900, 80)
