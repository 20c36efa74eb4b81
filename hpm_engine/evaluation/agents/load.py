"""Agents that ask one store all at once, beside an import, and for minutes a window and hooks."""

from __future__ import annotations

import json
import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import msgspec

from hpm_engine.connecting.hook_log import HookRun
from hpm_engine.evaluation.agents.asking_agent import AskingAgent, with_bytecode
from hpm_engine.evaluation.environment import window_environment
from hpm_engine.evaluation.generated_traces import TraceMaker
from hpm_engine.evaluation.result import Figure, Report
from hpm_engine.memory import open_memory
from hpm_engine.repair.in_place import plan_repair
from hpm_engine.system.own_process import interpreter, run_module
from hpm_engine.values.recall import PastRecall

_TURNS = 200  # of an imported session
_WORDS = 300  # of each turn
_SEED = 7
_SESSION = "bench-hook-"  # and a number: of a hook
_HOOK_REST = 0.5  # s from one hook to the next
_HOOK_SECONDS = 60  # of every other hook
_WINDOW_ENDS = 60.0  # s after its time


class LoadSize(msgspec.Struct, frozen=True):
    """How many agents ask how often at least; for so many ``minutes`` at least, if any."""

    agents: int = 8
    recalls: int = 40
    minutes: float = 0.0


class _Tally(msgspec.Struct):
    """What an agent, or a hook, met; of one thread's own."""

    given: list[str] = msgspec.field(default_factory=list)  # keys of what must be recorded
    asked: int = 0
    errors: int = 0
    unrecorded: int = 0  # answers that say so
    times: list[float] = msgspec.field(default_factory=list)  # ms


class Load:
    """One load of a store."""

    def __init__(
        self, store: Path, bytecode: Path, cues: Sequence[str], size: LoadSize, report: Report
    ) -> None:
        self._store, self._bytecode, self._cues = store, bytecode, cues
        self._size, self._report = size, report
        self._until = 0.0
        self._asking: list[threading.Thread] = []
        self._imported = 0

    def figures(self) -> dict[str, Figure]:
        """Load the store, then hold what is recorded against what was answered."""
        size = self._size
        self._report(f"{size.agents} agents of {size.recalls} recalls each, beside an import")
        with open_memory(self._store, read_only=True) as memory:
            before = memory.recall.past_count()
        seconds = 60 * size.minutes
        self._until = time.monotonic() + seconds
        window = _Window(self._store, round(seconds)) if seconds else None
        tallies, hooks = [_Tally() for _ in range(size.agents)], _Tally()
        self._asking = [
            threading.Thread(target=self._ask, args=(number, tally))
            for number, tally in enumerate(tallies)
        ]
        if seconds:
            self._asking.append(threading.Thread(target=self._call_hooks, args=(hooks,)))
        for thread in self._asking:
            thread.start()
        self._import()
        for thread in self._asking:
            thread.join()
        figures = _answers(tallies, self._imported)
        if window is not None:
            figures |= self._hook_figures(hooks) | window.figures()
        figures |= self._records([*tallies, hooks], before)
        figures["processes left"] = Figure(float(_left(self._store)), "", reference=0)
        return figures

    def _goes_on(self, asked: int) -> bool:
        return asked < self._size.recalls or time.monotonic() < self._until

    def _ask(self, number: int, tally: _Tally) -> None:
        try:
            with AskingAgent(self._store, self._bytecode) as agent:
                while self._goes_on(tally.asked):
                    # A word of its own lets each record be told from all others.
                    cue = self._cues[(number + tally.asked) % len(self._cues)]
                    self._ask_once(agent, f"{cue} agent{number}turn{tally.asked}", tally)
                agent.end()
        except (AssertionError, OSError, ValueError, subprocess.TimeoutExpired) as error:
            tally.errors += 1
            self._report(f"agent {number}: {error}")

    def _ask_once(self, agent: AskingAgent, cue: str, tally: _Tally) -> None:
        tally.asked += 1
        started = time.perf_counter()
        text, answered = agent.recall(cue)
        tally.times.append(1000 * (time.perf_counter() - started))
        if not answered:
            tally.errors += 1
            self._report(f"an agent was answered: {text[:300]}")
        elif "\nnot recorded" in text:
            tally.unrecorded += 1
        else:
            tally.given.append(cue)

    def _call_hooks(self, tally: _Tally) -> None:
        """Sessions that begin with a prompt, one after the other.

        By turns they have the time that agents give, and all they need: a process that its clock
        ends while it writes must lose nothing either.
        """
        command = [interpreter(), "-m", "hpm_engine.hook", "claude-code", str(self._store)]
        folder = self._store.parent
        variables = with_bytecode(self._bytecode) | {"HPM_DATA_DIR": str(folder)}
        while time.monotonic() < self._until:
            session = f"{_SESSION}{tally.asked}"
            event = {
                "hook_event_name": "UserPromptSubmit",
                "session_id": session,
                "cwd": str(folder),  # of no project that the store knows
                "prompt": self._cues[tally.asked % len(self._cues)],
            }
            variables["HPM_HOOK_SECONDS"] = str(_HOOK_SECONDS if tally.asked % 2 else 0)
            tally.asked += 1
            sent, started = msgspec.json.encode(event), time.perf_counter()
            done = subprocess.run(
                command, input=sent, capture_output=True, cwd=folder, env=variables
            )
            tally.times.append(1000 * (time.perf_counter() - started))
            tally.errors += bool(done.returncode or done.stderr)
            if done.stdout:
                tally.given.append(session)
            time.sleep(_HOOK_REST)

    def _import(self) -> None:
        """Sessions that arrive as long as agents ask, about one megabyte each."""
        folder, maker = self._store.parent / "sessions", TraceMaker(_SEED)
        folder.mkdir()
        with open_memory(self._store, actor="bench") as memory:
            for session in count():
                if not any(thread.is_alive() for thread in self._asking):
                    return
                file = folder / f"generated-{session:08}.jsonl"
                with file.open("wb") as stream:
                    stream.writelines(maker.session(session, _TURNS, _WORDS))
                self._imported += memory.import_paths([file]).episodes_added
                file.unlink()

    def _hook_figures(self, tally: _Tally) -> dict[str, Figure]:
        """What hooks gave, and what their log says where they gave nothing."""
        log = self._store.parent / "hooks.jsonl"
        lines = log.read_bytes().splitlines() if log.exists() else []
        failures = Counter(msgspec.json.decode(line, type=HookRun).failure for line in lines)
        over = failures.pop("the time was over", 0)
        failures.pop("", None)
        for failure, number in failures.items():
            self._report(f"hooks that failed with {failure}: {number}")
        times = sorted(tally.times)
        return {
            "hooks called": Figure(tally.asked, "hooks"),
            "hooks that gave something": Figure(len(tally.given), "hooks"),
            "hooks whose time was over": Figure(over, "hooks"),
            "hooks that failed otherwise": Figure(
                sum(failures.values()) + tally.errors, "", reference=0
            ),
            "longest hook": Figure(times[-1], "ms"),
        }

    def _records(self, tallies: Sequence[_Tally], before: int) -> dict[str, Figure]:
        """Each answer in the record exactly once, and the store as it should be."""
        self._report("holding the record against the answers")
        with open_memory(self._store, read_only=True) as memory:
            made = memory.recall.past_count() - before
            recorded = Counter(map(_key, memory.recall.past(0, made)))
            broken = memory.audit.verify().broken_at is not None
            problems = memory.figures.health(check=True).problems
            plan = plan_repair(memory)
        for fault in (*problems, *(item.name for item in plan.items), plan.damaged):
            if fault:
                self._report(f"the store: {fault}")
        given = [cue for tally in tallies for cue in tally.given]
        wrong = len(problems) + len(plan.items) + bool(plan.damaged)
        return {
            "recalls recorded": Figure(made, "recalls"),
            "records lost": Figure(sum(not recorded[cue] for cue in given), "", reference=0),
            "recorded twice": Figure(
                sum(number > 1 for number in recorded.values()), "", reference=0
            ),
            "recorded and not given": Figure(len(recorded.keys() - set(given)), ""),
            "broken chains": Figure(float(broken), "", reference=0),
            "problems of the store": Figure(float(wrong), "", reference=0),
        }


