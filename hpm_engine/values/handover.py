"""What another agent is given to go on with a session."""

from __future__ import annotations

import msgspec


class Packet(msgspec.Struct, frozen=True):
    """A session in brief, quoted as data.

    ``tokens`` is an estimate that errs upwards and never exceeds ``budget``; ``left_out`` names
    the sections that found no room, or not all of them.
    """

    episode_id: int
    text: str
    tokens: int
    budget: int
    left_out: tuple[str, ...] = ()
