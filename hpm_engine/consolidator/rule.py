"""How prototypes learn: the shipped rule, and its rivals, which differ in one thing each."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from hpm_engine.config import (
    BIRTH_COSINE,
    BORN_PROTOTYPES,
    CONCENTRATION,
    EWC_STRENGTH,
    FISHER_DECAY,
    LEARNING_RATE,
    LEARNING_STEPS,
    PIN_STRENGTH,
    REPLAYED_MEMORIES,
)


class Update(StrEnum):
    """How a prototype's mean takes up new memories."""

    PROXIMAL = "proximal"  # gradient steps, held by the penalty; β = 0 is the naive update
    CONJUGATE = "conjugate"  # count-weighted MAP-EM: the exact update of the same mixture


class FisherForm(StrEnum):
    """What the penalty weighs coordinates with; all but the first are controls."""

    SUMMED = "summed"  # per memory, squared, then summed
    AVERAGED = "averaged"  # divided by the number of memories
    BATCHED = "batched"  # gradients of batches squared: the popular mistake
    SHUFFLED = "shuffled"  # the same values on other coordinates
    UNIFORM = "uniform"  # their mean everywhere: plain L2


class LearningRule(msgspec.Struct, frozen=True):
    """The numbers that shape one slice of learning. The defaults are what ships.

    ``beta`` weighs the penalty, ``gamma`` what is left of earlier Fisher information after a
    slice; ``replay`` is how many long-term memories are learned again with each slice, ``births``
    how many prototypes it may add, where no prototype has a cosine of ``explained`` with a memory:
    with more, work that comes later crowds out what was there (`hpm bench forgetting`, gap curve).
    ``steps`` gradient steps of ``rate`` / κ each. ``pin`` is how
    many times as firmly a pinned prototype is held.
    """

    beta: float = EWC_STRENGTH.value
    gamma: float = FISHER_DECAY.value
    replay: int = REPLAYED_MEMORIES.value
    births: int = BORN_PROTOTYPES.value
    explained: float = BIRTH_COSINE.value
    steps: int = LEARNING_STEPS.value
    rate: float = LEARNING_RATE.value
    kappa: float = CONCENTRATION.value
    update: Update = Update.PROXIMAL
    fisher: FisherForm = FisherForm.SUMMED
    pin: float = PIN_STRENGTH.value


SHIPPED = LearningRule()
