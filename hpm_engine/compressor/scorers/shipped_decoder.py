"""The shipped decision mask and decoder: how they are packed, and read."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from hpm_engine.compressor.scorers.decision_input import layout
from hpm_engine.compressor.scorers.mask_net import Weights
from hpm_engine.encoder.shipped import DECODER, shipped_tensors
from hpm_engine.encoder.tensor_file import Layout, packed

_ABOUT = "decision mask and decoder of two layers each, trained on mini-swe-agent traces (MIT)"


def packed_decoder(weights: Weights) -> bytes:
    """The weights as one safetensors file in half precision."""
    tensors = {name: np.asarray(values, np.float16) for name, values in weights.items()}
    return packed(tensors, _ABOUT)


@lru_cache(maxsize=1)
def shipped_decoder() -> Weights:
    """The weights, read once; raises ``BadModel`` where their file is missing or another."""
    tensors = shipped_tensors(DECODER, file_layout())
    return {name: values.astype(np.float32) for name, values in tensors.items()}


def file_layout() -> Layout:
    """Every tensor of the file with its dtype and shape."""
    return {name: ("float16", shape) for name, (_, shape) in layout().items()}
