"""Quotas keep these whatever a scorer says: task, final patch, ends, errors, user turns."""

from __future__ import annotations

from collections.abc import Iterator

from hpm_engine.compressor.evidence.trajectory import EpisodeLines, Piece
from hpm_engine.values.compression import KeptFor
from hpm_engine.values.episodes import PartKind, StepFlag, StepSource

# Shares of any budget. A quota that has more to keep than its share keeps its beginning; of errors
# the last lines, where the reason stands.
SHARES = {
    KeptFor.TASK: 0.2,
    KeptFor.CHANGE: 0.35,
    KeptFor.USER: 0.1,
    KeptFor.FIRST: 0.05,
    KeptFor.LAST: 0.05,
    KeptFor.ERROR: 0.1,
}
_ERROR_LINES = 4


def quota_lines(trajectory: EpisodeLines) -> dict[KeptFor, list[int]]:
    """The lines that each quota keeps, the first first."""
    lines: dict[KeptFor, list[int]] = {reason: [] for reason in SHARES}
    first = _firsts(trajectory)
    for start, piece in placed(trajectory):
        reason = _reason(trajectory, piece, first)
        if reason is not None:
            count = len(piece.lines)
            begin = max(0, count - _ERROR_LINES) if reason is KeptFor.ERROR else 0
            lines[reason] += range(start + begin, start + count)
    return lines


def placed(trajectory: EpisodeLines) -> Iterator[tuple[int, Piece]]:
    """Each piece with the index of its first line among ``EpisodeLines.lines``."""
    start = 0
    for piece in trajectory.pieces:
        yield start, piece
        start += len(piece.lines)


def _firsts(trajectory: EpisodeLines) -> dict[StepSource, int]:
    """The first step of a person, and that of the agent."""
    first: dict[StepSource, int] = {}
    for seq, step in enumerate(trajectory.steps):
        if step.source not in first and StepFlag.INJECTED not in step.flags:
            first[step.source] = seq
    return first


def _reason(trajectory: EpisodeLines, piece: Piece, first: dict[StepSource, int]) -> KeptFor | None:
    step = trajectory.steps[piece.seq]
    if step.source is StepSource.USER and StepFlag.INJECTED not in step.flags:
        return KeptFor.TASK if piece.seq == first[StepSource.USER] else KeptFor.USER
    if piece.kind is PartKind.RESULT and StepFlag.SUBMISSION in step.flags:
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
