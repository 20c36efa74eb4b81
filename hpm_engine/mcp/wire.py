"""Standard input and output as the protocol's alone: lines of bounded length in, whole lines out.

Agents take every byte of standard output for a message. So both ends are taken away before
anything else is loaded: what libraries print afterwards goes to standard error.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator

LONGEST_LINE = 1 << 20  # bytes
_READ = 1 << 16  # bytes at a time
_LEAVE_AFTER = 0.4  # seconds that what is under way has left, once nobody listens any more


class TooLong:
    """Stands for a line of more than ``LONGEST_LINE`` bytes, which was passed over."""


class Wire:
    """The two ends. Reading is for one thread, writing for another."""

    def __init__(self, source: int, sink: int) -> None:
        self._source = source
        self._sink = sink

    @classmethod
    def claim(cls) -> Wire:
        """Take standard input and output from everything else in this process.

        Whoever reads standard input from now on gets its end; whoever writes to standard output
        writes to standard error.
        """
        wire = cls(os.dup(0), os.dup(1))
        nowhere = os.open(os.devnull, os.O_RDWR)
        os.dup2(nowhere, 0)
        try:
            os.dup2(2, 1)
        except OSError:  # started without standard error
            os.dup2(nowhere, 1)
        os.close(nowhere)
        return wire

    def lines(self) -> Iterator[bytes | TooLong]:
        """The lines that come, without blank ones, until the input ends or fails. Blocks."""
        held = bytearray()
        passing_over = False
        while chunk := self._read():
            held += chunk
            *lines, rest = held.split(b"\n")
            held = rest
            for line in lines:
                if passing_over or len(line) > LONGEST_LINE:
                    passing_over = False
                    yield TooLong()
                elif line.strip():
                    yield bytes(line)
            if len(held) > LONGEST_LINE:
                passing_over = True
                held.clear()
        if passing_over:
            yield TooLong()
        elif held.strip():
            yield bytes(held)

    def _read(self) -> bytes:
        try:
            return os.read(self._source, _READ)
        except OSError:  # reset by a client that was killed: nothing will come any more
            return b""

    def write(self, line: bytes) -> None:
        """Write a line, to its end. Raises ``OSError`` once nobody reads any more."""
        left = memoryview(line + b"\n")
        while left:
            left = left[os.write(self._sink, left) :]


def leave_soon(leave: Callable[[int], object] = os._exit) -> None:
    """End this process in less than a second, whatever holds it up.

    What is under way is broken off before that; this is for libraries that cannot be: an import, a
    write to a pipe that nobody empties. The store bears it, as it bears a killed import.
    """
    timer = threading.Timer(_LEAVE_AFTER, leave, (0,))
    timer.daemon = True
    timer.start()
