"""The calendar of the half year: the time, project and agent of each session."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta

import msgspec

from hpm_engine.sample.chore_session import play_chore
from hpm_engine.sample.identity import IdentifierStream
from hpm_engine.sample.long_session import LongSession
from hpm_engine.sample.project import (
    PROJECTS,
    Chore,
    Knowledge,
    Task,
    load_chores,
    load_knowledge,
    load_project,
    load_tasks,
)
from hpm_engine.sample.script import SessionScript
from hpm_engine.sample.task_session import TaskSession
from hpm_engine.sample.workspace import Workspace

SEED = "a half year on three projects"
FIRST = date(2026, 1, 5)
LAST = date(2026, 6, 30)
_CLAUDE = "claude-code"
_CODEX = "codex"
_FIXED = {
    "t-async-port": _CLAUDE,
    "f-strict-null": _CLAUDE,
    "k-typed-errors": _CODEX,
    "f-signals": _CODEX,
    "t-strict": _CLAUDE,
    "k-library": _CODEX,
}
_RESUMED = {
    "t-sheet-import": "Go on with the berth list, the corrected spreadsheet is in /tmp now",
    "t-drop-v1": "The kiosk is updated. Continue with removing API v1",
    "f-hut-closed": "Continue with the huts, the seasons of the alpine club are in the data now",
    "k-windows": "Go on with the Windows build where you stopped on Thursday",
    "t-waitlist": "One more thing about the waiting list: an offer must run out after 24 hours",
    "f-sw-update": "Safari shows the 'New version' button twice, please look at it again",
    "k-resume": "Resuming works, but the progress starts again at zero. Can it count on?",
    "t-webhook-dup": "The duplicate webhooks are back since the provider's update, look again",
}


class Slot(msgspec.Struct, frozen=True):
    """A session to be played: a task, its resumption, or a chore."""

    at: int
    project: str
    agent: str
    task: Task | None = None
    chore: Chore | None = None
    resumes: bool = False


class Played(msgspec.Struct, frozen=True):
    """A session that was played, with its task or chore."""

    script: SessionScript
    subject: str
    outcome: str  # done, failed, interrupted, unknown


def play() -> Iterator[Played]:
    """All sessions of the half year, in order of time; the same at each call."""
    knowledge = load_knowledge()
    spaces = {name: Workspace(load_project(name)) for name in PROJECTS}
    earlier: dict[str, SessionScript] = {}
    for slot in sorted(slots(), key=lambda slot: (slot.at, slot.project)):
        space = spaces[slot.project]
        subject = slot.task.id if slot.task else slot.chore.id if slot.chore else ""
        script = _script(slot, space, subject)
        if slot.chore is not None:
            play_chore(script, slot.chore, space)
            yield Played(script, subject, "unknown")
        elif slot.task is not None and slot.resumes:
            script.continues = earlier[subject]
            task = msgspec.structs.replace(slot.task, end="done", size=24)
            TaskSession(script, task, space).resume(_RESUMED[subject])
            yield Played(script, f"{subject}+", "done")
        elif slot.task is not None:
            earlier[subject] = script
            _play_task(script, slot.task, space, knowledge)
            yield Played(script, subject, slot.task.end)
            _change_of_facts(subject, space)


def slots() -> list[Slot]:
    """The calendar: tasks in their order, chores between them, resumptions some days later."""
    calendar: list[Slot] = []
    chores = load_chores()
    for name in PROJECTS:
        chooser = random.Random(f"{SEED}:{name}")
        tasks = load_tasks(name)
        for task, at in zip(tasks, _times(len(tasks), chooser), strict=True):
            agent = _FIXED.get(task.id) or (_CLAUDE if chooser.random() < 0.6 else _CODEX)
            at = _early(at) if task.size > 400 else at
            calendar.append(Slot(at, name, agent, task=task))
            if task.id in _RESUMED:
                later = _some_days_after(at, chooser)
                calendar.append(Slot(later, name, agent, task=task, resumes=True))
        own = [chore for chore in chores if chore.project == name]
        for chore, at in zip(own, _times(len(own), chooser), strict=True):
            agent = _CLAUDE if chooser.random() < 0.5 else _CODEX
            calendar.append(Slot(at, name, agent, chore=chore))
    return calendar


def _times(count: int, chooser: random.Random) -> list[int]:
    """``count`` moments in working hours, in order, spread over the half year."""
    days = [FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1)]
    days = [day for day in days if day.weekday() < 5]
    width = len(days) / count
    chosen = [
        days[min(int((n + chooser.uniform(0.1, 0.9)) * width), len(days) - 1)] for n in range(count)
    ]
    times = [
        time(chooser.randrange(7, 17), chooser.randrange(60), chooser.randrange(60)) for _ in chosen
    ]
    moments = sorted(datetime.combine(d, t, UTC) for d, t in zip(chosen, times, strict=True))
    return [int(moment.timestamp() * 1000) + chooser.randrange(1000) for moment in moments]


def _some_days_after(at: int, chooser: random.Random) -> int:
    """A working day soon after ``at``, or the same day where the half year ends."""
    moment = datetime.fromtimestamp(at / 1000, UTC) + timedelta(days=chooser.randrange(2, 5))
    moment += timedelta(days=max(0, 7 - moment.weekday()) if moment.weekday() > 4 else 0)
    if moment.date() > LAST:
        return at + 5_234_567
    return int(moment.timestamp() * 1000) + 1_234_567


def _early(at: int) -> int:
    day = datetime.fromtimestamp(at / 1000, UTC).date()
    return int(datetime.combine(day, time(6, 12, 41), UTC).timestamp() * 1000)


def _script(slot: Slot, space: Workspace, subject: str) -> SessionScript:
    project = space.project
    names = IdentifierStream(f"{SEED}:{subject}:{slot.resumes}")
    if slot.agent == _CLAUDE:
        model = "claude-sonnet-4-5-20250929" if slot.at < 1_774_000_000_000 else "claude-opus-4-6"
    else:
        model = "gpt-5.3-codex" if slot.at < 1_776_500_000_000 else "gpt-5.5"
    return SessionScript(
        key=names.uuid() if slot.agent == _CLAUDE else names.timed_uuid(slot.at),
        project=project.name,
        home=project.home,
        branch=project.branch,
        repository=project.repository,
        agent=slot.agent,
        model=model,
        started_at=slot.at,
        title=slot.task.ask if slot.task else slot.chore.ask if slot.chore else "",
    )


def _play_task(script: SessionScript, task: Task, space: Workspace, knowledge: Knowledge) -> None:
    states = [fact for fact in knowledge.facts if fact.stated == task.id]
    needs = [fact for fact in knowledge.facts if task.id in dict(fact.needs)]
    ends = [way for way in knowledge.dead_ends if task.id in way.sessions]
    if task.ask.startswith("@transform"):
        LongSession(script, task, space, task.ask.endswith("again")).play(needs)
    else:
        TaskSession(script, task, space).play(states, needs, ends[0] if ends else None)


def _change_of_facts(subject: str, space: Workspace) -> None:
    """Change the facts of a project that a finished task changes."""
    if subject == "f-rename-layer":
        space.rename("TileLayer", "RasterLayer")
    elif subject == "f-pnpm":
        space.project = msgspec.structs.replace(
            space.project, run_test="pnpm vitest run {file}", run_all="pnpm check"
        )
