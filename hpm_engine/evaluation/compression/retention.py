"""Facts that are left after compression, read back from the written bytes alone."""

from __future__ import annotations

import statistics
from collections import defaultdict
from collections.abc import Sequence

import msgspec

from hpm_engine.compressor.compression import ROW, compress
from hpm_engine.compressor.evidence.scorer import Scorer
from hpm_engine.compressor.packing.container import MemoryContents, unpack
from hpm_engine.compressor.packing.word_counts import repeats
from hpm_engine.compressor.reading_back import words_left
from hpm_engine.compressor.training.lessons import LaterNeed
from hpm_engine.evaluation.compression.facts import Case, identifiers_in
from hpm_engine.evaluation.recall.plain_bm25 import PlainBM25
from hpm_engine.evaluation.recall.transfer_tasks import TransferTask, first_rank
from hpm_engine.values.compression import Budget


class Retained(msgspec.Struct, frozen=True):
    """The part of a case that one arm kept; ``text`` is for retrieval."""

    text: str
    held: frozenset[str]  # identifiers in texts and ledger
    quoted: frozenset[str]  # identifiers in texts alone: each with the step that it stands in
    stored: int
    budget_of: int  # bytes that the budget is held against


class Measure(msgspec.Struct, frozen=True):
    """One value for each case (or later case), and the repository of each."""

    values: tuple[float, ...]
    clusters: tuple[str, ...]

    @property
    def mean(self) -> float:
        """The mean over cases."""
        return statistics.fmean(self.values) if self.values else 0.0


def retained(case: Case, scorer: Scorer, budget: Budget) -> Retained:
    """Compress a case, forget it, and read back what was written."""
    compression = compress(case.evidence, scorer, budget)
    if compression is None:  # it would stay whole; counted as if nothing had been kept
        return Retained("", frozenset(), frozenset(), 0, case.evidence.trajectory.raw_size)
    kept = unpack(compression.data)
    texts = "\n".join(span.text for span in kept.spans)
    quoted = identifiers_in(texts)
    return Retained(
        _text(kept, texts),
        words_left(kept),
        quoted,
        len(compression.data) + ROW,
        compression.raw_size if compression.zstd_size is None else compression.zstd_size,
    )


def _text(kept: MemoryContents, texts: str) -> str:
    more = repeats(kept.spans, kept.ledger, kept.counts)
    words = " ".join(" ".join([word] * times) for word, times in more.items())
    return f"{texts}\n{words}"


def own_facts(cases: Sequence[Case], identifiers: Sequence[frozenset[str]]) -> Measure:
    """The share of its own patch's facts that each episode keeps."""
    pairs = [
        (len(case.labels.own & kept) / len(case.labels.own), case.solved.episode.project)
        for case, kept in zip(cases, identifiers, strict=True)
        if case.labels.own
    ]
    return Measure(tuple(value for value, _ in pairs), tuple(name for _, name in pairs))


def needed_facts(
    cases: Sequence[Case],
    needs: Sequence[LaterNeed],
    identifiers: Sequence[frozenset[str]],
    *,
    specific: bool,
) -> Measure:
    """The share of the facts needed later that survive: for each later case, over earlier ones."""
    shares: dict[int, list[float]] = defaultdict(list)
    for need in needs:
        facts = need.specific if specific else need.facts
        if facts:
            shares[need.later].append(len(facts & identifiers[need.earlier]) / len(facts))
    return Measure(
        tuple(statistics.fmean(later_shares) for later_shares in shares.values()),
        tuple(cases[later].solved.episode.project for later in shares),
    )


def ranks(cases: Sequence[Case], tasks: Sequence[TransferTask], texts: Sequence[str]) -> Measure:
    """The reciprocal rank of each issue's first relevant episode, by BM25 over what is left."""
    documents = {case.solved.episode.id: text for case, text in zip(cases, texts, strict=True)}
    index = PlainBM25(documents)
    values = []
    for task in tasks:
        rank = first_rank(index.scores(task.cue, task.candidates), task)
        values.append(1 / (rank + 1))
    return Measure(tuple(values), tuple(task.project for task in tasks))
