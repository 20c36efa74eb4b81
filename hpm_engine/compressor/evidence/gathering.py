"""Gathers the evidence of an episode: its lines, identifiers, decision points, its store."""

from __future__ import annotations

from collections.abc import Sequence

from hpm_engine.compressor.evidence.decision_points import decision_points
from hpm_engine.compressor.evidence.identifiers import EpisodeIdentifiers, Floats
from hpm_engine.compressor.evidence.needs import StoreHistory, task_words
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.evidence.trajectory import trajectory
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.step_text import action_text, state_text
from hpm_engine.values.episodes import Step

_SHOWN = 800  # characters of what a step was shown that are encoded


class Gatherer:
    """Holds the encoder, whose table takes 31 MB, from the first episode on.

    It is the shipped one without a store's counts: a decision point must not move because other
    episodes were imported.
    """

    def __init__(self) -> None:
        self._encoder: StaticEncoder | None = None

    def actions(self, steps: Sequence[Step]) -> Floats:
        """The vector of each step's action ``(T, d)``; zeros where a step does nothing."""
        return self._encoded([action_text(step) for step in steps])

    def evidence(
        self, steps: Sequence[Step], earlier: StoreHistory, actions: Floats | None = None
    ) -> Evidence:
        """The evidence of an episode's steps, which must be all of them, in order.

        ``actions`` are the steps' vectors, where they are known already.
        """
        of = trajectory(steps)
        identifiers = EpisodeIdentifiers(of)
        done = self.actions(steps) if actions is None else actions
        shown = self._encoded([state_text(step)[:_SHOWN] for step in steps])
        points = decision_points(done)
        store_words = earlier.known(identifiers.words)
        asked = frozenset(task_words(steps))
        return Evidence(of, identifiers, points, store_words, asked, done, shown)

    def _encoded(self, texts: Sequence[str]) -> Floats:
        if self._encoder is None:
            self._encoder = StaticEncoder()
        return self._encoder.encode(texts)
