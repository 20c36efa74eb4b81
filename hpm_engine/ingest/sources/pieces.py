"""A stream of pieces that are made one after the other."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator


class PieceStream(io.RawIOBase):
    """The pieces of an iterator as one stream; ``end`` is called when it is closed."""

    def __init__(self, pieces: Iterator[bytes], end: Callable[[], None] | None = None) -> None:
        self._pieces = pieces
        self._end = end
        self._rest = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """The next ``size`` bytes, fewer only at the end. Raises what the iterator raises."""
        data = bytearray(self._rest)
        while size < 0 or len(data) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            data += piece
        end = len(data) if size < 0 else size
        self._rest = bytes(data[end:])
        return bytes(data[:end])

    def close(self) -> None:
        """Close the stream, and what its pieces come from."""
        if not self.closed and self._end is not None:
            self._end()
        super().close()
