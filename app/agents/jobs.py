"""The jobs on agents: connecting one, trying the connection, taking it back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from app.kit.engine_thread import Task
from app.kit.formatting import counted
from app.kit.session import Session
from hpm_engine import (
    Check,
    ConnectableAgent,
    ConnectionPlan,
    ConnectionReport,
    Connections,
    Job,
    Memory,
)

_OTHER_CHECKS = 6  # beside those of the hooks: settings, store, server, registration, trust, runs


def plan(
    agent: str,
    store: Path,
    project: Path | None,
    hooks: bool,
    server: bool,
    memory: Memory,
    job: Job,
) -> ConnectionPlan:
    """What connecting would do; writes nothing."""
    connections = Connections(job=job)
    return connections.plan(agent, store, project=project, hooks=hooks, server=server)


def connect(session: Session, planned: ConnectionPlan) -> Task:
    """Do what was shown."""

    def call(_: object, job: Job) -> ConnectionReport:
        return Connections(job=job).connect(planned)

    return session.errand(call, f"Connect {planned.agent.title}", sentence=changed_files)


def disconnect(session: Session, agent: ConnectableAgent, project: str) -> Task:
    """Take what is ours out of an agent's settings."""

    def call(_: object, job: Job) -> ConnectionReport:
        return Connections(job=job).disconnect(agent.name, Path(project) if project else None)

    return session.errand(call, f"Disconnect {agent.title}", sentence=changed_files)


def check(
    session: Session, agent: ConnectableAgent, project: str, seen: Callable[[Check], None]
) -> Task:
    """Try every part of a connection; ``seen`` is told of each in the working thread."""
    most = _OTHER_CHECKS + max(1, len(agent.events))

    def call(_: object, job: Job) -> list[Check]:
        results = []
        checks = Connections(job=job).check(agent.name, Path(project) if project else None)
        for number, result in enumerate(checks, start=1):
            seen(result)
            results.append(result)
            job.step(min(number, most), most, unit="parts")
        return results

    return session.errand(call, f"Check {agent.title}", sentence=checked)


def changed_files(title: str, report: ConnectionReport, took: str) -> str:
    """What a connection or its end did, for the log."""
    changed = counted(len(report.changed), "settings file")
    return f"{title}: {changed} changed {took}."


def checked(title: str, results: list[Check], took: str) -> str:
    """What came out of trying a connection, for the log."""
    failed = sum(result.ok is False for result in results)
    said = f"{counted(failed, 'part')} failed" if failed else "no part failed"
    return f"{title}: {said}, {took}."


def planning(
    agent: str, store: Path, project: Path | None, hooks: bool, server: bool
) -> partial[ConnectionPlan]:
    """The call that plans, for a reader."""
    return partial(plan, agent, store, project, hooks, server)
