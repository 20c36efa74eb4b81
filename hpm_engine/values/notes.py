"""What a person wrote on an episode, or on one of its steps."""

from __future__ import annotations

import msgspec


class Note(msgspec.Struct, frozen=True, gc=False):
    """A note; ``seq`` is the position of its step, None for the whole episode."""

    id: int
    episode_id: int
    seq: int | None
    text: str
    author: str  # who wrote it, as the audit log names people and programs
    created_at: int
    changed_at: int
