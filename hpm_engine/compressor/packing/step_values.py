"""The values of kept steps, C_S of the paper, as bytes: 64 numbers of four bits and their scale."""

from __future__ import annotations

import numpy as np

from hpm_engine.compressor.evidence.identifiers import Floats
from hpm_engine.compressor.scorers.decision_input import VALUE

ROW = VALUE // 2 + 2  # bytes of a step
_TOP = 7  # of four bits with a sign
_WIDEST = 2.5  # standard deviations, beyond which a number is cut: few are, and the rest is finer


def packed_values(values: Floats) -> bytes:
    """Values ``(n, 64)`` in four bits each, with a scale in half precision for each step.

    Which step is nearest to what is decoded is the same as with 32 bits.
    """
    scales = (values.std(axis=1, keepdims=True) * (_WIDEST / _TOP)).astype(np.float16)
    steps = np.where(scales > 0, scales, 1).astype(np.float32)
    small = np.clip(np.round(values / steps), -_TOP, _TOP).astype(np.int8) + 8
    pairs = small[:, 0::2] | small[:, 1::2] << 4
    rows = np.concatenate([scales.astype("<f2").view(np.uint8), pairs.astype(np.uint8)], axis=1)
    return rows.tobytes()


def unpacked_values(data: bytes) -> Floats:
    """What ``packed_values`` was given, but for its rounding. Raises ``ValueError``."""
    rows = np.frombuffer(data, np.uint8).reshape(-1, ROW)
    scales = np.ascontiguousarray(rows[:, :2]).view("<f2").astype(np.float32)
    pairs = rows[:, 2:].astype(np.int16)
    small = np.stack([pairs & 15, pairs >> 4], axis=2).reshape(len(rows), VALUE) - 8
    values: Floats = small.astype(np.float32) * scales
    if not np.isfinite(values).all():
        raise ValueError("a value that is not finite")
    return values
