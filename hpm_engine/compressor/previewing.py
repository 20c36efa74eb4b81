"""Previews what compression would keep of an episode, for any budget; writes nothing."""

from __future__ import annotations

import msgspec
import numpy as np

from hpm_engine.compressor.compression import Compressor
from hpm_engine.compressor.evidence.decision_points import PENALTY
from hpm_engine.compressor.evidence.gathering import Gatherer
from hpm_engine.compressor.evidence.identifiers import IDENTIFIER, Floats
from hpm_engine.compressor.evidence.needs import StoreHistory
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.packing.container import unpack
from hpm_engine.compressor.reading_back import record_of, row_of
from hpm_engine.compressor.rebuilding import rebuilt_steps
from hpm_engine.compressor.scorers.scorers import StoreScorers
from hpm_engine.errors import Evicted, NotFound
from hpm_engine.job import Job
from hpm_engine.store.rows.compressed import CompressedRows
from hpm_engine.store.rows.episodes import EpisodeRows
from hpm_engine.store.rows.steps import StepRows
from hpm_engine.store.search.episode_words import WordRows
from hpm_engine.values.compression import (
    ActionCurve,
    Budget,
    CompressedEpisode,
    KeptIdentifiers,
    KeptOrder,
    NotRebuilt,
    RebuiltSteps,
)
from hpm_engine.values.episodes import Episode, Step

_MOST_LOST = 500  # lost identifiers that are named; the rest is a number


class _Studied(msgspec.Struct, frozen=True):
    episode_id: int
    digest: bytes
    evidence: Evidence
    actions: Floats
    compressors: dict[str, Compressor]  # by their scorers' names, as they are asked for


class Previews:
    """Keeps the evidence of the last episode asked about: at 4,500 steps half of each answer."""

    def __init__(
        self,
        episodes: EpisodeRows,
        steps: StepRows,
        rows: CompressedRows,
        words: WordRows,
        scorers: StoreScorers,
    ) -> None:
        self._episodes, self._steps = episodes, steps
        self._scorers = scorers
        self._rows, self._words = rows, words
        self._gatherer = Gatherer()
        self._last: _Studied | None = None

    def preview(self, episode_id: int, budget: Budget, scorer: str) -> CompressedEpisode:
        """What would be kept. Raises ``NotFound``, also where the budget holds nothing."""
        studied = self._study(episode_id)
        compression = self._compressor(studied, scorer).within(budget)
        if compression is None:
            raise NotFound(
                f"Episode {episode_id} is too small: no budget of 1/{budget.ratio:g} holds any of"
                " it. It stays whole."
            )
        row = row_of(episode_id, studied.digest, budget, compression)
        return record_of(row, unpack(compression.data), written=False)

    def order(self, episode_id: int, scorer: str) -> KeptOrder:
        """In which order budgets take an episode's lines. Raises ``NotFound``."""
        return self._compressor(self._study(episode_id), scorer).order

    def _compressor(self, studied: _Studied, scorer: str) -> Compressor:
        chosen = self._scorers.named(scorer)
        known = studied.compressors.get(chosen.name)
        if known is None:
            known = studied.compressors[chosen.name] = Compressor(studied.evidence, chosen)
        return known

    def curve(self, episode_id: int, job: Job) -> ActionCurve:
        """The course of an episode's actions in one dimension. Raises ``NotFound``."""
        studied = self._study(episode_id, job)
        values = _main_component(studied.actions)
        return ActionCurve(episode_id, tuple(values.tolist()), studied.evidence.points, PENALTY)

    def identifiers(self, kept: CompressedEpisode) -> KeptIdentifiers:
        """What became of each identifier of the episode that ``kept`` is of.

        Of an evicted one only what is left can be told: none is counted as lost.
        """
        verbatim = {w for span in kept.spans for w in IDENTIFIER.findall(span.text)}
        [episode] = self._episodes.get([kept.episode_id])
        if episode.evicted_at is not None:
            left = tuple(entry for entry in kept.ledger if entry.word not in verbatim)
            return KeptIdentifiers(len(verbatim) + len(left), len(verbatim), left, 0, ())
        known = self._study(kept.episode_id).evidence.identifiers
        verbatim &= known.ids.keys()
        listed = {entry.word: entry for entry in kept.ledger if entry.word not in verbatim}
        times = known.total()
        lost = [w for w in known.words if w not in verbatim and w not in listed]
        lost.sort(key=lambda word: -int(times[known.ids[word]]))
        return KeptIdentifiers(
            total=len(known),
            verbatim=len(verbatim),
            ledger_only=tuple(listed.values()),
            lost=len(lost),
            most_used_lost=tuple((w, int(times[known.ids[w]])) for w in lost[:_MOST_LOST]),
        )

    def rebuilt(self, kept: CompressedEpisode, job: Job) -> RebuiltSteps | NotRebuilt:
        """What the values in ``kept`` rebuild of its episode, or why nothing."""
        try:
            evidence = self._study(kept.episode_id).evidence
        except Evicted:
            return NotRebuilt.EVICTED
        return rebuilt_steps(kept, evidence, job)

    def _study(self, episode_id: int, job: Job | None = None) -> _Studied:
        episode = self._episodes.detail(episode_id).episode
        if episode.evicted_at is not None:
            raise Evicted(
                f"The full text of episode {episode_id} was deleted: what another budget would"
                " keep can no longer be told. What was kept is still there."
            )
        digest = self._rows.digests([episode_id])[episode_id]
        last = self._last
        if last is None or (last.episode_id, last.digest) != (episode_id, digest):
            steps = self._read(episode_id, episode.steps, job or Job())
            actions = self._gatherer.actions(steps)
            evidence = self._gatherer.evidence(steps, self._before(episode), actions)
            last = self._last = _Studied(episode_id, digest, evidence, actions, {})
        return last

    def _read(self, episode_id: int, count: int, job: Job) -> list[Step]:
        """All steps of an episode; ``job`` hears how far it is."""
        steps = list(self._steps.each(episode_id, count, job, "reading the steps"))
        job.step(0, None, "comparing what was done in them")
        return steps

    def _before(self, episode: Episode) -> StoreHistory:
        """What earlier episodes tell that were read for words already."""
        earlier = StoreHistory()
        for key, words in self._words.of_project(episode.project):
            if key == episode.id:
                break
            earlier.after(words)
        return earlier


def _main_component(actions: Floats) -> Floats:
    """Actions ``(T, d)`` along the direction in which they differ most, scaled to [0, 1]."""
    if not len(actions):
        return np.zeros(0, np.float32)
    centred = (actions - actions.mean(axis=0)).astype(np.float64)
    _, axes = np.linalg.eigh(centred.T @ centred)
    values = centred @ axes[:, -1]
    low, high = float(values.min()), float(values.max())
    scaled_values: Floats = ((values - low) / max(1e-12, high - low)).astype(np.float32)
    return scaled_values
