"""What a compression keeps of each step, prepared on the reader thread for painting."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import msgspec

from app.kit.formatting import counted
from hpm_engine import (
    ActionCurve,
    Budget,
    CompressedBrief,
    CompressedEpisode,
    Episode,
    EpisodeDetail,
    Job,
    KeptIdentifiers,
    KeptOrder,
    KeptSpan,
    Memory,
    NotFound,
    StepFlag,
    StepOutline,
)

_NO_ORDER = KeptOrder(b"", b"", b"", b"", 0.0)  # of what is evicted no other budget can be tried
RATIOS = (3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0, 64.0)  # where the slider stops


class MaskReading(msgspec.Struct, frozen=True):
    """One compression of an episode.

    ``shares`` has a byte for each step: how much of its text is kept, 255 for all of it and 1 at
    least for some. ``ranks`` are the steps' places by mask value, 1 for the highest;
    equal values share a place. ``levels`` are how many steps each outranks, as bytes, 255 for the
    highest value: values themselves may lie too close to each other to be seen. What is not
    ``exact`` is an estimate.
    """

    kept: CompressedEpisode
    shares: bytes
    ranks: tuple[int, ...]
    levels: bytes
    spans: dict[int, tuple[KeptSpan, ...]]
    listed: dict[int, tuple[str, ...]]  # of each step, what survives in the ledger alone
    identifiers: KeptIdentifiers
    lines: int  # how many are kept
    order: KeptOrder  # which every budget holds a beginning of
    exact: bool = True

    @property
    def points_kept(self) -> int:
        """How many decision points are steps of which some text is kept."""
        return sum(1 for point in self.kept.decision_points if self.shares[point])

    def why(self, step: StepOutline) -> str:
        """Why a step is kept or dropped, in one sentence or two."""
        seq, count = step.seq, self.kept.steps
        value = f"{self.kept.mask[seq] / 255:.2f}, place {self.ranks[seq]:,} of {count:,}"
        sure = "" if self.exact else "Estimate. "
        if spans := self.spans.get(seq):
            reasons = dict.fromkeys(span.reason.value for span in spans)
            return f"{sure}Kept for: {', '.join(reasons)}. Its value is {value}."
        if self.shares[seq]:
            return f"{sure}Kept: its value is {value}."
        if step.flags & StepFlag.COPIED:
            return "Dropped: it repeats a step of another episode."
        if not step.text_size:
            return "Nothing to keep: the step has no text."
        listed = len(self.listed.get(seq, ()))
        names = f" {counted(listed, 'name')} of it stand{'s' * (listed == 1)} in the names list."
        ledger = names if listed else ""
        if not self.spans and not any(self.shares):
            return f"{sure}Dropped, as every step of this episode is.{ledger}"
        if not self.exact:  # which lines another budget keeps is not known yet
            return f"{sure}Dropped: its value is {value}.{ledger}"
        lines = Counter[str]()
        for span in self.kept.spans:
            lines[span.reason.value] += span.text.count("\n") + 1
        instead = ", ".join(f"{counted(n, 'line')} for {why}" for why, n in lines.items())
        return f"Dropped: its value is {value}. Kept instead: {instead}.{ledger}"


class State(msgspec.Struct, frozen=True):
    """What must change before an episode's mask is worked out anew."""

    episode: Episode
    brief: CompressedBrief | None
    scorers: tuple[str, ...]  # by name, which is another one when their weights are


class MaskedEpisode(msgspec.Struct, frozen=True):
    """An episode as the Masks view begins with it; ``stored`` is what its file keeps now.

    ``left`` is all that there is of an evicted one: its curve has no values, and no other budget
    can be tried.
    """

    detail: EpisodeDetail
    steps: list[StepOutline]
    curve: ActionCurve
    scorers: tuple[str, ...]
    stored: CompressedEpisode | None
    state: State
    left: MaskReading | None = None


