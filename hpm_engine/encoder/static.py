"""The encoder that always is there: a table of word pieces, weighted by the store's own counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from hpm_engine.encoder.piece_counts import RUN, WEIGHTING, PieceCounts
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.encoder.shipped import (
    DIGESTS,
    DIMENSION,
    PIECES,
    TABLE,
    TABLE_LAYOUT,
    TABLE_NAME,
    VOCABULARY,
    shipped_tensors,
    vocabulary,
)
from hpm_engine.encoder.word_pieces import WordPieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEAD, _TAIL = 3000, 1000  # characters of a long text that are read


class StaticEncoder:
    """The weighted sum of a text's word pieces, each a unit vector distilled from MiniLM.

    The table is model2vec's kind (Tulkens and van Dongen 2024): every piece through the model
    alone, reduced to 256 principal components, int8. Here its rows have unit length and the
    weights are the store's own (``PieceCounts``) in place of a fixed SIF (Arora et al. 2017).
    Loading takes 31 MB and reads no network; encoding runs on one thread.
    """

    def __init__(self, counts: PieceCounts | None = None) -> None:
        """Raises ``BadModel`` where the shipped files are missing or not those shipped."""
        self.counts = counts or PieceCounts()
        self._pieces = WordPieces(vocabulary())
        rows = shipped_tensors(TABLE, TABLE_LAYOUT)["rows"].astype(np.float32)
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        weights = self.counts.weights(np.any(rows != 0, axis=1))[:, None]
        self._table: NDArray[np.float32] = rows / np.maximum(lengths, 1e-9) * weights

    @property
    def identity(self) -> EncoderIdentity:
        """Changes with the counts: their vectors must not be mixed either."""
        made_of = DIGESTS[TABLE], DIGESTS[VOCABULARY], _HEAD, _TAIL, WEIGHTING, self.counts.runs
        digest = sha256(repr(made_of).encode() + self.counts.packed).hexdigest()
        return EncoderIdentity(TABLE_NAME, digest, DIMENSION)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows ``(len(texts), 256)``; zeros for a text without a known piece.

        Of a text of more than 4,000 characters the first 3,000 and the last 1,000 are read.
        """
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        for vector, text in zip(vectors, texts, strict=True):
            pieces = self._pieces(_read_part(text))
            # One text at a time: the sum must not depend on what else is in the batch.
            np.add.reduce(self._table[pieces], axis=0, out=vector)
            if length := float(np.sqrt(vector @ vector)):
                vector /= length
        return vectors

    def counted(self, episodes: Iterable[Sequence[str]]) -> PieceCounts:
        """The counts over the steps' texts of episodes, to make the next encoder with."""
        return PieceCounts().plus(
            (
                np.concatenate([self._pieces(_read_part(text)) for text in texts[i : i + RUN]])
                for texts in episodes
                for i in range(0, len(texts), RUN)
            ),
            PIECES,
        )


def _read_part(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"
