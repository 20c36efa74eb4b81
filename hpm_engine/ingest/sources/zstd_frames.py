"""The frames of a zstd stream, checked as they pass by for an early end and for other data.

The library decodes frames, but takes the end of its input within a frame for the end of the stream,
and knows neither the frames that only carry a program's notes nor data behind the last frame.
"""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import zstandard

MAGIC = b"\x28\xb5\x2f\xfd"
_NOTES = 0x184D2A50  # the first magic number, of sixteen, of frames to be skipped
_REPEATED = 1  # the kind of block that is one byte, however long it unpacks
_DICTIONARY = (0, 1, 2, 4)  # bytes of a dictionary's id in a frame's header, by its code
_SIZE = (0, 2, 4, 8)  # bytes of the unpacked size in a frame's header, by its code
_WINDOW = 1 << 27  # bytes; the format advises to refuse more


def is_zstd(head: bytes) -> bool:
    """Whether ``head`` begins a source that is packed with zstd."""
    while _is_notes(head):
        head = head[8 + int.from_bytes(head[4:8], "little") :]
        if not head:
            return True
    return head.startswith(MAGIC)


def open_zstd(stream: BinaryIO) -> io.BufferedReader:
    """The unpacked bytes of a zstd stream.

    Where the stream is cut, damaged, or goes on with other data, reading raises ``EOFError`` or
    ``ZstdError`` after the last byte that could be unpacked.
    """
    return io.BufferedReader(_Unpacked(_Frames(stream)))


class _Unpacked(io.RawIOBase):
    """The bytes of all frames, one after the other."""

    def __init__(self, frames: _Frames) -> None:
        self._frames = frames
        unpacker = zstandard.ZstdDecompressor(max_window_size=_WINDOW)
        self._reader = unpacker.stream_reader(
            cast("BinaryIO", frames), read_across_frames=True, closefd=False
        )

    def readable(self) -> bool:
        """Always."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        """Fill ``buffer`` as far as the frames go; a fault is raised after the last one."""
        count: int = self._reader.readinto(buffer)
        if not count:
            self._frames.check()
        return count


class _Frames:
    """The bytes of a stream's frames without notes, up to the first byte that is no frame."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._buffer = bytearray()
        self._left = 0  # bytes of the open block that are passed on unread
        self._skipped = 0  # bytes of notes still to come
        self._in_frame = self._checksum = False
        self._fault: Exception | None = None

    def check(self) -> None:
        """Raise the stream's fault, once all bytes before it were read."""
        if self._fault is not None:
            raise self._fault

    def read(self, size: int = -1) -> bytes:
        """Some bytes of frames; b"" at their end."""
        while self._fault is None:
            piece = self._stream.read(size if size > 0 else 1 << 17)
            self._buffer += piece
            passed = self._pass_on(ended=not piece)
            if passed or not piece:
                return passed
        return b""

    def _pass_on(self, *, ended: bool) -> bytes:
        out = bytearray()
        while self._buffer and self._fault is None:
            if self._skipped or self._left:
                taken = min(len(self._buffer), self._skipped or self._left)
                if self._skipped:
                    self._skipped -= taken
                else:
                    out += self._buffer[:taken]
                    self._left -= taken
                del self._buffer[:taken]
            elif not self._step(out, ended=ended):
                break
        if ended and self._fault is None and (self._in_frame or self._left or self._skipped):
            self._fault = EOFError("the packed data end early")
        return bytes(out)

    def _step(self, out: bytearray, *, ended: bool) -> bool:
        """Take the next header; False where more bytes are needed for it, or none begins here."""
        head = self._buffer
        if not self._in_frame and _is_notes(head):
            self._skipped = 8 + int.from_bytes(head[4:8], "little")
            return True
        size = self._block_size() if self._in_frame else self._frame_size(ended=ended)
        out += head[:size]
        del head[:size]
        return size > 0

    def _frame_size(self, *, ended: bool) -> int:
        """Size of a frame's header; 0 where it is not complete or no frame begins here."""
        head = self._buffer
        if not (head.startswith(MAGIC) or MAGIC.startswith(head)) and (ended or len(head) >= 8):
            self._fault = zstandard.ZstdError("what stands behind the packed data is not packed")
        if not head.startswith(MAGIC) or len(head) < 5:
            self._in_frame = ended  # it will never be complete
            return 0
        descriptor = head[4]
        single = bool(descriptor & 0x20)
        size = 5 + (not single) + _DICTIONARY[descriptor & 3] + _SIZE[descriptor >> 6]
        size += single and not descriptor >> 6
        if len(head) < size:
            self._in_frame = ended
            return 0
        self._in_frame, self._checksum = True, bool(descriptor & 4)
        return size

    def _block_size(self) -> int:
        if len(self._buffer) < 3:
            return 0
        header = int.from_bytes(self._buffer[:3], "little")
        self._left = 1 if header >> 1 & 3 == _REPEATED else header >> 3
        if header & 1:
            self._in_frame = False
            self._left += 4 * self._checksum
        return 3


def _is_notes(head: bytes | bytearray) -> bool:
    return len(head) >= 8 and int.from_bytes(head[:4], "little") & ~15 == _NOTES
