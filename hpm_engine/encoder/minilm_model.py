"""The forward pass of all-MiniLM-L6-v2 in plain torch, from its own weights file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from hpm_engine.encoder.minilm_file import HEADS, LAYERS, PAD, SHA256, WIDTH, layout
from hpm_engine.encoder.tensor_file import read_tensors

_NORM_EPSILON = 1e-12


class MiniLMModel:
    """BERT with six layers of 384 (Wang et al. 2020, arXiv:2002.10957), without its pooler."""

    def __init__(self, path: Path, dtype: torch.dtype = torch.float32) -> None:
        """Load the file. Raises ``BadModel`` where ``path`` is not the one with ``SHA256``."""
        tensors = read_tensors(path, layout(), SHA256)
        self._weights = {
            name: torch.from_numpy(array.copy()).to(dtype)
            for name, array in tensors.items()
            if array.dtype == np.float32
        }

    def __call__(self, pieces: Sequence[NDArray[np.int32]]) -> tuple[Tensor, Tensor]:
        """The last layer's states ``(n, longest, 384)`` and the mask ``(n, longest)`` of 0 and 1.

        ``pieces`` are whole inputs with [CLS] and [SEP], of 512 pieces at most.
        """
        longest = max(map(len, pieces))
        padded = np.full((len(pieces), longest), PAD, np.int64)
        for row, line in zip(padded, pieces, strict=True):
            row[: len(line)] = line
        lengths = torch.tensor([len(line) for line in pieces])
        mask = torch.arange(longest)[None] < lengths[:, None]
        with torch.inference_mode():
            states = self._embedded(torch.from_numpy(padded))
            for number in range(LAYERS):
                states = self._layer(states, mask, f"encoder.layer.{number}.")
        return states, mask

    def mean_states(self, pieces: Sequence[NDArray[np.int32]]) -> NDArray[np.float32]:
        """Unit rows ``(n, 384)``: the mean of the states of each input's pieces."""
        states, mask = self(pieces)
        with torch.inference_mode():
            kept = states.float() * mask[:, :, None]
            means = functional.normalize(kept.sum(dim=1), dim=1)
        return means.numpy()

    def _embedded(self, pieces: Tensor) -> Tensor:
        words = self._weights["embeddings.word_embeddings.weight"][pieces]
        positions = self._weights["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm(words + positions + kind, "embeddings.LayerNorm")

    def _layer(self, states: Tensor, mask: Tensor, name: str) -> Tensor:
        n, longest, _ = states.shape

        def heads(part: str) -> Tensor:
            flat = self._linear(states, f"{name}attention.self.{part}")
            return flat.view(n, longest, HEADS, WIDTH // HEADS).transpose(1, 2)

        mixed = functional.scaled_dot_product_attention(
            heads("query"), heads("key"), heads("value"), attn_mask=mask[:, None, None, :]
        )
        mixed = mixed.transpose(1, 2).reshape(n, longest, WIDTH)
        states = self._norm(
            states + self._linear(mixed, f"{name}attention.output.dense"),
            f"{name}attention.output.LayerNorm",
        )
        inner = functional.gelu(self._linear(states, f"{name}intermediate.dense"))
        return self._norm(
            states + self._linear(inner, f"{name}output.dense"), f"{name}output.LayerNorm"
        )

    def _linear(self, states: Tensor, name: str) -> Tensor:
        return functional.linear(
            states, self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        )

    def _norm(self, states: Tensor, name: str) -> Tensor:
        weight, bias = self._weights[f"{name}.weight"], self._weights[f"{name}.bias"]
        return functional.layer_norm(states, (WIDTH,), weight, bias, _NORM_EPSILON)
