"""A session told in lines: its size, and its bytes while they are few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from hpm_engine.values.reports import Damage

_HELD = 8 * 1024 * 1024  # bytes of a session that are held; a longer one is read anew


class Loss(NamedTuple):
    """Rows, values or files that could not be read: where, and why."""

    place: str  # 'table "part", row 12'
    reason: str


class ToldSession(NamedTuple):
    """A session that was told once: its ``data`` unless they are long, and what they lack."""

    data: bytes | None
    size: int  # bytes
    losses: tuple[Damage, ...]


def gather(lines: Iterable[bytes], losses: Sequence[Loss]) -> ToldSession:
    """Go through the lines of a session; ``losses`` grows meanwhile by what they lack."""
    held: list[bytes] | None = []
    damage: list[Damage] = []
    size = 0
    for line in lines:
        for loss in losses[len(damage) :]:
            damage.append(Damage(loss.place, size, len(line), loss.reason, False))
        size += len(line)
        if size > _HELD:
            held = None
        if held is not None:
            held.append(line)
    for loss in losses[len(damage) :]:
        damage.append(Damage(loss.place, size, 0, loss.reason, False))
    return ToldSession(None if held is None else b"".join(held), size, tuple(damage))
