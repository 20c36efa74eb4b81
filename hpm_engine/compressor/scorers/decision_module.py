"""The decision mask and the decoder in torch, for training."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.scorers.decision_input import (
    INPUT,
    PLACE,
    VALUE,
    VECTOR,
    DecisionInput,
    position_waves,
)
from hpm_engine.compressor.scorers.decision_net import NULL
from hpm_engine.compressor.scorers.mask_input import HEADS, INNER, WIDTH
from hpm_engine.compressor.scorers.mask_module import Layer
from hpm_engine.config import DECODER_LAYERS, MASK_LAYERS


class DecisionBatch:
    """Episodes side by side, padded: ``steps`` (n, T, 549), ``waves`` (n, T, 41)."""

    def __init__(self, given: Sequence[DecisionInput]) -> None:
        longest = max(len(episode.steps) for episode in given)
        shape = len(given), longest
        steps, where = (np.zeros((*shape, width), np.float32) for width in (INPUT, PLACE))
        worth, there = np.zeros(shape, np.float32), np.zeros(shape, bool)
        for row, episode in enumerate(given):
            length = len(episode.steps)
            steps[row, :length], worth[row, :length] = episode.steps, episode.worth
            where[row, :length] = position_waves(np.arange(length), length)
            there[row, :length] = True
        self.steps, self.waves = torch.from_numpy(steps), torch.from_numpy(where)
        self.worth, self.there = torch.from_numpy(worth), torch.from_numpy(there)

    @property
    def vectors(self) -> Tensor:
        """x_t of each step."""
        return self.steps[..., :VECTOR]


class DecisionMask(nn.Module):
    """Starts at the rule ``role_worth``: its last layer is zero and its prior is one."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = nn.Linear(INPUT, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(MASK_LAYERS.value))
        self.last = nn.LayerNorm(WIDTH)
        self.score = nn.Linear(WIDTH, 1)
        self.prior = nn.Parameter(torch.ones(1))
        for parameter in self.score.parameters():
            nn.init.zeros_(parameter)

    def forward(self, batch: DecisionBatch) -> Tensor:
        """The logits of the steps ``(n, T)``."""
        states = self.entry(batch.steps)
        for layer in self.layers:
            states = layer(states, batch.there)
        logits: Tensor = batch.worth * self.prior + self.score(self.last(states))[..., 0]
        return logits


class _DecoderLayer(nn.Module):
    """Attention to the masked steps and to an empty slot; m_s multiplies a step's share."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.asked, self.offered = nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 2 * WIDTH)
        self.joined = nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)
        self.null = nn.Parameter(0.02 * torch.randn(WIDTH))

    def forward(self, states: Tensor, memory: Tensor, mask: Tensor) -> Tensor:
        count, length, _ = states.shape
        null = self.null.expand(count, 1, WIDTH)
        memory = torch.cat([memory, null], 1)
        weight = torch.cat([mask, mask.new_ones(count, 1)], 1)[:, None, None]
        asked = self.asked(self.first(states)).view(count, length, HEADS, -1)
        key, value = self.offered(memory).view(count, memory.shape[1], 2, HEADS, -1).unbind(2)
        scores = torch.einsum("nqhd,nmhd->nhqm", asked, key) / np.sqrt(WIDTH // HEADS)
        top = scores.masked_fill(weight <= 0, float("-inf")).amax(-1, keepdim=True).detach()
        # A step of weight 0 has no share at all, and yet its weight has a gradient.
        shares = torch.exp((scores - top).clamp(max=20)) * weight
        shares = shares / shares.sum(-1, keepdim=True)
        met = torch.einsum("nhqm,nmhd->nqhd", shares, value).reshape(count, length, WIDTH)
        states = states + self.joined(met)
        after: Tensor = states + self.outer(functional.relu(self.inner(self.second(states))))
        return after


class Decoder(nn.Module):
    """Two layers beside a copy path; what the layers add starts at nothing.

    ``centre`` ``(512,)`` and ``main`` ``(64, 512)`` are the mean of the vectors to be learned from
    and their main directions: a value starts as what these 64 numbers tell of a step.
    """

    def __init__(self, centre: Floats, main: Floats) -> None:
        super().__init__()
        self.centre = nn.Parameter(torch.from_numpy(centre), requires_grad=False)
        self.value, self.back = _linear(main), _linear(main.T)
        self.held, self.place = nn.Linear(VALUE, WIDTH), nn.Linear(PLACE, WIDTH)
        self.decoder = nn.ModuleList(_DecoderLayer() for _ in range(DECODER_LAYERS.value))
        self.end, self.added = nn.LayerNorm(WIDTH), nn.Linear(WIDTH, VALUE)
        self.reach = nn.Parameter(torch.ones(1))
        for parameter in self.added.parameters():
            nn.init.zeros_(parameter)

    def forward(self, batch: DecisionBatch, mask: Tensor) -> Tensor:
        """All steps' vectors about the centre ``(n, T, 512)``; ``mask`` (n, T) in [0, 1]."""
        mask = mask * batch.there
        held = self.value(batch.vectors - self.centre)
        where = self.place(batch.waves)
        states, memory = where, self.held(held) + where
        for layer in self.decoder:
            states = layer(states, memory, mask)
        vectors = self._copied(held, mask) + self.added(self.end(states))
        back: Tensor = self.back(vectors)
        return back

    def _copied(self, held: Tensor, mask: Tensor) -> Tensor:
        indexes = torch.arange(held.shape[1])
        apart = (indexes[:, None] - indexes[None]).abs() * functional.softplus(self.reach)
        near = torch.exp(-apart)[None] * mask[:, None]
        copied: Tensor = near @ held / (near.sum(-1, keepdim=True) + NULL)
        return copied


def _linear(weight: Floats) -> nn.Linear:
    layer = nn.Linear(weight.shape[1], weight.shape[0], bias=False)
    layer.weight = nn.Parameter(torch.from_numpy(np.ascontiguousarray(weight, np.float32)))
    return layer


def weights_of(*modules: nn.Module) -> dict[str, Floats]:
    """The tensors of modules as arrays."""
    return {
        name: parameter.detach().numpy().copy()
        for module in modules
        for name, parameter in module.named_parameters()
    }
