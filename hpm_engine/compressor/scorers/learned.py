"""The learned scorer: the mean of a few mask networks, and the decision mask."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.evidence.scorer import Evidence, Filling, Scores
from hpm_engine.compressor.scorers import decision_net
from hpm_engine.compressor.scorers.decision_input import decision_input
from hpm_engine.compressor.scorers.mask_input import mask_input
from hpm_engine.compressor.scorers.mask_net import Weights, forward

NAME = "learned"
# Each network's seed, whether it is blind to the store, and its steps of training.
NETWORKS = ((1, False, 160), (2, False, 160))


class Network(msgspec.Struct, frozen=True):
    """One network's weights; ``blind`` if it does without the store's words."""

    weights: Weights
    blind: bool


class LearnedScorer(msgspec.Struct, frozen=True):
    """Scores by networks: exp of the mean logit for identifiers, the decision mask for steps.

    Without ``decisions``, or where an episode touched no file, a step is worth its mean gate.
    """

    networks: Sequence[Network]
    decisions: Weights | None = None
    name: str = NAME
    filling: Filling = Filling.HYBRID

    def scores(self, evidence: Evidence) -> Scores:
        """Scores of an episode; steps attend to each other within 256."""
        given = mask_input(evidence)
        outputs = [
            forward(network.weights, given, blind=network.blind) for network in self.networks
        ]
        steps = self._decided(evidence, given.steps)
        if steps is None:
            steps = np.mean([gates.mean(axis=1) for gates, _ in outputs], axis=0)
        logits = np.mean([logits for _, logits in outputs], axis=0)
        words = np.exp(np.clip(logits, -30, 30))
        return Scores(steps.astype(np.float32), words.astype(np.float32))

    def _decided(self, evidence: Evidence, steps: Floats) -> Floats | None:
        if self.decisions is None:
            return None
        mask_inputs = decision_input(evidence, steps)
        logits = decision_net.mask_logits(self.decisions, mask_inputs)
        return decision_net.mask(logits) if mask_inputs.tells else None