def read_state(memory: Memory, _job: Job, episode_id: int) -> State:
    """The state of an episode, which costs little to read. Raises ``NotFound``."""
    episode = memory.episodes.detail(episode_id).episode
    brief = next(iter(memory.compression.briefs([episode_id])), None)
    scorers = () if episode.evicted_at is not None else memory.compression.scorers()
    return State(episode, brief, scorers)


def read_episode(memory: Memory, job: Job, episode_id: int) -> MaskedEpisode:
    """All that is needed before the first budget. Raises ``NotFound``."""
    compression = memory.compression
    state = read_state(memory, job, episode_id)
    detail = memory.episodes.detail(episode_id)
    stored = compression.read(episode_id) if detail.episode.kept_share is not None else None
    job.step(0, None, "reading the steps")
    steps = memory.steps.outline(episode_id)
    if stored is not None and detail.episode.evicted_at is not None:
        curve = ActionCurve(episode_id, (), stored.decision_points, stored.penalty)
        left = reading(stored, steps, compression.identifiers(stored), _NO_ORDER)
        return MaskedEpisode(detail, steps, curve, (stored.scorer,), stored, state, left)
    curve = compression.curve(episode_id, job)
    return MaskedEpisode(detail, steps, curve, state.scorers, stored, state)


def read_mask(
    memory: Memory, job: Job, episode: MaskedEpisode, budget: Budget, scorer: str
) -> MaskReading | None:
    """What a budget would keep; ``None`` where the episode is too small for it."""
    try:
        kept = memory.compression.preview(episode.detail.episode.id, budget, scorer)
    except NotFound:
        if memory.episodes.get([episode.detail.episode.id]):
            return None
        raise
    job.step(0)
    order = memory.compression.order(kept.episode_id, scorer)
    return reading(kept, episode.steps, memory.compression.identifiers(kept), order)


def reading(
    kept: CompressedEpisode,
    steps: Sequence[StepOutline],
    identifiers: KeptIdentifiers,
    order: KeptOrder,
) -> MaskReading:
    """A compression, sorted by the steps of its episode."""
    counts = Counter(kept.mask)
    above = {value: sum(n for v, n in counts.items() if v > value) for value in counts}
    # Steps of one value stand as high as the lowest place that they share: of many that are worth
    # nothing, none looks like something.
    below = {value: kept.steps - above[value] - n for value, n in counts.items()}
    most = max(1, *below.values()) if below else 1
    levels = bytes(below.get(value, 0) * 255 // most for value in range(256))
    listed: defaultdict[int, list[str]] = defaultdict(list)
    for word in identifiers.ledger_only:
        if word.seq is not None:
            listed[word.seq].append(word.word)
    return MaskReading(
        kept,
        step_shares(kept, steps),
        tuple(1 + above[value] for value in kept.mask),
        kept.mask.translate(levels),
        spans_by_step(kept),
        {seq: tuple(words) for seq, words in listed.items()},
        identifiers,
        sum(span.text.count("\n") + 1 for span in kept.spans),
        order,
    )


def spans_by_step(kept: CompressedEpisode) -> dict[int, tuple[KeptSpan, ...]]:
    """What is kept of each step, of those of which something is."""
    spans: defaultdict[int, list[KeptSpan]] = defaultdict(list)
    for span in kept.spans:
        spans[span.seq].append(span)
    return {seq: tuple(of) for seq, of in spans.items()}


def step_shares(kept: CompressedEpisode, steps: Sequence[StepOutline]) -> bytes:
    """How much of each step is kept: see ``MaskReading``."""
    sizes: defaultdict[int, int] = defaultdict(int)
    for span in kept.spans:
        sizes[span.seq] += len(span.text.encode())
    shares = bytearray(kept.steps)
    for seq, size in sizes.items():
        whole = steps[seq].text_size if seq < len(steps) else 0
        shares[seq] = max(1, min(255, size * 255 // max(1, whole)))
    return bytes(shares)


def disagreements(reading: MaskReading, other: MaskReading) -> tuple[int, ...]:
    """The steps of which one keeps some text and the other none."""
    both = zip(reading.shares, other.shares, strict=True)
    return tuple(seq for seq, (a, b) in enumerate(both) if bool(a) != bool(b))
