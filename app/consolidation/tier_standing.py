"""How consolidation stands: what waits, what is held, how many cycles there were."""

from __future__ import annotations

import msgspec

from app.kit.formatting import counted, number
from hpm_engine import Agreement, BadQuery, Job, Memory, NotFound

NO_VECTORS = "No step has a vector yet."


class TierStanding(msgspec.Struct, frozen=True):
    """How many memories wait, how many are held, and how many cycles there were.

    ``waiting`` is ``None`` where it cannot be said; ``hindrance`` then says why.

    ``undoable`` counts runs.
    """

    waiting: int | None
    prototypes: int
    held: int  # memories
    cycles: int
    undoable: int
    agreement: Agreement = Agreement(0, 0.0)
    hindrance: str = ""

    def sentence(self) -> str:
        """The standing in words."""
        wait = self.hindrance
        if self.waiting is not None:
            verb = "waits" if self.waiting == 1 else "wait"
            wait = f"{counted(self.waiting, 'memory', 'memories')} {verb}."
        if not self.prototypes:
            return wait
        return f"{wait} {counted(self.prototypes, 'prototype')} hold {number(self.held)}."


def read_standing(memory: Memory, job: Job) -> TierStanding:
    """Look at prototypes, cycles and what waits for them."""
    tier = memory.consolidation
    hindrance = ""
    try:
        waiting: int | None = tier.waiting()
    except NotFound:
        waiting, hindrance = None, NO_VECTORS
    except BadQuery as error:  # rules of visibility that cannot be read
        waiting, hindrance = None, str(error)
    job.step(0)
    prototypes = tier.prototypes()
    held = round(sum(prototype.count for prototype in prototypes))
    runs = len(tier.undoable())
    return TierStanding(
        waiting, len(prototypes), held, tier.cycle_count(), runs, tier.agreement(), hindrance
    )
