"""Hooks that failed lately, by agent, and what a person makes of the reason."""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path

import msgspec

from hpm_engine.connecting.agents import AGENTS
from hpm_engine.connecting.hook_log import HookRun, hook_runs

LATELY_DAYS = 7
_DAY = 86_400_000_000  # microseconds
_REASONS = {
    "the time was over": (
        "it took longer than a second and a half",
        "A busy computer does that now and then; where it goes on, check the connection.",
    ),
    "StoreMissing": ("the store is not there", "Put it back, or connect the agent to another."),
    "StoreBusy": (
        "another program was writing to the store",
        "It is tried anew at the next event.",
    ),
    "ReadOnlyStore": (
        "the store cannot be written",
        "What cannot be recorded is not given: allow writing to it.",
    ),
    "NewerStore": (
        "a newer version of this program wrote the store",
        "Connect the agent anew from that version.",
    ),
    "DamagedStore": ("the store is damaged", "Look at Health."),
    "NotAStore": ("the file is no store", "Connect the agent to a store."),
    "CannotOpen": ("the store could not be opened", "Check the connection."),
    "CannotWrite": ("the store could not be written", "Is the disk full?"),
    "CannotImport": (
        "the session could not be imported",
        "Import its file by hand to see what is wrong with it.",
    ),
}


class AgentFailures(msgspec.Struct, frozen=True):
    """One agent's runs within some days: how many failed, the last that did, how many since."""

    agent: str
    title: str
    runs: int
    failed: int
    last: HookRun
    since: int  # runs after the last that failed


def hook_failures(
    store: Path | None = None, *, days: int = LATELY_DAYS, now: int | None = None
) -> tuple[AgentFailures, ...]:
    """The agents of which hooks failed lately, of one store or of all. Reads the hooks' log."""
    now = time.time_ns() // 1000 if now is None else now
    recent = [
        run
        for run in hook_runs()
        if now - days * _DAY <= run.at and (store is None or _same(run.store, store))
    ]
    by_agent = ((agent, [run for run in recent if run.agent == agent.name]) for agent in AGENTS)
    return tuple(
        failures
        for agent, runs in by_agent
        if (failures := _failures(agent.name, agent.title, runs)) is not None
    )


def failure_words(failure: str) -> tuple[str, str]:
    """What went wrong in a hook, and what to do, in plain words."""
    unknown = (f"something that nobody expected ({failure})", "Check the connection.")
    return _REASONS.get(failure, unknown)


def _failures(name: str, title: str, runs: Iterable[HookRun]) -> AgentFailures | None:
    runs = list(runs)  # newest first
    failed = [number for number, run in enumerate(runs) if run.failure]
    if not failed:
        return None
    return AgentFailures(name, title, len(runs), len(failed), runs[failed[0]], failed[0])


def _same(path: str, store: Path) -> bool:
    return bool(path) and (Path(path) == store or Path(path).resolve() == store.resolve())
