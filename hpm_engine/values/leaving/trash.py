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
