"""φ over the static encoder: one vector for an episode's texts."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

from hpm_engine.encoder.phi import Phi
from hpm_engine.encoder.phi_shape import LAYOUT, WIDTH
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.encoder.shipped import DIGESTS, PHI, PHI_NAME, shipped_tensors
from hpm_engine.encoder.static import StaticEncoder
from hpm_engine.encoder.tensor_file import Tensors, packed
from hpm_engine.encoder.traced_task import as_query

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class PhiEncoder:
    """φ over a static encoder with any counts: they do not change the directions of pieces.

    The weights were trained with the counts of the training traces. Vectors over two encoders are
    still never compared: the identity covers both.
    """

    def __init__(self, steps: StaticEncoder, weights: Tensors | None = None) -> None:
        """``weights`` as in ``phi_shape.LAYOUT``; without any, the shipped ones.

        Raises ``BadModel`` where the shipped weights are missing or not those shipped.
        """
        self._steps = steps
        self._phi = Phi(shipped_tensors(PHI, LAYOUT) if weights is None else weights)
        made_of = DIGESTS[PHI] if weights is None else sha256(packed(weights, "")).hexdigest()
        digest = sha256(f"{made_of} {steps.identity.sha256}".encode()).hexdigest()
        self.identity = EncoderIdentity(PHI_NAME, digest, WIDTH)

    def episode(self, pairs: Sequence[tuple[str, str]]) -> NDArray[np.float32]:
        """A unit vector ``(256,)`` of an episode's (state, action) texts, in order.

        Zeros if all texts are unknown.
        """
        states, actions = ([pair[side] for pair in pairs] for side in (0, 1))
        return self._phi(self._steps.encode(states), self._steps.encode(actions))

    def query(self, text: str) -> NDArray[np.float32]:
        """The unit vector ``(256,)`` of a query: an episode of one state without an action."""
        query = as_query(self._steps.encode([text])[0])
        return self._phi(query.states, query.actions)