class _Window:
    """The real window, open on the store for so many seconds."""

    def __init__(self, store: Path, seconds: int) -> None:
        command = run_module("app", str(store), "--measure-staying", str(seconds))
        variables = window_environment(store.parent / "config")
        variables["HPM_DATA_DIR"] = str(store.parent)
        self._process = subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=variables
        )

    def figures(self) -> dict[str, Figure]:
        """Wait for its end. A window that had an error, or did not end, was not alive."""
        try:
            output, _ = self._process.communicate(timeout=_WINDOW_ENDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            output, _ = self._process.communicate()
        lines = output.splitlines()
        alive = self._process.returncode == 0 and bool(lines)
        measured: dict[str, Any] = json.loads(lines[-1]) if alive else {}
        figures = {"window alive": Figure(float(alive), "", reference=1)}
        for name, key, unit in (
            ("views shown by the window", "views", "views"),
            ("window's longest gap", "gap_max_ms", "ms"),
            ("window's gaps, 99 %", "gap_p99_ms", "ms"),
            ("window's thread, at most", "busy_max_ms", "ms"),
        ):
            if alive:
                figures[name] = Figure(float(measured[key]), unit)
        return figures


def _answers(tallies: Sequence[_Tally], imported: int) -> dict[str, Figure]:
    times = sorted(time for tally in tallies for time in tally.times) or [0.0]
    later = [time for tally in tallies for time in tally.times[1:]] or [0.0]
    return {
        "recalls of agents at once": Figure(sum(tally.asked for tally in tallies), "recalls"),
        "fewest of an agent": Figure(min(tally.asked for tally in tallies), "recalls"),
        "sessions imported meanwhile": Figure(imported, "sessions"),
        "errors to agents": Figure(sum(tally.errors for tally in tallies), "", reference=0),
        "said to be unrecorded": Figure(
            sum(tally.unrecorded for tally in tallies), "", reference=0
        ),
        "recalls at once, median": Figure(times[len(times) // 2], "ms"),
        "recalls at once, 95 %": Figure(times[int(len(times) * 0.95)], "ms"),
        "longest wait of an agent": Figure(times[-1], "ms"),
        "longest but the first of each": Figure(max(later), "ms"),
    }


def _key(recall: PastRecall) -> str:
    """What its answer is known by: a hook's session, an agent's cue."""
    return recall.into if recall.into.startswith(_SESSION) else recall.cue


def _left(store: Path) -> int:
    """Processes that still name the store, but this one; 0 where the system does not say."""
    left, name = 0, os.fsencode(store)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            command = (folder / "cmdline").read_bytes()
        except OSError:  # it has ended
            continue
        left += name in command and int(folder.name) != os.getpid()
    return left
