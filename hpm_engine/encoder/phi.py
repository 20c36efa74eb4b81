"""φ: one vector for an episode, from its (state, action) steps; in numpy for the window."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from hpm_engine.encoder.phi_shape import BACKWARD, FORWARD, HIDDEN, WIDTH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hpm_engine.encoder.tensor_file import Tensors


class Phi:
    """z = normalised (mean of centred steps + gate x masked mean of a BiLSTM's states).

    The BiLSTM over x_t = W [e(s_t) ‖ e(a_t)] + b with masked mean pooling is the paper's encoder
    (section 3.1); it is added to the plain mean through a gate that begins at 0, so that training
    has to earn each move away from the mean. A step counts in the mean by its action, or by its
    state if it has no action; a query is an episode of one state without an action.
    """

    def __init__(self, weights: Tensors) -> None:
        """``weights`` as in ``phi_shape.LAYOUT``."""
        self._weights = weights

    def __call__(
        self, states: NDArray[np.float32], actions: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """A unit vector ``(256,)`` from step embeddings ``(steps, 256)`` each.

        A row of zeros is a missing state or action; a step without both is left out. Returns zeros
        if no step is left. About 30 microseconds a step.
        """
        states, actions, plain = known_steps(states, actions)
        if not len(plain):
            return np.zeros(WIDTH, np.float32)
        weights = self._weights
        steps = np.hstack([states, actions]) @ weights["project.weight"].T
        steps += weights["project.bias"]
        pooled = np.hstack(
            [self._direction(steps, FORWARD), self._direction(steps[::-1], BACKWARD)]
        )
        vector = (plain - weights["centre"]).mean(axis=0) + weights["gate"] * pooled
        length = float(np.linalg.norm(vector))
        unit: NDArray[np.float32] = vector / (length or 1.0)
        return unit.astype(np.float32)

    def _direction(self, steps: NDArray[np.float32], name: str) -> NDArray[np.float32]:
        """The mean of one LSTM's states over the steps, ``(128,)``."""
        weights = {part: self._weights[f"lstm.{part}{name}"] for part in ("weight_ih", "bias_ih")}
        driven = steps @ weights["weight_ih"].T + weights["bias_ih"]
        driven += self._weights[f"lstm.bias_hh{name}"]
        recurrent = self._weights[f"lstm.weight_hh{name}"].T
        hidden, cell, total = (np.zeros(HIDDEN, np.float32) for _ in range(3))
        for row in driven:
            let_in, forget, fresh, out = (row + hidden @ recurrent).reshape(4, HIDDEN)
            cell = _sigmoid(forget) * cell + _sigmoid(let_in) * np.tanh(fresh)
            hidden = _sigmoid(out) * np.tanh(cell)
            total += hidden
        return total / np.float32(len(driven))


def known_steps(
    states: NDArray[np.float32], actions: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    """States, actions and the rows of the mean (each (n, 256)), without steps of zeros."""
    acted: NDArray[np.bool_] = np.any(actions != 0, axis=1)
    known = acted | np.any(states != 0, axis=1)
    plain = np.where(acted[:, None], actions, states)
    return states[known], actions[known], plain[known]


def _sigmoid(values: NDArray[np.float32]) -> NDArray[np.float32]:
    # By tanh, which does not overflow where exp would.
    squashed: NDArray[np.float32] = np.tanh(values * np.float32(0.5))
    return squashed * np.float32(0.5) + np.float32(0.5)
