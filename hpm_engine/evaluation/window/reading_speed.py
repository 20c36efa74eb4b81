"""The benchmark of reading: a long conversation in Markdown, scrolled in the real window."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
from platformdirs import user_cache_path

from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.evaluation.result import BenchResult, Report
from hpm_engine.evaluation.window.window_run import measured_window, over
from hpm_engine.job import Job
from hpm_engine.memory import open_memory
from hpm_engine.store.encoded_step import encode_step
from hpm_engine.store.episode_writer import EpisodeWriter
from hpm_engine.values.drafts import EpisodeDraft, StepDraft
from hpm_engine.values.episodes import Part, PartKind, StepSource

STEPS = 5_000
_ROUNDS = 3
_RECIPE = 1  # raise it when the generated content changes
_START = 1_735_689_600_000_000  # 2025-01-01
_FIGURES = tuple(
    f"{name}_{kind}_ms" for name in ("move", "arrival") for kind in ("median", "p95", "max")
)


class ReadingSpeed:
    """``hpm bench reading``."""

    name = "reading"
    summary = f"paints while a conversation of {STEPS:,} steps in Markdown is scrolled"

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Scroll it in the real window, by pages and by jumps, with all calls open.

        ``move`` is a move of the scroll bar to its paint, ``arrival`` what texts cost that come
        in: their layout and paint. ``busy_max`` is the most that the window's thread computed
        between two ticks. The reference is the same conversation as plain text.
        """
        store = reading_store(report)
        rounds = []
        for number in range(_ROUNDS):
            report(f"scrolling, round {number + 1} of {_ROUNDS}")
            rounds.append(measured_window(store, "--measure-reading"))
        figures = {}
        for name in (*_FIGURES, "busy_max_ms"):
            plain = over(rounds, f"plain_{name}", "ms").value
            figure = over(rounds, f"markdown_{name}", "ms")
            figures[name] = msgspec.structs.replace(figure, reference=plain)
        figures["rss_mb"] = over(rounds, "rss_mb", "MB")
        return BenchResult(self.name, figures, environment())


def reading_store(report: Report, steps: int = STEPS) -> Path:
    """A store of one conversation in Markdown; built once, then found in the cache folder."""
    folder = user_cache_path("hpm-inspector") / "bench"
    path = folder / f"reading-{steps}-recipe{_RECIPE}.hpm"
    if path.exists():
        return path
    report(f"a conversation of {steps:,} steps")
    folder.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    for leftover in folder.glob(partial.name + "*"):
        leftover.unlink()
    with open_memory(partial, create=True, actor="bench") as memory:
        writer = EpisodeWriter(memory.internals.database, memory.internals.steps)
        draft = EpisodeDraft(
            format="generated",
            key="a long conversation",
            steps=_steps(steps),
            agent="claude-code",
            model="model-1",
            project="project-1",
            task="A long conversation in Markdown",
        )
        with memory.internals.database.writing():
            memory.internals.steps.begin()
            writer.write(draft, map(encode_step, draft.steps), Job())
            memory.internals.steps.flush()
    partial.rename(path)
    return path


def _steps(count: int) -> Iterator[StepDraft]:
    maker = TraceMaker(7)
    for seq in range(count):
        at = _START + seq * 20_000_000
        if seq % 10 == 0:
            asked = Part(PartKind.MESSAGE, f"{maker.text(30)}\n\n- {maker.text(8)}\n- `code`")
            yield StepDraft(StepSource.USER, at=at, parts=(asked,))
            continue
        parts = [Part(PartKind.MESSAGE, _markdown(maker))] if seq % 2 else []
        parts += [
            Part(PartKind.REASONING, maker.text(60)),
            Part(PartKind.CALL, f'{{"command": "grep -n {maker.text(2)} src"}}', "bash", f"c{seq}"),
            Part(PartKind.RESULT, "\n".join(maker.text(9) for _ in range(40)), "", f"c{seq}"),
        ]
        yield StepDraft(StepSource.AGENT, at=at, model="model-1", parts=tuple(parts))


def _markdown(maker: TraceMaker) -> str:
    """An answer of about 1,500 characters with one of each construct."""
    rows = "\n".join(f"| {maker.text(2)} | `{maker.text(1)}` | {maker.text(4)} |" for _ in range(4))
    items = "\n".join(f"{n}. **{maker.text(2)}** {maker.text(12)}" for n in range(1, 5))
    return (
        f"## {maker.text(5)}\n\n{maker.text(50)} *{maker.text(3)}* `{maker.text(1)}`.\n\n"
        f"{items}\n   - {maker.text(8)}\n\n> {maker.text(20)}\n\n"
        f"```python\ndef work(value: int) -> int:\n    # {maker.text(6)}\n"
        f'    return value + len("{maker.text(3)}")\n```\n\n'
        f"| name | code | what |\n|---|---|---|\n{rows}\n\n{maker.text(30)}\n"
    )
