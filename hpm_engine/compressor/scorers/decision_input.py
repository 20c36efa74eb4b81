"""An episode as the decision mask and the decoder take it, and their measures."""

from __future__ import annotations

import msgspec
import numpy as np

from hpm_engine.compressor.evidence.identifiers import Counts, Floats
from hpm_engine.compressor.evidence.scorer import Evidence
from hpm_engine.compressor.scorers import decision_features, mask_input
from hpm_engine.compressor.scorers.decision_features import LOOKED_AT, kept_steps
from hpm_engine.compressor.scorers.mask_input import INNER, WIDTH, step_input
from hpm_engine.config import DECODER_LAYERS
from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.encoder.tensor_file import Layout

VECTOR = 2 * DIMENSION  # x_t: what was done beside what was shown
VALUE = 64  # v_t, which is stored
INPUT = mask_input.INPUT + decision_features.WIDTH
_WAVES = 16  # wave lengths of a position, in steps: 2 to 4,000
_TURNS = 4  # wave lengths of a position as a share of the episode
PLACE = 2 * (_WAVES + _TURNS) + 1


class DecisionInput(msgspec.Struct, frozen=True):
    """``steps`` (T, 549), of which the vectors ``(T, 512)`` are the beginning."""

    steps: Floats
    worth: Floats  # (T,) the rule that the mask starts from

    @property
    def tells(self) -> bool:
        """Whether any step touched a file or ran anything that the rule knows of."""
        return bool(len(self.worth)) and float(self.worth.max()) >= LOOKED_AT

    @property
    def vectors(self) -> Floats:
        """x_t of each step."""
        return self.steps[:, :VECTOR]


class DecisionLesson(msgspec.Struct, frozen=True):
    """An episode to learn from: ``points`` are the steps to be rebuilt."""

    given: DecisionInput
    points: Counts


def decision_input(evidence: Evidence, steps: Floats | None = None) -> DecisionInput:
    """The networks' view of an episode; its actions must have been encoded.

    ``steps`` are what the mask networks are told of the steps, where that was found already.
    """
    features = decision_features.decision_features(evidence)
    step_features = step_input(evidence) if steps is None else steps
    return DecisionInput(np.concatenate([step_features, features], axis=1), features[:, 0])


def best_steps(mask: Floats) -> Counts:
    """The positions of the ⌈T/12⌉ largest values, in order of time."""
    best: Counts = np.sort(np.argsort(-mask, kind="stable")[: kept_steps(len(mask))])
    return best


def position_waves(steps: Counts, length: int) -> Floats:
    """Waves ``(n, 41)`` of the positions of steps, and of their shares of the length."""
    positions = steps.astype(np.float32)[:, None]
    waves = np.pi / np.geomspace(2, 4000, _WAVES).astype(np.float32)
    turns = np.pi * 2.0 ** np.arange(_TURNS, dtype=np.float32)
    angles = np.concatenate(
        [positions * waves, positions / np.float32(max(1, length)) * turns], axis=1
    )
    size = np.full((len(steps), 1), np.log1p(length) / 5, np.float32)
    waves_and_size: Floats = np.concatenate([np.sin(angles), np.cos(angles), size], axis=1)
    return waves_and_size.astype(np.float32)


def layout() -> Layout:
    """Every tensor of the mask and of the decoder with its dtype and shape."""
    shapes: dict[str, tuple[int, ...]] = {"prior": (1,), "centre": (VECTOR,), "reach": (1,)}

    def linear(name: str, out: int, given: int) -> None:
        shapes[f"{name}.weight"], shapes[f"{name}.bias"] = (out, given), (out,)

    def norm(name: str) -> None:
        shapes[f"{name}.weight"] = shapes[f"{name}.bias"] = (WIDTH,)

    linear("entry", WIDTH, INPUT)
    for number in range(DECODER_LAYERS.value):  # as many as the mask has
        mask, decoder = f"layers.{number}", f"decoder.{number}"
        linear(f"{mask}.mixed", 3 * WIDTH, WIDTH)
        linear(f"{decoder}.asked", WIDTH, WIDTH)
        linear(f"{decoder}.offered", 2 * WIDTH, WIDTH)
        shapes[f"{decoder}.null"] = (WIDTH,)
        for name in (mask, decoder):
            norm(f"{name}.first")
            linear(f"{name}.joined", WIDTH, WIDTH)
            norm(f"{name}.second")
            linear(f"{name}.inner", INNER, WIDTH)
            linear(f"{name}.outer", WIDTH, INNER)
    norm("last")
    linear("score", 1, WIDTH)
    shapes["value.weight"], shapes["back.weight"] = (VALUE, VECTOR), (VECTOR, VALUE)
    linear("held", WIDTH, VALUE)
    linear("place", WIDTH, PLACE)
    norm("end")
    linear("added", VALUE, WIDTH)
    return {name: ("float32", shape) for name, shape in shapes.items()}
