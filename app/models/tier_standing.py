"""How tier 3 of a store stands: what waits, what is held, how many cycles there were."""

from __future__ import annotations

import msgspec

from app.formatting import counted, number
from hpm_engine import Agreement, BadQuery, Job, Memory, NotFound


class TierStanding(msgspec.Struct, frozen=True):
    """``waiting`` is ``None`` where no step has a vector yet; ``undoable`` counts runs."""

    waiting: int | None
    prototypes: int
    held: int  # memories
    cycles: int
    undoable: int
    agreement: Agreement = Agreement(0, 0.0)

    def sentence(self) -> str:
        """The same in words."""
        wait = "No step has a vector yet."
        if self.waiting is not None:
            verb = "waits" if self.waiting == 1 else "wait"
            wait = f"{counted(self.waiting, 'memory', 'memories')} {verb}."
        if not self.prototypes:
            return wait
        return f"{wait} {counted(self.prototypes, 'prototype')} hold {number(self.held)}."


def read_standing(memory: Memory, job: Job) -> TierStanding:
    """Look at tier 3."""
    tier = memory.consolidation
    try:
        waiting: int | None = tier.waiting()
    except (NotFound, BadQuery):  # no vectors, or rules of visibility that cannot be read
        waiting = None
    job.step(0)
    prototypes = tier.prototypes()
    held = round(sum(one.count for one in prototypes))
    runs = len(tier.undoable())
    return TierStanding(waiting, len(prototypes), held, tier.cycle_count(), runs, tier.agreement())
