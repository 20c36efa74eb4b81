"""The making of the static table: every word piece through MiniLM, 256 components, int8."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from hpm_engine.encoder.minilm_file import CLASS, END
from hpm_engine.encoder.minilm_model import MiniLMModel
from hpm_engine.encoder.shipped import DIMENSION, PIECES, vocabulary
from hpm_engine.encoder.tensor_file import packed
from hpm_engine.job import Job

_BATCH = 512  # pieces
_ABOUT = "word pieces distilled from all-MiniLM-L6-v2 (Apache-2.0): unit rows, 256 components"


def distilled(model: Path, job: Job) -> bytes:
    """The shipped table as a safetensors file: ``rows``, int8 of shape ``(30522, 256)``.

    As in model2vec (Tulkens and van Dongen 2024): the mean of the last layer over [CLS], the
    piece and [SEP]; then the 256 principal components. Rows are scaled to their own largest
    value, since only their direction is used; special pieces such as [PAD] have a row of zeros.
    Takes half a minute on one core.

    Raises:
        BadModel: ``model`` is not the weights file of all-MiniLM-L6-v2.
        Cancelled: the job was cancelled.
    """
    states = _states(MiniLMModel(model), job)
    words = np.array(
        [not (piece[0] == "[" and piece[-1] == "]" and len(piece) > 2) for piece in vocabulary()]
    )
    centred = states - states[words].mean(axis=0)
    reduced = centred @ _components(centred[words])
    largest = np.abs(reduced).max(axis=1, keepdims=True)
    rows = np.round(reduced / largest * 127).astype(np.int8)
    rows[~words] = 0
    return packed({"rows": rows}, _ABOUT)


def _states(model: MiniLMModel, job: Job) -> NDArray[np.float64]:
    means = []
    for start in range(0, PIECES, _BATCH):
        job.step(start, PIECES, "word pieces through MiniLM", "pieces")
        batch = range(start, min(start + _BATCH, PIECES))
        states, _ = model([np.array([CLASS, piece, END], np.int32) for piece in batch])
        means.append(states.mean(dim=1).double().numpy())
    return np.concatenate(means)


def _components(centred: NDArray[np.float64]) -> NDArray[np.float64]:
    """The principal components ``(384, 256)``; the largest value of each is positive."""
    data = torch.from_numpy(centred)
    _, vectors = torch.linalg.eigh(data.T @ data)
    components: NDArray[np.float64] = vectors.flip(1)[:, :DIMENSION].numpy()
    peaks = np.abs(components).argmax(axis=0)
    signs: NDArray[np.float64] = np.sign(components[peaks, np.arange(DIMENSION)])
    return components * signs
