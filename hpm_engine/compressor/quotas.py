"""What is kept whatever a scorer says: task, final patch, first and last step, errors, turns."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.compressed import KeptFor
from hpm_engine.compressor.trajectory import Piece, Trajectory
from hpm_engine.records import PartKind, StepFlag, StepSource

# Shares of the room, in the order in which they are served. A quota that has more to keep than
# its share keeps its beginning; of errors the last lines, where the reason stands.
_SHARES = {
    KeptFor.TASK: 0.2,
    KeptFor.CHANGE: 0.35,
    KeptFor.USER: 0.1,
    KeptFor.FIRST: 0.05,
    KeptFor.LAST: 0.05,
    KeptFor.ERROR: 0.1,
}
_ERROR_LINES = 4


class Line(msgspec.Struct, frozen=True):
    """One line of a trajectory's pieces, and why it is kept."""

    piece: int
    line: int
    reason: KeptFor


def quota_lines(trajectory: Trajectory, room: float) -> list[Line]:
    """The lines that quotas keep, for about ``room`` characters of text in all."""
    groups: dict[KeptFor, list[tuple[int, list[int]]]] = {}
    first = _firsts(trajectory)
    for place, piece in enumerate(trajectory.pieces):
        reason = _reason(trajectory, piece, first)
        if reason is not None:
            groups.setdefault(reason, []).append((place, list(_worth_keeping(piece, reason))))
    found: list[Line] = []
    for reason, share in _SHARES.items():
        found += _within(trajectory, groups.get(reason, []), reason, share * room)
    return found


def _firsts(trajectory: Trajectory) -> dict[StepSource, int]:
    """The first step of a person, and that of the agent."""
    first: dict[StepSource, int] = {}
    for seq, step in enumerate(trajectory.steps):
        if not step.flags & StepFlag.INJECTED:
            first.setdefault(step.source, seq)
    return first


def _reason(trajectory: Trajectory, piece: Piece, first: dict[StepSource, int]) -> KeptFor | None:
    step = trajectory.steps[piece.seq]
    if step.source is StepSource.USER and not step.flags & StepFlag.INJECTED:
        return KeptFor.TASK if piece.seq == first[StepSource.USER] else KeptFor.USER
    if step.flags & StepFlag.SUBMISSION and piece.kind is PartKind.RESULT:
        return KeptFor.CHANGE
    if step.source is StepSource.SYSTEM:
        return None
    if step.parts[piece.part].is_error:
        return KeptFor.ERROR
    if piece.seq == trajectory.length - 1:
        return KeptFor.LAST
    if piece.acted and piece.seq == first.get(StepSource.AGENT):
        return KeptFor.FIRST
    return None


def _worth_keeping(piece: Piece, reason: KeptFor) -> range:
    start = max(0, len(piece.lines) - _ERROR_LINES) if reason is KeptFor.ERROR else 0
    return range(start, len(piece.lines))


def _within(
    trajectory: Trajectory, wanted: list[tuple[int, list[int]]], reason: KeptFor, room: float
) -> Iterator[Line]:
    for place, lines in wanted:
        for line in lines:
            room -= len(trajectory.pieces[place].lines[line]) + 1
            if room < 0:
                return
            yield Line(place, line, reason)
