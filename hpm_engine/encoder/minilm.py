"""The stronger encoder: MiniLM over the ends of a text, from a weights file that is installed."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from hpm_engine.encoder.minilm_file import CLASS, END, NAME, SHA256, UNKNOWN, WIDTH
from hpm_engine.encoder.protocol import EncoderIdentity
from hpm_engine.encoder.shipped import DIGESTS, VOCABULARY, vocabulary
from hpm_engine.encoder.word_pieces import WordPieces

if TYPE_CHECKING:
    from numpy.typing import NDArray

_HEAD = 46  # first pieces of a longer text
_TAIL = 16  # last pieces of a longer text; with head, [CLS] and [SEP] 64
_CUE = 254  # first pieces of a cue
_CHARACTERS = 4000  # at each end of a text; only they are cut into pieces
_BATCH = 32  # texts


class MiniLMEncoder:
    """The mean of MiniLM's last states over the text's first 46 and last 16 word pieces.

    all-MiniLM-L6-v2 (Apache-2.0; Reimers and Gurevych 2019, mean pooling) in bfloat16. Texts of
    one length run together, on the caller's thread and as many more as torch is set to use.
    About a hundred texts a second on one core: for a background job. The same text has the same
    vector up to bfloat16 rounding (cosine above .999), in any batch.
    """

    def __init__(self, path: Path) -> None:
        """Load 91 MB. Raises ``BadModel`` where ``path`` is not the one known weights file."""
        import torch  # takes a second and stalls a window, so only where the model is used

        from hpm_engine.encoder.minilm_model import MiniLMModel

        self._model = MiniLMModel(path, torch.bfloat16)
        self._pieces = WordPieces(vocabulary(), unknown=UNKNOWN)
        made_of = f"{SHA256} {DIGESTS[VOCABULARY]} {_HEAD} {_TAIL} bfloat16"
        digest = sha256(made_of.encode()).hexdigest()
        self.identity = EncoderIdentity(NAME, digest, WIDTH)

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows ``(len(texts), 384)``; zeros for a text without a word piece."""
        inputs = [self._input(text) for text in texts]
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        known = [index for index, pieces in enumerate(inputs) if len(pieces) > 2]
        known.sort(key=lambda index: len(inputs[index]))
        for start in range(0, len(known), _BATCH):
            batch = known[start : start + _BATCH]
            vectors[batch] = self._model.mean_states([inputs[index] for index in batch])
        return vectors

    def encode_cue(self, cue: str) -> NDArray[np.float32]:
        """One unit vector ``(384,)`` of a text's first 254 pieces; zeros without a piece.

        A cue may be a whole issue, of which 64 pieces are too few (transfer with BM25: MRR .67,
        with 254 .69); 40 ms on one core.
        """
        pieces = self._pieces(cue[:_CHARACTERS])[:_CUE]
        if not len(pieces):
            return np.zeros(WIDTH, np.float32)
        states = self._model.mean_states([_framed(pieces)])
        vector: NDArray[np.float32] = np.asarray(states, np.float32)[0]
        return vector

    def _input(self, text: str) -> NDArray[np.int32]:
        if len(text) > 2 * _CHARACTERS:
            text = f"{text[:_CHARACTERS]} {text[-_CHARACTERS:]}"
        pieces = self._pieces(text)
        if len(pieces) > _HEAD + _TAIL:
            pieces = np.concatenate([pieces[:_HEAD], pieces[-_TAIL:]])
        return _framed(pieces)


def _framed(pieces: NDArray[np.int32]) -> NDArray[np.int32]:
    return np.concatenate([[CLASS], pieces, [END]]).astype(np.int32)
