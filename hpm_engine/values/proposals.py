"""What agents propose to remember: it waits until a person accepts it.

Nothing of a proposal is recalled, searched or learned before.
"""

from __future__ import annotations

from enum import StrEnum
from typing import ClassVar

import msgspec

from hpm_engine.values.episodes import Step
from hpm_engine.values.reports import Changed
from hpm_engine.words.warning_signs import WarningSign


class ProposalState(StrEnum):
    """What became of a proposal."""

    WAITING = "waiting"
    ACCEPTED = "accepted"  # by a person, as it was or edited
    REFUSED = "refused"  # by a person; it is kept so that the same is not asked about again
    WITHDRAWN = "withdrawn"  # by the agent itself; it may propose the same again


class Proposal(msgspec.Struct, frozen=True, gc=False):
    """A text that an agent wants remembered for a project, and what a person said to it."""

    id: int
    proposed_at: int
    agent: str  # as it calls itself
    session: str  # the agent's own id of its session; "" where it did not say
    project: str  # "" for everywhere
    text: str  # as the agent wrote it
    because: str  # its reason, or ""
    state: ProposalState
    accepted: str  # the text that a person accepted, perhaps edited; "" for none
    decided_at: int | None
    decided_by: str  # who accepted, refused or withdrew it, as the log names people and programs
    note_id: int | None  # the memory note that it became
    everywhere: bool  # whether it is, or was accepted, for every project

    @property
    def edited(self) -> bool:
        """Whether a person accepted another text than the agent's."""
        return self.state is ProposalState.ACCEPTED and self.accepted != self.text


class ProposeOutcome(StrEnum):
    """What proposing a text came to."""

    HELD = "held"
    KNOWN = "known"  # the same was proposed for this project before; no second row
    FULL = "full"  # too many wait, and nothing was written


class Proposed(msgspec.Struct, frozen=True):
    """The answer to an agent that proposes; ``sentence`` says it in words, in English."""

    CHANGES: ClassVar[Changed] = Changed.NOTES | Changed.AUDIT
    outcome: ProposeOutcome
    proposal: Proposal | None  # None where it was not taken
    sentence: str
    changed: Changed


class AcceptedNote(msgspec.Struct, frozen=True, gc=False):
    """A note that a person accepted; ``note_id`` is its number among memory notes."""

    note_id: int
    text: str
    agent: str  # who proposed it
    project: str  # "" for everywhere
    accepted_at: int


class NearText(msgspec.Struct, frozen=True):
    """A note, or another proposal that waits, that says something near to a proposal."""

    called: str
    excerpt: str  # the line of it that is nearest
    likeness: float | None  # cosine; None where words alone were compared
    note_id: int | None = None
    proposal_id: int | None = None
    accepted: bool = False  # a note that a person accepted


class ProposalReview(msgspec.Struct, frozen=True):
    """A proposal with what a person needs to decide. All of its texts are data."""

    proposal: Proposal
    signs: tuple[WarningSign, ...]
    episode_id: int | None  # its session, where the store has it
    episode: str  # what that session is called
    steps: tuple[Step, ...]  # the last before it, in order
    near: tuple[NearText, ...]  # the nearest first
