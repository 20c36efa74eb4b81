"""A stream that counts and hashes what is written on its way to another."""

from __future__ import annotations

import io
from hashlib import sha256
from typing import Any, BinaryIO


class HashedStream(io.RawIOBase):
    """A stream that only goes forward; ``size`` and ``digest`` are of all that was written."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self.digest = sha256()
        self.size = 0

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: Any, /) -> int:
        """Write the data, and hash them."""
        self.digest.update(data)
        self.size += len(data)
        return self._stream.write(data)
