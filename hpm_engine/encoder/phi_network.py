"""φ in torch, for its training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence, pad_sequence

from hpm_engine.encoder.phi_shape import HIDDEN, PROJECTED
from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.encoder.tensor_file import Tensors
from hpm_engine.encoder.traced_task import Steps

_DROPOUT = 0.3  # share of the inputs


class PhiNetwork(nn.Module):
    """The function of ``Phi``, with gradients.

    ``residual=False`` is the paper's encoder alone, from scratch: it loses to the mean of its own
    inputs at the scale of a few hundred tasks, which the benchmark shows.
    """

    centre: Tensor

    def __init__(self, centre: NDArray[np.float32], *, residual: bool = True) -> None:
        super().__init__()
        self.residual = residual
        self.register_buffer("centre", torch.from_numpy(centre.copy()))
        self.gate = nn.Parameter(torch.zeros(()))
        self.project = nn.Linear(2 * DIMENSION, PROJECTED)
        self.lstm = nn.LSTM(PROJECTED, HIDDEN, batch_first=True, bidirectional=True)
        self._dropout = nn.Dropout(_DROPOUT)

    def forward(self, episodes: Sequence[Steps]) -> Tensor:
        """Unit rows ``(n, 256)``; every episode has at least one step."""
        rows = [
            torch.from_numpy(np.hstack([episode.states, episode.actions])) for episode in episodes
        ]
        steps = self.project(self._dropout(pad_sequence(rows, batch_first=True)))
        lengths = torch.tensor([len(row) for row in rows])
        # Packed: padding would enter the backward direction and shrink the mean.
        packed = pack_padded_sequence(steps, lengths, batch_first=True, enforce_sorted=False)
        hidden, _ = pad_packed_sequence(self.lstm(packed)[0], batch_first=True)
        pooled = hidden.sum(dim=1) / lengths[:, None]
        if self.residual:
            plain = np.stack([episode.plain.mean(axis=0) for episode in episodes])
            pooled = torch.from_numpy(plain) - self.centre + self.gate * pooled
        return functional.normalize(pooled, dim=1)

    def embedded(self, episodes: Sequence[Steps], batch: int = 32) -> NDArray[np.float32]:
        """Unit rows ``(n, 256)``, without gradients and dropout."""
        self.eval()
        with torch.inference_mode():
            rows = [self(episodes[i : i + batch]) for i in range(0, len(episodes), batch)]
        return torch.cat(rows).numpy()

    @classmethod
    def of(cls, weights: Tensors) -> PhiNetwork:
        """A network with given weights, as in ``phi_shape.LAYOUT``."""
        network = cls(weights["centre"])
        network.load_state_dict({name: torch.tensor(value) for name, value in weights.items()})
        return network

    def tensors(self) -> Tensors:
        """The weights as in ``phi_shape.LAYOUT``."""
        return {name: value.detach().numpy().copy() for name, value in self.state_dict().items()}
