"""The shipped encoder: a table of word pieces, weighted by the store's own counts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING

import numpy as np

from hpm_engine.encoder.piece_bags import Bag, bags
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

_HEAD = 3000  # first characters of a long text
_TAIL = 1000  # last characters of a long text
_FEW = 8  # texts for which the whole table is not worth its making


class StaticEncoder:
    """The weighted sum of a text's word pieces, each a unit vector distilled from MiniLM.

    The table is model2vec's kind (Tulkens and van Dongen 2024): every piece through the model
    alone, reduced to 256 principal components, int8. Here its rows have unit length and the
    weights are the store's own (``PieceCounts``) instead of a fixed SIF (Arora et al. 2017).
    Loading takes 8 MB and reads no network, and 31 MB more once many texts are encoded; encoding
    runs on one thread.
    """

    def __init__(self, counts: PieceCounts | None = None) -> None:
        """Load the table. Raises ``BadModel`` where the shipped files are missing or others."""
        self.counts = counts or PieceCounts()
        self._pieces = WordPieces(vocabulary())
        self._rows: NDArray[np.int8] = shipped_tensors(TABLE, TABLE_LAYOUT)["rows"]
        self._weights = self.counts.weights(np.any(self._rows != 0, axis=1))[:, None]

    @property
    def identity(self) -> EncoderIdentity:
        """The identity, which changes with the counts: their vectors must not be mixed either."""
        made_of = DIGESTS[TABLE], DIGESTS[VOCABULARY], _HEAD, _TAIL, WEIGHTING, self.counts.runs
        digest = sha256(repr(made_of).encode() + self.counts.packed).hexdigest()
        return EncoderIdentity(TABLE_NAME, digest, DIMENSION)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows ``(len(texts), 256)``; zeros for a text without a known piece.

        Only the first 3,000 and the last 1,000 characters of a longer text are read.
        """
        few = len(texts) <= _FEW and "_table" not in self.__dict__
        vectors = np.zeros((len(texts), DIMENSION), np.float32)
        # One text at a time: the sum must not depend on what else is in the batch.
        for vector, (pieces, times) in zip(vectors, self._bags(texts), strict=True):
            # Without pieces einsum multiplies zero by arbitrary memory, at times by NaN.
            if len(pieces):
                rows = self._made(pieces) if few else self._table.take(pieces, axis=0)
                np.einsum("i,ij->j", times, rows, out=vector)
        lengths = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))[:, None]
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    @cached_property
    def _table(self) -> NDArray[np.float32]:
        """The weighted unit vectors of all pieces."""
        return self._made(slice(None))

    def _made(self, pieces: NDArray[np.int32] | slice) -> NDArray[np.float32]:
        """Those of some pieces."""
        rows = self._rows[pieces].astype(np.float32)
        rows /= np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)
        rows *= self._weights[pieces]
        return rows

    def counted(self, episodes: Iterable[Sequence[str]]) -> PieceCounts:
        """The counts over the steps' texts of episodes, for the next encoder."""
        runs = (run for texts in episodes for run in self._runs(texts))
        return PieceCounts().plus(runs, PIECES)

    def _runs(self, texts: Sequence[str]) -> Iterator[NDArray[np.int32]]:
        pieces = [bag.pieces for bag in self._bags(texts)]
        for start in range(0, len(pieces), RUN):
            yield np.concatenate(pieces[start : start + RUN])

    def _bags(self, texts: Sequence[str]) -> Iterator[Bag]:
        return bags(self._pieces, [_read_part(text) for text in texts])


def _read_part(text: str) -> str:
    return text if len(text) <= _HEAD + _TAIL else f"{text[:_HEAD]} {text[-_TAIL:]}"
