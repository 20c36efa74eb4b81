"""Vectors as the store holds them: whose they are, of which steps, in which bytes."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class VectorKind(StrEnum):
    """What a vector stands for. Each kind has one encoder in use at a time."""

    STEP = "step"  # what a step said and did
    OPENING = "opening"  # the same of an episode's first actions alone, by a stronger encoder
    MEAN = "mean"  # an episode: the mean of its STEP vectors
    EPISODE = "episode"  # an episode: φ of its (state, action) pairs


class StoredEncoder(msgspec.Struct, frozen=True):
    """An encoder that made vectors of a store; they are never compared with those of another.

    ``sha256`` is that of its weights (hex), ``dimension`` the number of floats in a vector.
    """

    id: int
    kind: VectorKind
    name: str
    sha256: str
    dimension: int
    current: bool = False  # its vectors are the ones in use


class EpisodeVectors(msgspec.Struct, frozen=True, gc=False):
    """The vectors of one episode by one encoder.

    ``positions`` are those of the steps that have a vector (little-endian 32-bit, rising; a lone
    0 where the vector is the episode's), ``data`` the vectors in that order (little-endian
    16-bit floats, ``dimension`` each). ``steps`` is how many of the episode's steps they speak
    for: fewer than it has means that the rest was written later.
    """

    id: int
    episode_id: int
    steps: int
    positions: bytes
    data: bytes

    @property
    def count(self) -> int:
        """How many vectors."""
        return len(self.positions) // 4


class Unencoded(msgspec.Struct, frozen=True, gc=False):
    """An episode with steps that have not been encoded: those at ``start`` to ``stop``."""

    episode_id: int
    start: int
    stop: int
    digest: bytes = b""  # of the episode as it was found


class VectorState(msgspec.Struct, frozen=True, gc=False):
    """What tells an index whether it is up to date.

    ``encoder_id`` is that of the encoder in use (``None`` without one), ``changes`` grows with
    every change to any vectors, ``generation`` and ``sha256`` name the current files ("" if none).
    """

    encoder_id: int | None
    changes: int
    generation: str
    sha256: str
