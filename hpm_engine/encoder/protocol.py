"""What every step encoder promises."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class EncoderIdentity(msgspec.Struct, frozen=True):
    """Which encoder made a vector; vectors of two identities are never compared.

    ``sha256`` covers everything that the vectors depend on: weights, tokenizer, settings.
    """

    name: str
    sha256: str
    dimension: int


class EncoderModel(msgspec.Struct, frozen=True):
    """A model that texts can be encoded with; ``path`` is its file, "" where there is none yet."""

    name: str
    dimension: int
    path: str


class StepEncoder(Protocol):
    """Turns texts into vectors, the same for the same text on every call."""

    @property
    def identity(self) -> EncoderIdentity:
        """Which encoder this is."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape ``(len(texts), dimension)``.

        A text that is empty, or of which nothing is known, has a row of zeros; no value is ever
        NaN or infinite.
        """
        ...
