"""A store repaired where it is: what follows from the rest is made again, after a backup."""

from __future__ import annotations

import logging
import time
from pathlib import Path

from hpm_engine.backup.copy import back_up
from hpm_engine.errors import DamagedStore, HPMError
from hpm_engine.job import Job
from hpm_engine.memory import Memory
from hpm_engine.store.derived.structure import page_fault
from hpm_engine.system.log.work import work
from hpm_engine.values.safety.repairs import RepairPlan, RepairReport

_ROUNDS = 3
_LOG = logging.getLogger(__name__)


def plan_repair(memory: Memory, job: Job | None = None) -> RepairPlan:
    """What a repair would do to a store. Nothing is changed; takes about as long as doing it."""
    from hpm_engine.derived.service import faults  # numpy: 0.1 s

    job = job or Job()
    database = memory.internals.database
    with work(_LOG, "looking for what to repair") as counts:
        damaged = page_fault(database, job)
        if damaged:
            return RepairPlan((), damaged)
        items = faults(database, job)
        counts["faults"] = len(items)
    return RepairPlan(items, "")


def repair_store(
    memory: Memory, job: Job | None = None, plan: RepairPlan | None = None
) -> RepairReport:
    """Make again what is wrong of what follows from the rest; a backup is made first.

    Each part is one transaction, during which others wait to write. What a killed or cancelled
    repair has not come to, the next one finds.

    Raises:
        DamagedStore: pages cannot be read: see ``salvage``.
        CannotWrite: there is no room for the backup; nothing was changed.
        Cancelled: asked to stop; what was made again until then stays so.
    """
    job = job or Job()
    plan = plan or plan_repair(memory, job)
    if plan.damaged:
        raise DamagedStore(
            f"{memory.path}: the file itself is damaged ({plan.damaged}), and cannot be mended. "
            "Go back to a backup (hpm restore-backup), or save what is left (hpm doctor --salvage)."
        )
    if not plan.items:
        return RepairReport((), "")
    from hpm_engine.derived.service import VECTORS, faults, make_right  # numpy: 0.1 s

    own = memory.internals
    with work(_LOG, "repair") as counts:
        saved = back_up(memory, _goal(memory.path), job, check=False)
        left = plan.items
        for _ in range(_ROUNDS):  # what a missing table holds is seen once it is there
            make_right(own.database, own.log, left, job)
            if not (left := faults(own.database, job)):
                break
        if any(item.name == VECTORS for item in plan.items):
            memory.encode(job)
        counts["parts"] = len(plan.items)
    if left:
        raise HPMError(
            f"{memory.path}: {left[0].name} could not be put right ({left[0].fault}). The copy of "
            f"before is {saved.path}."
        )
    return RepairReport(plan.items, saved.path)


def _goal(store: Path) -> Path:
    stamp = time.strftime("%Y-%m-%d-%H%M%SZ", time.gmtime())
    goal = store.with_name(f"{store.stem}-before-repair-{stamp}{store.suffix}")
    for count in range(2, 100):
        if not goal.exists():
            break
        goal = store.with_name(f"{store.stem}-before-repair-{stamp}-{count}{store.suffix}")
    return goal
