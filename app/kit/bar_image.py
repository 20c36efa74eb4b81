"""Thousands of thin bars as one image: painted one by one they would take a frame's time."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from PySide6.QtGui import QColor, QImage

_HIGH = 127  # of a bar's value, that its kind fits into the same byte


def bars(levels: Sequence[int], marked: Sequence[int], colours: Sequence[QColor]) -> QImage:
    """Bars as high as ``levels`` (0 to 255), 32 pixels at most, those ``marked`` in another colour.

    ``colours`` are those of the ground, of the bars, and of the marked ones.
    """
    values = bytes(
        level >> 1 | (128 if mark else 0) for level, mark in zip(levels, marked, strict=True)
    )
    data = b"".join(values.translate(row) for row in _rows())
    return _image(data, len(values), colours)


def shades(values: Sequence[int], colours: Sequence[QColor]) -> QImage:
    """A row of cells: each value (0 to 255) in the colour at its place."""
    return _image(bytes(values), len(values), colours)


def _image(data: bytes, width: int, colours: Sequence[QColor]) -> QImage:
    image = QImage(data, width, len(data) // width, width, QImage.Format.Format_Indexed8)
    image.setColorTable([colour.rgba() for colour in colours])
    return image.copy()  # it would else point into ``data``


@cache
def _rows(height: int = 32) -> tuple[bytes, ...]:
    """What takes a bar's value to the colour of each of its pixels, from the top down."""
    return tuple(
        bytes(
            ((2 if value > _HIGH else 1) if (value & _HIGH) * (height - 1) >= from_top else 0)
            for value in range(256)
        )
        for from_top in ((height - 1 - y) * _HIGH for y in range(height))
    )
