"""Ageing as a job, its preview, and its settings."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import msgspec

from app.kit.engine_thread import Task
from app.kit.formatting import counted, number, size
from app.kit.job_kind import JobKind
from app.kit.session import Session
from hpm_engine import (
    AgeingOutlook,
    AgeingReport,
    AgeingSettings,
    Budget,
    BudgetKind,
    Changed,
    Job,
    Keeper,
    Memory,
    Originals,
    RestoreReport,
    Trigger,
)

_TITLE = "Compress old episodes"
WOKEN = "an agent woke up, so it stopped and goes on later"


def age(session: Session) -> Task:
    """Age now, whatever the schedule says; what is done stays if it is stopped."""
    return _age(session, lambda memory, job: memory.compression.ageing.run(job))


def age_by_schedule(session: Session, keeper: Keeper, trigger: Trigger) -> Task:
    """Age because it is due; the result is ``None`` if an agent that woke up stopped it."""
    return _age(session, lambda memory, job: keeper.age(memory, trigger, job))


def _age(session: Session, call: Callable[[Memory, Job], AgeingReport | None]) -> Task:
    return session.write(call, _TITLE, JobKind.AGE, aged, piecewise=AgeingReport.CHANGES)


def aged(title: str, report: AgeingReport | None, took: str) -> str:
    """What an ageing did, in words."""
    if report is None:
        return f"{title}: {WOKEN}, {took}."
    compressed, evicted = report.compressed, report.evicted
    parts = [f"{counted(compressed.compressed, 'episode')} compressed"]
    if report.restored:
        parts.append(f"{number(report.restored)} restored to full text")
    if evicted.episodes:
        went = f"{size(evicted.text_size)} of text, {size(evicted.original_size)} of originals"
        parts.append(f"the rest of {number(evicted.episodes)} deleted permanently ({went})")
    if not evicted.wiped:
        parts.append("freed space is overwritten by the next one: the store was being read")
    return f"{title}: {', '.join(parts)}, {took}."


def make_whole(session: Session, ids: Sequence[int]) -> Task:
    """Take back an ageing that nobody asked for: the store then ages only when asked."""

    def call(memory: Memory, _job: Job) -> tuple[RestoreReport, Changed]:
        ageing = memory.compression.ageing
        restored = memory.compression.restore(ids)
        wanted = msgspec.structs.replace(ageing.settings(), automatic=False)
        return restored, ageing.set(wanted)

    return session.edit(call, f"Restore {counted(len(ids), 'episode')}, and stop compressing")


def set_ageing(session: Session, wanted: AgeingSettings) -> Task:
    """Let the store age so from now on."""

    def call(memory: Memory, _job: Job) -> Changed:
        return memory.compression.ageing.set(wanted)

    return session.edit(call, "Set the automatic compression")


def in_words(settings: AgeingSettings) -> str:
    """The settings of automatic compression in one line."""
    own = len(settings.projects)
    own_budgets = f", {counted(own, 'project')} by their own" if own else ""
    originals = {
        Originals.KEPT: "original files are kept",
        Originals.DAYS: f"originals deleted after {counted(settings.days, 'day')}",
        Originals.EVICTED: "originals deleted at once",
    }[settings.originals]
    return (
        f"the {number(settings.newest)} newest keep their full text, of older ones"
        f" {budget_in_words(settings.budget)} is kept{own_budgets}; {originals}"
    )


def budget_in_words(budget: Budget) -> str:
    """A budget in few characters."""
    of = "" if budget.kind is BudgetKind.STANDARD else " of the packed size"
    return f"1/{budget.ratio:g}{of}"


def due_in_words(outlook: AgeingOutlook) -> str:
    """What an ageing would do now, in words; "" for nothing."""
    parts = []
    if outlook.compress:
        parts.append(f"{counted(outlook.compress, 'episode')} to compress")
    if outlook.restore:
        parts.append(f"{number(outlook.restore)} to restore to full text")
    if outlook.eviction.episodes:
        parts.append(f"{number(outlook.eviction.episodes)} of which only what is kept would stay")
    if outlook.unwiped:
        parts.append("freed space to overwrite")
    return ", ".join(parts)
