"""What a compression keeps of each step, prepared on the reader thread for painting."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from hpm_engine import (
    ActionCurve,
    Budget,
    CompressedEpisode,
    EpisodeDetail,
    Job,
    KeptIdentifiers,
    KeptSpan,
    Memory,
    NotFound,
    StepFlag,
    StepOutline,
)

RATIOS = (3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0)  # where the slider stops


class MaskedEpisode(msgspec.Struct, frozen=True):
    """An episode as the Masks view begins with it; ``stored`` is what its file keeps now."""

    detail: EpisodeDetail
    steps: list[StepOutline]
    curve: ActionCurve
    scorers: tuple[str, ...]
    stored: CompressedEpisode | None


class MaskReading(msgspec.Struct, frozen=True):
    """One compression of an episode.

    ``shares`` has a byte for each step: how much of its text is kept, 255 for all of it and 1 at
    least for some. ``ranks`` are the steps' places by mask value, 1 for the highest;
    equal values share a place.
    """

    kept: CompressedEpisode
    shares: bytes
    ranks: tuple[int, ...]
    spans: dict[int, tuple[KeptSpan, ...]]
    listed: dict[int, tuple[str, ...]]  # of each step, what survives in the ledger alone
    identifiers: KeptIdentifiers

    @property
    def points_kept(self) -> int:
        """How many decision points are steps of which some text is kept."""
        return sum(1 for point in self.kept.decision_points if self.shares[point])

    def why(self, step: StepOutline) -> str:
        """Why a step is kept or dropped, in one sentence or two."""
        seq, count = step.seq, self.kept.steps
        value = f"{self.kept.mask[seq] / 255:.2f}, place {self.ranks[seq]:,} of {count:,}"
        if spans := self.spans.get(seq):
            reasons = dict.fromkeys(span.reason.value for span in spans)
            return f"Kept for: {', '.join(reasons)}. Its value is {value}."
        if step.flags & StepFlag.COPIED:
            return "Dropped: it repeats a step of another episode and is kept there."
        if not step.text_size:
            return "Nothing to keep: the step has no text."
        listed = len(self.listed.get(seq, ()))
        ledger = f" {listed:,} of its identifiers survive in the ledger." if listed else ""
        return (
            f"Dropped: its value is {value}; the bytes went to the task, the final change, errors"
            f" and steps or lines that the scorer values more.{ledger}"
        )


def read_episode(memory: Memory, job: Job, episode_id: int) -> MaskedEpisode:
    """All that is needed before the first budget. Raises ``NotFound``."""
    compression = memory.compression
    detail = memory.detail(episode_id)
    stored = compression.read(episode_id) if detail.episode.kept_share is not None else None
    job.step(0, None, "reading the steps")
    steps = memory.outline(episode_id)
    return MaskedEpisode(
        detail, steps, compression.curve(episode_id), compression.scorers(), stored
    )


def read_mask(
    memory: Memory, job: Job, episode: MaskedEpisode, budget: Budget, scorer: str
) -> MaskReading | None:
    """What a budget would keep; ``None`` where the episode is too small for it."""
    try:
        kept = memory.compression.preview(episode.detail.episode.id, budget, scorer)
    except NotFound:
        if memory.episodes([episode.detail.episode.id]):
            return None
        raise
    job.step(0)
    return reading(kept, episode.steps, memory.compression.identifiers(kept))


def reading(
    kept: CompressedEpisode, steps: Sequence[StepOutline], identifiers: KeptIdentifiers
) -> MaskReading:
    """A compression, sorted by the steps of its episode."""
    spans: defaultdict[int, list[KeptSpan]] = defaultdict(list)
    for span in kept.spans:
        spans[span.seq].append(span)
    shares = bytearray(kept.steps)
    for seq, of in spans.items():
        size = sum(len(span.text.encode()) for span in of)
        whole = steps[seq].text_size if seq < len(steps) else 0
        shares[seq] = max(1, min(255, size * 255 // max(1, whole)))
    counts = Counter(kept.mask)
    above = {value: sum(n for v, n in counts.items() if v > value) for value in counts}
    ranks = [1 + above[value] for value in kept.mask]
    listed: defaultdict[int, list[str]] = defaultdict(list)
    for word in identifiers.ledger_only:
        if word.seq is not None:
            listed[word.seq].append(word.word)
    return MaskReading(
        kept,
        bytes(shares),
        tuple(ranks),
        {seq: tuple(of) for seq, of in spans.items()},
        {seq: tuple(words) for seq, words in listed.items()},
        identifiers,
    )


def disagreements(one: MaskReading, other: MaskReading) -> tuple[int, ...]:
    """The steps of which one keeps some text and the other none."""
    both = zip(one.shares, other.shares, strict=True)
    return tuple(seq for seq, (a, b) in enumerate(both) if bool(a) != bool(b))
