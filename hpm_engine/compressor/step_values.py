"""The values of kept steps, C_S of the paper, as bytes: 64 small numbers and their scale each."""

from __future__ import annotations

import numpy as np

from hpm_engine.compressor.decision_input import VALUE
from hpm_engine.compressor.identifiers import Floats

ROW = VALUE + 2  # bytes of a step
_TOP = 127


def packed_values(values: Floats) -> bytes:
    """Values ``(n, 64)`` in one byte each, with a scale in half precision for each step."""
    scales = (np.abs(values).max(axis=1, initial=0.0, keepdims=True) / _TOP).astype(np.float16)
    steps = np.where(scales > 0, scales, 1).astype(np.float32)
    small = np.clip(np.round(values / steps), -_TOP, _TOP).astype(np.int8)
    rows = np.concatenate([scales.astype("<f2").view(np.int8), small], axis=1)
    return rows.tobytes()


def unpacked_values(data: bytes) -> Floats:
    """What ``packed_values`` was given, but for its rounding. Raises ``ValueError``."""
    rows = np.frombuffer(data, np.int8).reshape(-1, ROW)
    scales = np.ascontiguousarray(rows[:, :2]).view("<f2").astype(np.float32)
    found: Floats = rows[:, 2:].astype(np.float32) * scales
    if not np.isfinite(found).all():
        raise ValueError("a value that is not finite")
    return found
