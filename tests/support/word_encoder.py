"""A small encoder for tests: each word has its own direction, the same in every run."""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from hpm_engine.encoder.protocol import EncoderIdentity


class WordEncoder:
    def __init__(self, dimension: int = 32, seed: int = 0) -> None:
        self._seed = seed
        self.identity = EncoderIdentity("words", f"{seed:064x}", dimension)
        self.calls: list[Sequence[str]] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.calls.append(texts)
        rows = np.zeros((len(texts), self.identity.dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in text.split():
                row += self._direction(word)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        return rows / np.where(lengths, lengths, 1)

    def _direction(self, word: str) -> NDArray[np.float32]:
        random = np.random.default_rng((zlib.crc32(word.encode()), self._seed))
        return random.standard_normal(self.identity.dimension, np.float32)
