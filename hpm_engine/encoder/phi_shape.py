"""The sizes of φ and the layout of its weights file."""

from __future__ import annotations

from hpm_engine.encoder.shipped import DIMENSION
from hpm_engine.encoder.tensor_file import Layout

PROJECTED = 128  # width of x_t
HIDDEN = 128  # width of each direction's state
WIDTH = 2 * HIDDEN  # width of φ: 256, as that of the mean

_LSTM = {
    "weight_ih": (4 * HIDDEN, PROJECTED),
    "weight_hh": (4 * HIDDEN, HIDDEN),
    "bias_ih": (4 * HIDDEN,),
    "bias_hh": (4 * HIDDEN,),
}
FORWARD = "_l0"  # torch's name of the direction
BACKWARD = "_l0_reverse"  # torch's name of the direction

LAYOUT: Layout = {
    "centre": ("float32", (DIMENSION,)),
    "gate": ("float32", ()),
    "project.weight": ("float32", (PROJECTED, 2 * DIMENSION)),
    "project.bias": ("float32", (PROJECTED,)),
} | {
    f"lstm.{name}{direction}": ("float32", shape)
    for direction in (FORWARD, BACKWARD)
    for name, shape in _LSTM.items()
}
