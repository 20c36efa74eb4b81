"""The interface of every step encoder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

import msgspec

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class EncoderIdentity(msgspec.Struct, frozen=True):
    """The identity of an encoder; vectors of two identities are never compared.

    ``sha256`` covers everything that the vectors depend on: weights, tokenizer, settings.
    """

    name: str
    sha256: str
    dimension: int


class EncoderModel(msgspec.Struct, frozen=True):
    """A model to encode texts with; ``path`` is its file, "" without one."""

    name: str
    dimension: int
    path: str


class StepEncoder(Protocol):
    """A function from texts to vectors, which are the same for a text on every call."""

    @property
    def identity(self) -> EncoderIdentity:
        """The identity of this encoder."""
        ...

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit rows of shape ``(len(texts), dimension)``.

        An empty or unknown text has a row of zeros; no value is ever NaN or infinite.
        """
        ...
