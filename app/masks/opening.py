"""What can be read of an episode's mask at once, before anything is worked out."""

from __future__ import annotations

import msgspec

from app.masks.mask_reading import spans_by_step, step_shares
from app.masks.transcript.line_counts import PartLines, StepLines, read_lines
from hpm_engine import CompressedEpisode, EpisodeDetail, Job, KeptSpan, Memory, StepOutline


class Opening(msgspec.Struct, frozen=True):
    """An episode with its first lines, and what its file keeps, if it is compressed."""

    detail: EpisodeDetail
    steps: list[StepOutline]
    lines: list[StepLines]
    stored: CompressedEpisode | None
    spans: dict[int, tuple[KeptSpan, ...]]
    shares: bytes


def read_opening(memory: Memory, job: Job, episode_id: int) -> Opening:
    """Look at an episode. Raises ``NotFound``."""
    detail = memory.episodes.detail(episode_id)
    steps = memory.steps.outline(episode_id)
    lines = read_lines(memory, job, episode_id, 0)
    if detail.episode.kept_share is None:
        return Opening(detail, steps, lines, None, {}, b"")
    stored = memory.compression.read(episode_id)
    spans = spans_by_step(stored)
    if detail.episode.evicted_at is not None:
        lines, spans = _left(stored, spans)
    return Opening(detail, steps, lines, stored, spans, step_shares(stored, steps))


def _left(
    stored: CompressedEpisode, spans: dict[int, tuple[KeptSpan, ...]]
) -> tuple[list[StepLines], dict[int, tuple[KeptSpan, ...]]]:
    """The lines of an episode of which only what was kept is left: nobody can count the others."""
    steps: list[StepLines] = []
    placed: dict[int, tuple[KeptSpan, ...]] = {}
    for seq in range(stored.steps):
        parts: dict[int, PartLines] = {}
        mine: list[KeptSpan] = []
        for span in spans.get(seq, ()):
            before = parts[span.part].lines if span.part in parts else 0
            mine.append(msgspec.structs.replace(span, line=before))
            lines = before + span.text.count("\n") + 1
            parts[span.part] = PartLines(span.kind, "", lines)
        steps.append(StepLines(seq, "what is left of it", parts))
        if mine:
            placed[seq] = tuple(mine)
    return steps, placed
