"""The benchmark of the server that agents ask: how soon it answers, and under how many of them."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from hpm_engine.backup.copy import back_up
from hpm_engine.evaluation.agents.asking_agent import AskingAgent, with_bytecode
from hpm_engine.evaluation.agents.load import Load, LoadSize
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.recall.latency import drawn_cues
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.recall.quotation import tokens_in
from hpm_engine.system.own_process import interpreter

_EPISODES = 1_000
_STARTS = 20
_LATER = 200  # recalls
_WARM_UP = 20  # recalls
# What is striven for.
_LIST_BAR = 1_000.0  # tokens
_REPLY_BAR = 1.0  # s
_RECALL_BAR = 1.5  # s
_LATER_BAR = 60.0  # ms
_END_BAR = 1.0  # s


class AgentServerBench:
    """``hpm bench mcp``."""

    name = "mcp"
    summary = "agents that ask a store of 1,000 episodes: first and later answers; many at once"

    def __init__(
        self,
        episodes: int = _EPISODES,
        starts: int = _STARTS,
        load: LoadSize | None = None,
    ) -> None:
        self._episodes = episodes
        self._starts = starts
        self._load = load or LoadSize()

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure on a generated store; ``data`` is not looked at. It takes some minutes.

        A load of some minutes is measured alone, beside an open window and hooks.
        """
        made = generated_store(self._episodes, report)
        with tempfile.TemporaryDirectory(prefix="hpm-mcp-") as name:
            folder = Path(name)
            store, bytecode = folder / "asked.hpm", folder / "bytecode"
            with open_memory(made, read_only=True) as memory:
                back_up(memory, store, record=False)
            report(f"{self._episodes:,} episodes: preparing")
            with open_memory(store, actor="bench") as memory:
                memory.recall.prepare()
                memory.encode()
                cues = drawn_cues(memory, _LATER)
            figures: dict[str, Figure] = {}
            if not self._load.minutes:
                figures |= _starts(store, bytecode, cues, self._starts, report)
                figures |= _later(store, bytecode, cues, report)
            figures |= Load(store, bytecode, cues, self._load, report).figures()
        return BenchResult(self.name, figures, environment())


def _starts(
    store: Path, bytecode: Path, cues: Sequence[str], count: int, report: Report
) -> dict[str, Figure]:
    """Servers started by turns with a Python that does nothing; the first is not counted."""
    report(f"{count} servers, one after the other")
    nothing, reply, worked, recall, end = [], [], [], [], []
    size = 0.0
    for number in range(count + 1):
        started = time.perf_counter()
        empty = [interpreter(), "-c", "pass"]
        subprocess.run(empty, check=True, env=with_bytecode(bytecode), cwd=store.parent)
        nothing.append(time.perf_counter() - started)
        started = time.perf_counter()
        with AskingAgent(store, bytecode) as agent:
            tools = agent.ask("tools/list")["result"]["tools"]
            reply.append(time.perf_counter() - started)
            worked.append(agent.processor or 0.0)
            _text_of(agent, cues[number % len(cues)])
            recall.append(time.perf_counter() - started)
            end.append(agent.end())
        size = float(tokens_in(json.dumps({"tools": tools}, separators=(",", ":"))))
    return {
        "tool list": Figure(size, "tokens", reference=_LIST_BAR),
        "empty Python process": _median(nothing, "s", None),
        "first reply": _median(reply, "s", _REPLY_BAR),
        "first reply, processor": _median(worked, "s", None),
        "first recall, from the start": _median(recall, "s", _RECALL_BAR),
        "end of input": _median(end, "s", _END_BAR),
    }


def _later(store: Path, bytecode: Path, cues: Sequence[str], report: Report) -> dict[str, Figure]:
    report(f"{len(cues)} recalls of one server")
    times, worked = [], []
    with AskingAgent(store, bytecode) as agent:
        for cue in (*cues[:_WARM_UP], *cues):
            started = time.perf_counter()
            _text_of(agent, cue)
            times.append(1000 * (time.perf_counter() - started))
            worked.append(agent.processor or 0.0)
    counted = 1000 * (worked[-1] - worked[-len(cues) - 1]) / len(cues)
    times = sorted(times[-len(cues) :])
    last = times[int(len(times) * 0.95)]
    return {
        "later recalls": Figure(statistics.median(times), "ms", times[0], times[-1]),
        "later recalls, processor": Figure(counted, "ms"),
        "later recalls, 95 %": Figure(last, "ms", reference=_LATER_BAR),
    }


def _text_of(agent: AskingAgent, cue: str) -> str:
    text, answered = agent.recall(cue)
    if not answered:
        raise AssertionError(f"no answer: {text}")
    return text


def _median(times: Sequence[float], unit: str, bar: float | None) -> Figure:
    """Of all but the first, which filled caches."""
    counted = times[1:]
    return Figure(statistics.median(counted), unit, min(counted), max(counted), bar)
