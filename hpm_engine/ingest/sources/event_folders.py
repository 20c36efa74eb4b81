"""Folders in which an agent keeps one event a file: read as one source, a line for each event."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.sources.archives import Found
from hpm_engine.ingest.sources.source import SourceFile

_EVENT = re.compile(r"(?:(.*)[/\\])?event[-_](\d{1,12})(?:[-_][\w-]+)?\.json", re.DOTALL)
_NUMBERED = re.compile(r"(.*[/\\]events)[/\\](\d{1,12})\.json", re.DOTALL)
_BLANKS = bytes.maketrans(b"\r\n", b"  ")

_Numbered = list[tuple[int, SourceFile]]


def joined(found: Found) -> Found:
    """``found`` with the event files of one folder as one source, in the events' order.

    A file counts by its name and by what is in it. Line ends inside an event become blanks, so
    that each event is one line and a longer conversation begins with the bytes of the shorter one.
    A conversation above ``document_size`` is given in parts: an archive's members are in memory.
    """
    folder, size = "", 0
    events: _Numbered = []
    for source in found:
        place = _place(source) if isinstance(source, SourceFile) else None
        if place is None or not isinstance(source, SourceFile):
            if events:
                yield _one(folder, events)
                events = []
            yield source
            continue
        size += source.size + 1
        if events and (place[0] != folder or size > source.limits.document_size):
            yield _one(folder, events)
            events = []
        if not events:
            folder, size = place[0], source.size + 1
        events.append((place[1], source))
    if events:
        yield _one(folder, events)


def _place(source: SourceFile) -> tuple[str, int] | None:
    """The folder and number of an event's file; None for any other."""
    named = _EVENT.fullmatch(source.name) or _NUMBERED.fullmatch(source.name)
    if named is None:
        return None
    try:
        record = source.opening.keys
    except CannotImport:
        return None
    if "id" in record and ("kind" in record or "action" in record or "observation" in record):
        return named[1] or "", int(named[2])
    return None


def _one(folder: str, events: _Numbered) -> SourceFile:
    files = [source for _, source in sorted(events, key=lambda event: event[0])]
    times = [source.modified_at for source in files if source.modified_at is not None]
    return SourceFile(
        folder or "events",
        sum(source.size + 1 for source in files),
        lambda: cast("BinaryIO", _Lines(files)),
        modified_at=max(times, default=None),
        limits=files[0].limits,
    )


class _Lines(io.RawIOBase):
    """The files one after another, each as one line."""

    def __init__(self, files: list[SourceFile]) -> None:
        self._pieces = _pieces(files)
        self._rest = b""

    def readable(self) -> bool:
        """Always."""
        return True

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes, fewer only at the end. Raises ``CannotImport`` for a file gone."""
        found = bytearray(self._rest)
        while size < 0 or len(found) < size:
            piece = next(self._pieces, b"")
            if not piece:
                break
            found += piece
        end = len(found) if size < 0 else size
        self._rest = bytes(found[end:])
        return bytes(found[:end])


def _pieces(files: list[SourceFile]) -> Iterator[bytes]:
    for source in files:
        for block in source.blocks():
            yield block.translate(_BLANKS)
        yield b"\n"
