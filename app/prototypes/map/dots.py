"""The memories of a map as an image: 50,000 in a few milliseconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSize
from PySide6.QtGui import QColor, QImage

from app.kit.theme.colour import Colour
from app.prototypes.map.colours import group_colours, mixed
from app.prototypes.map.look import Look, Viewport

_DIMMED = 0.75  # share of the ground in the colour of what is not selected
_FEW = 8_000  # memories
_FEW_SIDE = 3  # pixels: the side of a dot among few memories
_MANY_SIDE = 2  # pixels


def dots(size: QSize, view: Viewport, look: Look, ratio: float = 1.0) -> QImage:
    """An image of small squares, the selected ones on top; it has ``ratio`` dots to a pixel."""
    ground = Colour.SURFACE.qcolor()
    width, height = max(1, round(size.width() * ratio)), max(1, round(size.height() * ratio))
    side = _FEW_SIDE if len(look.scene.points) <= _FEW else _MANY_SIDE
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(ground)
    xy = view.pixels(look.scene.points, size) * np.float32(ratio)
    x, y = xy[:, 0], xy[:, 1]
    inside = (x >= 0) & (x < width - side) & (y >= 0) & (y < height - side)
    layers = [np.flatnonzero(inside)]
    if look.selected:
        above = look.scene.of_owners(sorted(look.selected))
        layers = [np.flatnonzero(inside & ~above), np.flatnonzero(inside & above)]
    cells = np.frombuffer(image.bits(), np.uint32)  # rows of 32-bit pixels have no gap
    colours = _shades(look, ground)
    for layer in layers:
        cell = y[layer].astype(np.int64) * width + x[layer].astype(np.int64)
        shades = colours[layer]
        for step in (width * down + right for down in range(side) for right in range(side)):
            cells[cell + step] = shades
    return image


def _shades(look: Look, ground: QColor) -> NDArray[np.uint32]:
    """A dot's value for each memory; what is not selected is dimmed."""
    groups = group_colours(look.grouping)
    strong = np.array([mixed(colour, ground, 0.35).rgb() for colour in groups], np.uint32)
    colours: NDArray[np.uint32] = strong[look.grouping.memories]
    if look.selected:
        dim = np.array([mixed(colour, ground, _DIMMED).rgb() for colour in groups], np.uint32)
        away = ~look.scene.of_owners(sorted(look.selected))
        colours[away] = dim[look.grouping.memories[away]]
    return colours
