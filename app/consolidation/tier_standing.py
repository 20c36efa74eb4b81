"""How consolidation stands: what waits, what is held, how many cycles there were."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from app.kit.formatting import counted
from hpm_engine import Agreement, BadQuery, CycleReport, Job, Memory, NotFound

NO_VECTORS = "Nothing is prepared for recall yet."
_PACE = 0.005  # seconds a memory, until a store has cycles of its own: half a second for a hundred
_RECENT = 10  # cycles that the pace is taken from


class TierStanding(msgspec.Struct, frozen=True):
    """How many memories wait, how many are held, and how many cycles there were.

    ``waiting`` is ``None`` where it cannot be said; ``hindrance`` then says why. ``episodes`` are
    those that the waiting memories are of. ``undoable`` and ``runs`` count runs, undone and blocked
    ones among the latter. ``pace`` is how long a memory takes, by the last cycles.
    """

    waiting: int | None
    prototypes: int
    held: int  # memories
    cycles: int
    undoable: int
    agreement: Agreement = Agreement(0, 0.0)
    hindrance: str = ""
    episodes: int = 0
    runs: int = 0
    pace: float = _PACE  # seconds

    def sentence(self) -> str:
        """What waits, in words."""
        if self.waiting is None:
            unprepared = "Nothing can be learned yet: this store is not prepared for recall."
            return unprepared if self.hindrance == NO_VECTORS else self.hindrance
        if not self.waiting:
            return "Everything is learned." if self.prototypes else "There is nothing to learn yet."
        verb = "is" if self.waiting == 1 else "are"
        return (
            f"{counted(self.waiting, 'memory', 'memories')} of"
            f" {counted(self.episodes, 'episode')} {verb} not yet learned."
        )

    def holding(self) -> str:
        """What is learned already, in words; "" for nothing."""
        if not self.prototypes:
            return ""
        memories = counted(self.held, "memory", "memories")
        return f"Learned so far: {memories}, in {counted(self.prototypes, 'topic')}."

    def estimate(self, memories: int) -> float:
        """About how many seconds it takes to learn so many."""
        return self.pace * memories


def read_standing(memory: Memory, job: Job) -> TierStanding:
    """Look at prototypes, cycles and what waits for them."""
    tier = memory.consolidation
    hindrance = ""
    waiting: int | None = None
    episodes = 0
    try:
        unlearned = tier.runs.waiting()
        waiting, episodes = unlearned.memories, unlearned.episodes
    except NotFound:
        hindrance = NO_VECTORS
    except BadQuery as error:  # rules of visibility that cannot be read
        hindrance = str(error)
    job.step(0)
    prototypes = tier.prototypes()
    held = round(sum(prototype.count for prototype in prototypes))
    return TierStanding(
        waiting,
        len(prototypes),
        held,
        tier.cycle_count(),
        len(tier.undoable()),
        tier.agreement(),
        hindrance,
        episodes,
        tier.runs.count(),
        _pace(tier.cycles(0, _RECENT)),
    )


def _pace(cycles: Sequence[CycleReport]) -> float:
    """Seconds a memory, of cycles that learned some."""
    learning = [cycle for cycle in cycles if cycle.memories]
    memories = sum(cycle.memories for cycle in learning)
    return sum(cycle.seconds for cycle in learning) / memories if memories else _PACE
