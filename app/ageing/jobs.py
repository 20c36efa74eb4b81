"""Ageing as a job, what it would do, and the settings that say how."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.kit.engine_thread import Task
from app.kit.formatting import counted, number, size
from app.kit.session import Session
from hpm_engine import (
    AgeingOutlook,
    AgeingReport,
    AgeingSettings,
    Budget,
    Changed,
    Job,
    Memory,
    Originals,
)

TITLE = "Age"
CHANGED = Changed.EPISODES | Changed.RECALLS | Changed.AUDIT


class Aged(msgspec.Struct, frozen=True):
    """What an ageing did; ``None`` where an agent that woke up stopped it."""

    report: AgeingReport | None
    changed: Changed = CHANGED

    def sentence(self) -> str:
        """The same in words."""
        if self.report is None:
            return "an agent woke up, so it stopped and goes on later"
        made, gone = self.report.compressed, self.report.evicted
        parts = [f"{counted(made.compressed, 'episode')} compressed"]
        if self.report.restored:
            parts.append(f"{number(self.report.restored)} made whole")
        if gone.episodes:
            went = f"{size(gone.text_size)} of text, {size(gone.original_size)} of originals"
            parts.append(f"{number(gone.episodes)} evicted ({went})")
        if not gone.wiped:
            parts.append("freed pages are wiped by the next one: the store was being read")
        return ", ".join(parts)


def age(session: Session) -> Task:
    """Age now, whatever the schedule; what is done stays when it is stopped."""

    def call(memory: Memory, job: Job) -> Aged:
        return Aged(memory.compression.ageing.run(job))

    return session.write(call, TITLE, piecewise=CHANGED)


def make_whole(session: Session, ids: Sequence[int]) -> Task:
    """Take back an ageing that nobody asked for: the store then ages only when asked."""

    def call(memory: Memory, _job: Job) -> Changed:
        ageing = memory.compression.ageing
        memory.compression.restore(ids)
        return CHANGED | ageing.set(msgspec.structs.replace(ageing.settings(), automatic=False))

    return session.edit(call, f"Make {counted(len(ids), 'episode')} whole, and age no more")


def set_ageing(session: Session, wanted: AgeingSettings) -> Task:
    """Let the store age so from now on."""

    def call(memory: Memory, _job: Job) -> Changed:
        return memory.compression.ageing.set(wanted)

    return session.edit(call, "Set how the store ages")


def in_words(settings: AgeingSettings) -> str:
    """How a store ages, in one line."""
    own = len(settings.projects)
    own_budgets = f", {counted(own, 'project')} by their own" if own else ""
    originals = {
        Originals.KEPT: "originals kept",
        Originals.DAYS: f"originals evicted after {counted(settings.days, 'day')}",
        Originals.EVICTED: "originals evicted",
    }[settings.originals]
    return (
        f"the {number(settings.newest)} newest stay whole, older ones go to"
        f" {budget_in_words(settings.budget)}{own_budgets}; {originals}"
    )


def budget_in_words(budget: Budget) -> str:
    """A budget as short as can be."""
    return f"1/{budget.ratio:g} {budget.kind.value}"


def due_in_words(outlook: AgeingOutlook) -> str:
    """What an ageing would do now; "" for nothing."""
    parts = []
    if outlook.compress:
        parts.append(f"{counted(outlook.compress, 'episode')} to compress")
    if outlook.restore:
        parts.append(f"{number(outlook.restore)} to make whole")
    if outlook.eviction.episodes:
        parts.append(f"{number(outlook.eviction.episodes)} to be deleted but for what is kept")
    if outlook.unwiped:
        parts.append("freed pages to wipe")
    return ", ".join(parts)
