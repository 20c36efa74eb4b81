"""The benchmark of the server that agents ask: how soon it answers, and under how many of them."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

from hpm_engine.backup.copy import back_up
from hpm_engine.evaluation.agents.asking_agent import AskingAgent, with_bytecode
from hpm_engine.evaluation.environment import environment
from hpm_engine.evaluation.generated_store import generated_store
from hpm_engine.evaluation.generated_traces import write_sessions
from hpm_engine.evaluation.recall.latency import drawn_cues
from hpm_engine.evaluation.result import BenchResult, Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.recall.quotation import tokens_in
from hpm_engine.system.own_process import interpreter

_EPISODES = 1_000
_STARTS = 20
_LATER = 200  # recalls
_WARM_UP = 20  # recalls
_AGENTS = 8
_RECALLS = 40  # of each agent
_IMPORTED = 32 * 1024 * 1024  # bytes
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
        self, episodes: int = _EPISODES, starts: int = _STARTS, imported: int = _IMPORTED
    ) -> None:
        self._episodes = episodes
        self._starts = starts
        self._imported = imported

    def run(self, data: Path | None, report: Report) -> BenchResult:
        """Measure on a generated store; ``data`` is not looked at. It takes some minutes."""
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
            figures = _starts(store, bytecode, cues, self._starts, report)
            figures |= _later(store, bytecode, cues, report)
            write_sessions(folder / "sessions", self._imported)
            figures |= _load(store, bytecode, cues, folder / "sessions", report)
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


class _Tally(msgspec.Struct):
    """What an agent met; a list of one thread's own."""

    errors: int = 0
    unrecorded: int = 0
    times: list[float] = msgspec.field(default_factory=list)


def _load(
    store: Path, bytecode: Path, cues: Sequence[str], sessions: Path, report: Report
) -> dict[str, Figure]:
    """Agents that ask all at once, while sessions are imported into the same store."""
    report(f"{_AGENTS} agents of {_RECALLS} recalls each, beside an import")
    with open_memory(store, read_only=True) as memory:
        before = memory.recall.past_count()
    tallies = [_Tally() for _ in range(_AGENTS)]
    agents = [
        threading.Thread(target=_ask, args=(store, bytecode, cues[number:], tally))
        for number, tally in enumerate(tallies)
    ]
    for agent in agents:
        agent.start()
    imported = 0
    with open_memory(store, actor="bench") as memory:
        files = sorted(path for path in sessions.rglob("*") if path.is_file())
        for file in files:
            if not any(agent.is_alive() for agent in agents):
                break
            imported += memory.import_paths([file]).episodes_added
    for agent in agents:
        agent.join()
    with open_memory(store, read_only=True) as memory:
        recorded = memory.recall.past_count() - before
        broken = memory.audit.verify().broken_at is not None
    times = sorted(time for tally in tallies for time in tally.times)
    unrecorded = sum(tally.unrecorded for tally in tallies)
    return {
        "recalls of agents at once": Figure(len(times), "recalls"),
        "sessions imported meanwhile": Figure(imported, "sessions"),
        "errors to agents": Figure(sum(tally.errors for tally in tallies), "", reference=0),
        "records lost": Figure(len(times) - unrecorded - recorded, "", reference=0),
        "said to be unrecorded": Figure(unrecorded, "", reference=0),
        "broken chains": Figure(float(broken), "", reference=0),
        "recalls at once, 95 %": Figure(times[int(len(times) * 0.95)], "ms"),
    }


def _ask(store: Path, bytecode: Path, cues: Sequence[str], tally: _Tally) -> None:
    with AskingAgent(store, bytecode) as agent:
        for number in range(_RECALLS):
            started = time.perf_counter()
            text, answered = agent.recall(cues[number % len(cues)])
            tally.times.append(1000 * (time.perf_counter() - started))
            tally.errors += not answered
            tally.unrecorded += answered and "\nnot recorded" in text


def _text_of(agent: AskingAgent, cue: str) -> str:
    text, answered = agent.recall(cue)
    if not answered:
        raise AssertionError(f"no answer: {text}")
    return text


def _median(times: Sequence[float], unit: str, bar: float | None) -> Figure:
    """Of all but the first, which filled caches."""
    counted = times[1:]
    return Figure(statistics.median(counted), unit, min(counted), max(counted), bar)
