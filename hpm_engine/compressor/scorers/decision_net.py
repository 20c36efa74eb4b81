"""The decision mask and the reconstruction decoder in numpy, for use.

Their twin for training is ``decision_module``; a test holds the two together.
"""

from __future__ import annotations

import numpy as np

from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.scorers.decision_features import kept_steps
from hpm_engine.compressor.scorers.decision_input import DecisionInput, position_waves
from hpm_engine.compressor.scorers.mask_input import HEADS, WIDTH
from hpm_engine.compressor.scorers.mask_net import Weights, linear, norm, step_states
from hpm_engine.config import DECODER_LAYERS

_WINDOW = 256  # steps that attend to each other; training met none that were longer
NULL = 0.05  # weight of keeping nothing in the copy path: an even shrink of all masks is not free


def mask_logits(weights: Weights, given: DecisionInput) -> Floats:
    """The score of each step ``(T,)``: the rule's worth times a prior, and what was learned."""
    states = step_states(weights, given.steps, _WINDOW)
    learned = linear(weights, "score", states)[:, 0]
    logits: Floats = (weights["prior"] * given.worth + learned).astype(np.float32)
    return logits


def mask(logits: Floats) -> Floats:
    """m_t in [0, 1] of the scores ``(T,)``: all together ⌈T/12⌉, by what is taken from each."""
    wanted = kept_steps(len(logits))
    low, high = -float(logits.max(initial=0)) - 30, -float(logits.min(initial=0)) + 30
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if _sigmoid(logits + middle).sum() < wanted else (low, middle)
    return _sigmoid(logits + np.float32(low))


def _sigmoid(values: Floats) -> Floats:
    mask: Floats = (1 / (1 + np.exp(-np.clip(values, -60, 60)))).astype(np.float32)
    return mask


def values(weights: Weights, vectors: Floats) -> Floats:
    """v_t = W (x_t - centre) of the vectors ``(n, 512)``: 64 numbers each."""
    apart: Floats = vectors - weights["centre"]
    stored: Floats = apart @ weights["value.weight"].T
    return stored


def decoded(weights: Weights, asked: Counts, kept: Counts, held: Floats, length: int) -> Floats:
    """The vectors ``(n, 512)`` of the steps asked for, about the centre, from values alone.

    ``kept`` are the positions of the kept steps among ``length`` and ``held`` their values; no
    other step is given, in any form. Queries do not attend to each other: what is decoded for one
    step does not hang on which others are asked for.
    """
    states = linear(weights, "place", position_waves(asked, length))
    memory = linear(weights, "held", held) + linear(weights, "place", position_waves(kept, length))
    for number in range(DECODER_LAYERS.value):
        name = f"decoder.{number}"
        query = norm(weights, f"{name}.first", states)
        states = states + linear(weights, f"{name}.joined", _met(weights, name, query, memory))
        second = norm(weights, f"{name}.second", states)
        inner = np.maximum(0, linear(weights, f"{name}.inner", second))
        states = states + linear(weights, f"{name}.outer", inner)
    vectors = _copied(weights, asked, kept, held)
    vectors = vectors + linear(weights, "added", norm(weights, "end", states))
    back: Floats = vectors @ weights["back.weight"].T
    return back


def _met(weights: Weights, name: str, query: Floats, memory: Floats) -> Floats:
    """Attention of queries to the memory, and to one slot that is always empty."""
    memory = np.concatenate([memory, weights[f"{name}.null"][None]])
    asked = linear(weights, f"{name}.asked", query).reshape(len(query), HEADS, -1)
    key, value = np.split(linear(weights, f"{name}.offered", memory), 2, axis=1)
    key, value = (half.reshape(len(memory), HEADS, -1) for half in (key, value))
    scores = np.einsum("qhd,mhd->hqm", asked, key) / np.sqrt(np.float32(WIDTH // HEADS))
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed: Floats = np.einsum("hqm,mhd->qhd", shares, value).reshape(len(query), WIDTH)
    return mixed


def _copied(weights: Weights, asked: Counts, kept: Counts, held: Floats) -> Floats:
    """The values of the kept steps near each step, the less the farther, and of none."""
    reach = np.logaddexp(0, weights["reach"][0])
    near = np.exp(-np.abs(asked[:, None] - kept[None]) * reach).astype(np.float32)
    copied: Floats = near @ held / (near.sum(axis=1, keepdims=True) + np.float32(NULL))
    return copied
