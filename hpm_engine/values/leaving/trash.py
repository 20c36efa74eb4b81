"""What is in the trash, and what is set apart."""

from __future__ import annotations

import msgspec


class TrashedEpisode(msgspec.Struct, frozen=True):
    """An episode that a person deleted; times are Unix microseconds."""

    id: int
    name: str  # what its session is called
    project: str
    agent: str
    steps: int
    text_size: int  # bytes
    started_at: int | None
    deleted_at: int
    keep_until: int
    actor: str


class QuarantinedItem(msgspec.Struct, frozen=True):
    """An episode, or a note of agents' memories, that a person set apart."""

    kind: str  # "episode" or "note"
    id: int
    name: str
    reason: str
    at: int  # Unix microseconds
    actor: str


class Containment(msgspec.Struct, frozen=True):
    """What an episode that is set apart had touched before."""

    episode_id: int
    prototypes: tuple[int, ...]  # that hold memories of it
    notes: tuple[int, ...]  # of agents' memories that name its session
    recalls: tuple[int, ...]  # in which it was put into a context
    sessions: tuple[int, ...]  # episodes of the sessions that were given it


class SuspiciousText(msgspec.Struct, frozen=True):
    """A text in an episode that a person should look at: it need not be bad."""

    episode_id: int
    seq: int  # position of the step
    sign: str
    sample: str
