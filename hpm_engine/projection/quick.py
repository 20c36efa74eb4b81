"""Positions on the plane without a fit: by principal components, about a centre, by neighbours."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Rows: TypeAlias = NDArray[np.float32]

RADIUS = 10.0  # half the side of a map
_GOLDEN = np.pi * (3 - np.sqrt(5))  # radians
_STRAY = 0.012  # of the radius, from one strewn point to the next
_NEIGHBOURS = 5
SHARPNESS = 20.0  # a neighbour's weight is its cosine to this power
_CHUNK = 2_000  # rows that are compared at once


def principal(rows: Rows) -> Rows:
    """Rows (n, d) on their first two principal components, (n, 2), within ``RADIUS``."""
    if len(rows) < 2:
        return np.zeros((len(rows), 2), np.float32)
    centred = rows.astype(np.float64) - rows.mean(axis=0)
    _, axes = np.linalg.eigh(centred.T @ centred)
    axes = axes[:, :-3:-1]  # the two largest
    axes = axes * np.where(axes.sum(axis=0) < 0, -1.0, 1.0)  # eigenvectors have no sign
    projected = centred @ axes
    scaled: Rows = (RADIUS * projected / max(float(np.abs(projected).max()), 1e-12)).astype(
        np.float32
    )
    return scaled


def strewn(centres: Rows, owners: NDArray[np.int32]) -> Rows:
    """A position for each owner's points, (n, 2), in a spiral about its centre, in their order."""
    turns = np.zeros(len(owners))
    order = np.argsort(owners, kind="stable")
    _, starts, counts = np.unique(owners[order], return_index=True, return_counts=True)
    turns[order] = np.arange(len(owners)) - np.repeat(starts, counts)
    angles, radii = turns * _GOLDEN, _STRAY * RADIUS * np.sqrt(turns + 1.0)
    about = np.stack([np.cos(angles), np.sin(angles)], axis=1) * radii[:, None]
    return (centres[owners] + about).astype(np.float32)


def placed(rows: Rows, known: Rows, known_xy: Rows, sharpness: float = SHARPNESS) -> Rows:
    """Rows (n, d) put among ``known`` (m, d) unit rows that lie at ``known_xy`` (m, 2).

    Each comes to the mean of its nearest neighbours' places, weighted by their cosines.
    """
    positions = np.zeros((len(rows), 2), np.float32)
    most = min(_NEIGHBOURS, len(known))
    for start in range(0, len(rows), _CHUNK):
        cosines = rows[start : start + _CHUNK] @ known.T
        nearest = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
        weights = np.clip(np.take_along_axis(cosines, nearest, 1), 1e-3, 1.0)
        weights = (weights / weights.max(axis=1, keepdims=True)) ** sharpness
        weights /= weights.sum(axis=1, keepdims=True)
        positions[start : start + _CHUNK] = (weights[:, :, None] * known_xy[nearest]).sum(axis=1)
    return positions


def diameter(positions: Rows) -> float:
    """The diagonal of the box around positions (n, 2); 0 for fewer than two."""
    return float(np.linalg.norm(np.ptp(positions, axis=0))) if len(positions) > 1 else 0.0
