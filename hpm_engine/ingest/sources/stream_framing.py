"""The framing of server-sent events, in which streams of JSON records are saved."""

from __future__ import annotations

_DATA = b"data:"
_FIELDS = (b"event:", b"id:", b"retry:", b": ")
_DONE = b"[DONE]"  # how such streams end


def is_framed(line: bytes) -> bool:
    """Whether a line is one of a stream of events."""
    return line.startswith((_DATA, *_FIELDS))


def unframed(line: bytes) -> bytes:
    """What a line carries, without blanks before it; empty for one that is framing alone."""
    if line.startswith(_DATA):
        data = line[len(_DATA) :].lstrip()
        return b"" if data.rstrip() == _DONE else data
    return b"" if line.startswith(_FIELDS) else line
