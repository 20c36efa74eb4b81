"""The mask network in torch, for training: what ``mask_net`` computes, with gradients."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.scorers.mask_input import (
    EVIDENCE,
    HEADS,
    HIDDEN,
    INNER,
    INPUT,
    STATE,
    WIDTH,
    MaskInput,
)
from hpm_engine.compressor.scorers.word_features import STORE
from hpm_engine.config import MASK_LAYERS


class Layer(nn.Module):
    """One layer of the network: attention, then what each step makes of it."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.mixed, self.joined = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
        self.inner, self.outer = nn.Linear(WIDTH, INNER), nn.Linear(INNER, WIDTH)

    def forward(self, states: Tensor, there: Tensor) -> Tensor:
        """States ``(n, T, 128)``; ``there`` says which steps are none of the padding."""
        batch, length, _ = states.shape
        mixed = self.mixed(self.first(states)).view(batch, length, 3, HEADS, WIDTH // HEADS)
        query, key, value = mixed.permute(2, 0, 3, 1, 4)
        seen = functional.scaled_dot_product_attention(
            query, key, value, attn_mask=there[:, None, None, :]
        )
        states = states + self.joined(seen.transpose(1, 2).reshape(batch, length, WIDTH))
        after: Tensor = states + self.outer(functional.relu(self.inner(self.second(states))))
        return after


class MaskBatch:
    """Episodes side by side: steps padded, identifiers one after the other."""

    def __init__(self, given: Sequence[MaskInput], *, blind: bool) -> None:
        longest = max(len(episode.steps) for episode in given)
        steps = np.zeros((len(given), longest, INPUT), np.float32)
        there = np.zeros((len(given), longest), bool)
        for index, episode in enumerate(given):
            steps[index, : len(episode.steps)] = episode.steps
            there[index, : len(episode.steps)] = True
        self.steps, self.there = torch.from_numpy(steps), torch.from_numpy(there)
        offsets = np.cumsum([0, *(len(episode.words) for episode in given)])
        words = np.concatenate([episode.words for episode in given])
        if blind:
            words[:, -STORE:] = 0
        self.words = torch.from_numpy(words)
        self.counts = torch.from_numpy(np.concatenate([episode.counts for episode in given]))
        self.sizes = torch.from_numpy(np.concatenate([episode.sizes for episode in given]))
        self.word = _joined(
            [episode.word + offset for episode, offset in zip(given, offsets, strict=False)]
        )
        self.step = _joined([episode.step + longest * index for index, episode in enumerate(given)])
        self.acted = _joined([episode.acted for episode in given])
        self.episode = _joined(
            [np.full(len(episode.words), index) for index, episode in enumerate(given)]
        )


def _joined(arrays: Sequence[Counts]) -> Tensor:
    return torch.from_numpy(np.concatenate(arrays).astype(np.int64))


class MaskModule(nn.Module):
    """Starts at the rule "count": its head's last layer is zero and its prior is one."""

    def __init__(self) -> None:
        super().__init__()
        self.entry = nn.Linear(INPUT, WIDTH)
        self.layers = nn.ModuleList(Layer() for _ in range(MASK_LAYERS.value))
        self.last = nn.LayerNorm(WIDTH)
        self.gates, self.state = nn.Linear(WIDTH, 2), nn.Linear(WIDTH, STATE)
        sizes = (EVIDENCE, HIDDEN, HIDDEN, 1)
        self.head = nn.ModuleList(nn.Linear(a, b) for a, b in pairwise(sizes))
        self.prior = nn.Parameter(torch.ones(1))
        for parameter in self.head[2].parameters():
            nn.init.zeros_(parameter)

    def forward(self, batch: MaskBatch) -> tuple[Tensor, Tensor]:
        """The gates ``(n, longest, 2)`` and the logits of all identifiers."""
        states = self.entry(batch.steps)
        for layer in self.layers:
            states = layer(states, batch.there)
        states = self.last(states)
        gates = torch.sigmoid(self.gates(states))
        seen = torch.cat(
            [batch.words, self._pooled(batch, gates, torch.tanh(self.state(states)))], 1
        )
        hidden = functional.relu(self.head[1](functional.relu(self.head[0](seen))))
        logits: Tensor = batch.counts * self.prior + self.head[2](hidden)[:, 0]
        return gates, logits

    def _pooled(self, batch: MaskBatch, gates: Tensor, states: Tensor) -> Tensor:
        count = len(batch.words)
        gate = gates.reshape(-1, 2)[batch.step, batch.acted]
        of = states.reshape(-1, STATE)[batch.step]
        times = torch.bincount(batch.word, minlength=count).clamp(min=1)
        total = torch.zeros(count).index_add(0, batch.word, gate)
        mean = torch.zeros(count, STATE).index_add(0, batch.word, of) / times[:, None]
        where = batch.word[:, None].expand(-1, STATE)
        top = torch.full((count, STATE), -1.0).scatter_reduce(0, where, of, "amax")
        return torch.cat([torch.log1p(total)[:, None], (total / times)[:, None], mean, top], 1)

    def weights(self) -> dict[str, Floats]:
        """The network's tensors as arrays."""
        return {
            name: parameter.detach().numpy().copy() for name, parameter in self.named_parameters()
        }
