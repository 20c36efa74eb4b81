"""The networks of the learned scorer as a file: how they are packed, and read; those shipped."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hpm_engine.compressor.scorers.learned import NETWORKS, LearnedScorer, Network
from hpm_engine.compressor.scorers.mask_input import layout
from hpm_engine.compressor.scorers.shipped_decoder import shipped_decoder
from hpm_engine.encoder.shipped import MASK, shipped_tensors
from hpm_engine.encoder.tensor_file import Layout, Tensors, packed

_ABOUT = "two mask networks of two layers, trained on mini-swe-agent traces (MIT)"


def packed_networks(networks: Sequence[Network]) -> bytes:
    """The networks as one safetensors file in half precision."""
    tensors = {
        f"{number}.{name}": np.asarray(values, np.float16)
        for number, network in enumerate(networks)
        for name, values in network.weights.items()
    }
    return packed(tensors, _ABOUT)


def networks_in(tensors: Tensors) -> tuple[Network, ...]:
    """The networks of a file with the tensors of ``file_layout``."""
    networks = []
    for number, (_, blind, _) in enumerate(NETWORKS):
        weights = {name: tensors[f"{number}.{name}"].astype(np.float32) for name in layout()}
        networks.append(Network(weights, blind))
    return tuple(networks)


def shipped_scorer() -> LearnedScorer:
    """The scorer "learned"; raises ``BadModel`` where its file is missing or another."""
    return LearnedScorer(networks_in(shipped_tensors(MASK, file_layout())), shipped_decoder())


def file_layout() -> Layout:
    """Every tensor of the file with its dtype and shape."""
    return {
        f"{number}.{name}": ("float16", shape)
        for number in range(len(NETWORKS))
        for name, (_, shape) in layout().items()
    }
