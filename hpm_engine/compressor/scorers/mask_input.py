"""An episode as the mask network takes it, and the network's measures."""

from __future__ import annotations

from functools import cached_property

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers import step_features, word_features
from hpm_engine.config import MASK_HEADS, MASK_LAYERS, MASK_WIDTH
from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.encoder.tensor_file import Layout

WIDTH = MASK_WIDTH.value
HEADS = MASK_HEADS.value
INNER = 256  # numbers inside the feed-forward part of a layer
STATE = 16  # numbers of a step that its identifiers see
HIDDEN = 64
INPUT = 2 * DIMENSION + step_features.WIDTH
EVIDENCE = word_features.WIDTH + 2 + 2 * STATE


class MaskInput(msgspec.Struct, frozen=True, dict=True):
    """``steps`` (T, 531), ``words`` (W, 28), and where each identifier stands (parallel)."""

    steps: Floats
    words: Floats
    counts: Floats  # (W,) log(1 + total count)
    sizes: Floats  # (W,) bytes in a list
    word: Counts
    step: Counts
    acted: Counts

    @cached_property
    def by_word(self) -> tuple[Counts, Counts]:
        """The entries in the order of identifiers, and where each identifier begins there."""
        times = np.bincount(self.word, minlength=len(self.words))
        return np.argsort(self.word, kind="stable"), np.cumsum(times) - times


def mask_input(evidence: Evidence) -> MaskInput:
    """The network's view of an episode; its actions must have been encoded."""
    words = evidence.identifiers
    return MaskInput(
        step_input(evidence),
        word_features.word_features(evidence),
        np.log1p(words.total()).astype(np.float32),
        words.sizes().astype(np.float32),
        words.word,
        words.step,
        words.acted,
    )


def step_input(evidence: Evidence) -> Floats:
    """What networks are told of each step ``(T, 531)``: its two vectors, and its features."""
    return np.concatenate([vectors_of(evidence), step_features.step_features(evidence)], axis=1)


def vectors_of(evidence: Evidence) -> Floats:
    """x_t ``(T, 512)``: what each step did beside what it was shown; zeros where not encoded."""
    blank = np.zeros((evidence.trajectory.length, DIMENSION), np.float32)
    pair = [blank if vectors is None else vectors for vectors in (evidence.actions, evidence.shown)]
    return np.concatenate(pair, axis=1)


def layout() -> Layout:
    """Every tensor of one network with its dtype and shape."""
    shapes: dict[str, tuple[int, ...]] = {"prior": (1,)}

    def linear(name: str, out: int, given: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (out, given), (out,)

    def norm(name: str) -> None:
        shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (WIDTH,)

    linear("entry", WIDTH, INPUT)
    for number in range(MASK_LAYERS.value):
        norm(f"layers.{number}.first")
        linear(f"layers.{number}.mixed", 3 * WIDTH, WIDTH)
        linear(f"layers.{number}.joined", WIDTH, WIDTH)
        norm(f"layers.{number}.second")
        linear(f"layers.{number}.inner", INNER, WIDTH)
        linear(f"layers.{number}.outer", WIDTH, INNER)
    norm("last")
    linear("gates", 2, WIDTH)
    linear("state", STATE, WIDTH)
    linear("head.0", HIDDEN, EVIDENCE)
    linear("head.1", HIDDEN, HIDDEN)
    linear("head.2", 1, HIDDEN)
    return {name: ("float32", shape) for name, shape in shapes.items()}
