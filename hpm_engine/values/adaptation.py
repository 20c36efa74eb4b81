"""Frozen values of adaptation: which models are fine-tuned on a store, and what came of it.

``Memory.adaptation`` gives them: ``run(model, job) -> Adapted``, ``restore(model) ->
WeightsBack``, ``in_use() -> tuple[InUse, ...]``.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.values.reports import Changed


class Model(StrEnum):
    """What can be fine-tuned on a store."""

    ENCODER = "encoder"  # φ, one vector of an episode
    MASK = "mask"  # the networks that say what compression keeps


_CHANGES = {  # what other weights change
    Model.ENCODER: Changed.RECALLS | Changed.AUDIT,  # recall asks with the encoder's vectors
    Model.MASK: Changed.EPISODES | Changed.AUDIT,  # previews show what the mask would keep
}


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

    @property
    def changed(self) -> Changed:
        """What it changed in the store: the log alone where weights were measured and not taken."""
        if self.accepted:
            return _CHANGES[self.model]
        return Changed.NOTHING if self.verdict is None else Changed.AUDIT


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


class WeightsBack(msgspec.Struct, frozen=True):
    """Earlier weights of a model, which are in use again."""

    in_use: InUse

    @property
    def changed(self) -> Changed:
        """What it changed in the store."""
        return _CHANGES[self.in_use.model]
