"""The mask network in numpy, for use: a Transformer over steps, a small head over identifiers.

Its twin for training is ``mask_training``; a test holds the two together.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.scorers.mask_input import HEADS, STATE, WIDTH, MaskInput
from hpm_engine.compressor.scorers.word_features import STORE
from hpm_engine.config import MASK_LAYERS

_WINDOW = 256  # steps that attend to each other: time and memory of all pairs grow without bound
_EPSILON = 1e-5

Weights = Mapping[str, Floats]


def forward(weights: Weights, given: MaskInput, *, blind: bool) -> tuple[Floats, Floats]:
    """The gates ``(T, 2)`` in [0, 1], of what was shown and done, and the words' logits ``(W,)``.

    ``blind`` leaves out what the store's earlier episodes tell.
    """
    states = step_states(weights, given.steps)
    gates: Floats = np.reciprocal(np.float32(1) + np.exp(-linear(weights, "gates", states)))
    visible_states = np.tanh(linear(weights, "state", states))
    seen = np.concatenate(
        [_words(given, blind=blind), _pooled(given, gates, visible_states)], axis=1
    )
    hidden = np.maximum(0, linear(weights, "head.0", seen))
    hidden = np.maximum(0, linear(weights, "head.1", hidden))
    logits: Floats = given.counts * weights["prior"][0] + linear(weights, "head.2", hidden)[:, 0]
    return gates, logits


def step_states(weights: Weights, steps: Floats, window: int = _WINDOW) -> Floats:
    """The states ``(T, 128)`` of steps that attend to each other within a window."""
    states = linear(weights, "entry", steps)
    for number in range(MASK_LAYERS.value):
        name = f"layers.{number}"
        mixed = linear(weights, f"{name}.mixed", norm(weights, f"{name}.first", states))
        met = np.zeros((len(steps), WIDTH), np.float32)
        for start in range(0, len(steps), window):
            met[start : start + window] = _attended(mixed[start : start + window])
        states = states + linear(weights, f"{name}.joined", met)
        inner = np.maximum(
            0, linear(weights, f"{name}.inner", norm(weights, f"{name}.second", states))
        )
        states = states + linear(weights, f"{name}.outer", inner)
    return norm(weights, "last", states)


def _words(given: MaskInput, *, blind: bool) -> Floats:
    if not blind:
        return given.words
    words = given.words.copy()
    words[:, -STORE:] = 0
    return words


def _pooled(given: MaskInput, gates: Floats, states: Floats) -> Floats:
    """Of each identifier: the gates and the states of the steps that it stands in."""
    count = len(given.words)
    gate = gates[given.step, given.acted]
    times = np.maximum(1, np.bincount(given.word, minlength=count))
    total = np.bincount(given.word, gate, count)
    order, first = given.by_word
    of = states[given.step[order]]  # each word stands somewhere
    mean, top = (
        pool.reduceat(of, first, axis=0) if count else np.zeros((0, STATE), np.float32)
        for pool in (np.add, np.maximum)
    )
    pooled: Floats = np.concatenate(
        [np.log1p(total)[:, None], (total / times)[:, None], mean / times[:, None], top], axis=1
    ).astype(np.float32)
    return pooled


def _attended(mixed: Floats) -> Floats:
    length = len(mixed)
    query, key, value = mixed.reshape(length, 3, HEADS, WIDTH // HEADS).transpose(1, 2, 0, 3)
    scores: Floats = query @ key.transpose(0, 2, 1)
    # In place: a copy of all pairs takes as long as the sums themselves.
    scores /= np.sqrt(np.float32(WIDTH // HEADS))
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    attended: Floats = (scores @ value).transpose(1, 0, 2).reshape(length, WIDTH)
    return attended


def linear(weights: Weights, name: str, values: Floats) -> Floats:
    """One affine layer."""
    mapped: Floats = values @ weights[f"{name}.weight"].T + weights[f"{name}.bias"]
    return mapped


def norm(weights: Weights, name: str, values: Floats) -> Floats:
    """One layer norm."""
    centred = values - values.mean(axis=-1, keepdims=True)
    spread = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + _EPSILON)
    normed: Floats = centred / spread * weights[f"{name}.weight"] + weights[f"{name}.bias"]
    return normed
