"""Frozen values of adaptation: which models are fine-tuned on a store, and what came of it.

``Memory.adaptation`` gives them: ``run(model, job) -> Adapted``, ``restore(model) -> InUse``,
``in_use() -> tuple[InUse, ...]``.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec


class Model(StrEnum):
    """What can be fine-tuned on a store."""

    ENCODER = "encoder"  # φ, one vector of an episode
    MASK = "mask"  # the networks that say what compression keeps


class Verdict(msgspec.Struct, frozen=True):
    """The weights in use beside the fine-tuned ones, on episodes that neither learned from.

    ``before`` and ``after`` are means in [0, 1] over ``held`` episodes: of the encoder the
    reciprocal ranks of the episode that worked on a task and of one that changed the same file; of
    the mask the shares of facts that a deep memory keeps, of its own changes and for later ones.
    ``low`` and ``high`` bound their paired difference (95 %, bootstrap over episodes).
    """

    learned: int
    held: int
    split: str  # what the held-out episodes are: "project" where there are several, or "episode"
    before: float
    after: float
    low: float
    high: float

    @property
    def better(self) -> bool:
        """Whether the interval of the gain lies above zero."""
        return self.low > 0


class Adapted(msgspec.Struct, frozen=True):
    """What fine-tuning came to: ``accepted``, or the old weights are kept, for a ``reason``.

    ``verdict`` is ``None`` where the store has too little to learn from.
    """

    model: Model
    accepted: bool
    reason: str
    verdict: Verdict | None
    before: str  # the SHA-256 of the weights that were in use
    after: str  # and of those that are now
    seconds: float


class InUse(msgspec.Struct, frozen=True):
    """The weights of a model that a store uses.

    ``made_at`` (microseconds since 1970) and ``verdict`` are ``None`` for the shipped ones;
    ``earlier`` counts the weights that restoring can go back to, the shipped ones too.
    """

    model: Model
    sha256: str
    made_at: int | None = None
    verdict: Verdict | None = None
    earlier: int = 0

    @property
    def shipped(self) -> bool:
        """Whether these are the weights that came with the program."""
        return self.made_at is None
