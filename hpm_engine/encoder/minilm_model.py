"""The forward pass of all-MiniLM-L6-v2 in plain torch, from its own weights file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from hpm_engine.encoder.tensor_file import Layout, read_tensors

# sentence-transformers/all-MiniLM-L6-v2 at its revision 1110a243 (Apache-2.0), model.safetensors.
SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
WIDTH, LAYERS, HEADS, INNER = 384, 6, 12, 1536
PIECES, POSITIONS = 30522, 512
PAD, UNKNOWN, CLASS, END = 0, 100, 101, 102  # [PAD] [UNK] [CLS] [SEP]
_NORM_EPSILON = 1e-12


class MiniLMModel:
    """BERT with six layers of 384 (Wang et al. 2020, arXiv:2002.10957), without its pooler."""

    def __init__(self, path: Path, dtype: torch.dtype = torch.float32) -> None:
        """Raises ``BadModel`` where the file at ``path`` is not the one with ``SHA256``."""
        tensors = read_tensors(path, layout(), SHA256)
        self._weights = {
            name: torch.from_numpy(array.copy()).to(dtype)
            for name, array in tensors.items()
            if array.dtype == np.float32
        }

    def __call__(self, pieces: Sequence[NDArray[np.int32]]) -> tuple[Tensor, Tensor]:
        """The last layer's states ``(n, longest, 384)`` and the mask ``(n, longest)`` of 0 and 1.

        ``pieces`` are whole inputs, [CLS] and [SEP] included, at most 512 long.
        """
        longest = max(map(len, pieces))
        padded = np.full((len(pieces), longest), PAD, np.int64)
        for row, one in zip(padded, pieces, strict=True):
            row[: len(one)] = one
        lengths = torch.tensor([len(one) for one in pieces])
        mask = torch.arange(longest)[None] < lengths[:, None]
        with torch.inference_mode():
            states = self._embedded(torch.from_numpy(padded))
            for number in range(LAYERS):
                states = self._layer(states, mask, f"encoder.layer.{number}.")
        return states, mask

    def _embedded(self, pieces: Tensor) -> Tensor:
        words = self._weights["embeddings.word_embeddings.weight"][pieces]
        places = self._weights["embeddings.position_embeddings.weight"][: pieces.shape[1]]
        kind = self._weights["embeddings.token_type_embeddings.weight"][0]
        return self._norm(words + places + kind, "embeddings.LayerNorm")

    def _layer(self, states: Tensor, mask: Tensor, name: str) -> Tensor:
        n, longest, _ = states.shape

        def heads(part: str) -> Tensor:
            flat = self._linear(states, f"{name}attention.self.{part}")
            return flat.view(n, longest, HEADS, WIDTH // HEADS).transpose(1, 2)

        seen = functional.scaled_dot_product_attention(
            heads("query"), heads("key"), heads("value"), attn_mask=mask[:, None, None, :]
        )
        seen = seen.transpose(1, 2).reshape(n, longest, WIDTH)
        states = self._norm(
            states + self._linear(seen, f"{name}attention.output.dense"),
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


def layout() -> Layout:
    """Every tensor of the file with its dtype and shape; the pooler's are there and unused."""
    found: dict[str, tuple[str, tuple[int, ...]]] = {
        "embeddings.position_ids": ("int64", (1, POSITIONS)),
        "embeddings.word_embeddings.weight": ("float32", (PIECES, WIDTH)),
        "embeddings.position_embeddings.weight": ("float32", (POSITIONS, WIDTH)),
        "embeddings.token_type_embeddings.weight": ("float32", (2, WIDTH)),
    }
    linear = {"pooler.dense": (WIDTH, WIDTH)}
    norms = ["embeddings.LayerNorm"]
    for number in range(LAYERS):
        name = f"encoder.layer.{number}."
        attention = ("self.query", "self.key", "self.value", "output.dense")
        linear |= {f"{name}attention.{part}": (WIDTH, WIDTH) for part in attention}
        linear |= {f"{name}intermediate.dense": (INNER, WIDTH)}
        linear |= {f"{name}output.dense": (WIDTH, INNER)}
        norms += [f"{name}attention.output.LayerNorm", f"{name}output.LayerNorm"]
    for name, shape in linear.items():
        found |= {f"{name}.weight": ("float32", shape), f"{name}.bias": ("float32", shape[:1])}
    for name in norms:
        found |= {f"{name}.{part}": ("float32", (WIDTH,)) for part in ("weight", "bias")}
    return found
