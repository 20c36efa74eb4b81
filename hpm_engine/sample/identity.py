"""Identifiers in the shapes the agents use, drawn from a seeded generator."""

from __future__ import annotations

import random
import uuid

_LETTERS = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ123456789"


class IdentifierStream:
    """A stream of identifiers that is the same for the same seed text."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(f"identity:{seed}")

    def uuid(self) -> str:
        """A version 4 UUID."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def timed_uuid(self, milliseconds: int) -> str:
        """A version 7 UUID, which begins with its time."""
        value = (milliseconds << 80) | self._random.getrandbits(80)
        value = (value & ~(0xF << 76)) | (0x7 << 76)
        value = (value & ~(0x3 << 62)) | (0x2 << 62)
        return str(uuid.UUID(int=value))

    def word(self, prefix: str, length: int) -> str:
        """``prefix`` and ``length`` letters and digits."""
        return prefix + "".join(self._random.choices(_LETTERS, k=length))

    def hexadecimal(self, length: int) -> str:
        """``length`` hexadecimal digits."""
        return f"{self._random.getrandbits(4 * length):0{length}x}"
