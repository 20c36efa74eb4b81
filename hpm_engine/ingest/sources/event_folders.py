"""Folders with one event a file, each read as one source with a line for each event."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, cast

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.sources.pieces import PieceStream
from hpm_engine.ingest.sources.source import SourceFile, Sources

_EVENT = re.compile(r"(?:(.*)[/\\])?event[-_](\d{1,12})(?:[-_][\w-]+)?\.json", re.DOTALL)
_NUMBERED = re.compile(r"(.*[/\\]events)[/\\](\d{1,12})\.json", re.DOTALL)
_BLANKS = bytes.maketrans(b"\r\n", b"  ")

_Numbered = list[tuple[int, SourceFile]]  # each event file with its number


def joined(sources: Sources) -> Sources:
    """The sources, with the event files of a folder joined into one, in the events' order.

    An event file is known by its name and its content. Line ends inside an event become blanks, so
    that each event is one line and a longer conversation begins with the bytes of the shorter one.
    A conversation above ``document_size`` comes in parts: an archive's members are in memory.
    """
    folder, size = "", 0
    events: _Numbered = []
    for source in sources:
        event = _event(source) if isinstance(source, SourceFile) else None
        if event is None or not isinstance(source, SourceFile):
            if events:
                yield _conversation(folder, events)
                events = []
            yield source
            continue
        size += source.size + 1
        if events and (event[0] != folder or size > source.limits.document_size):
            yield _conversation(folder, events)
            events = []
        if not events:
            folder, size = event[0], source.size + 1
        events.append((event[1], source))
    if events:
        yield _conversation(folder, events)


def _event(source: SourceFile) -> tuple[str, int] | None:
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


def _conversation(folder: str, events: _Numbered) -> SourceFile:
    files = [source for _, source in sorted(events, key=lambda numbered: numbered[0])]
    times = [source.modified_at for source in files if source.modified_at is not None]
    return SourceFile(
        folder or "events",
        sum(source.size + 1 for source in files),
        lambda: cast("BinaryIO", PieceStream(_pieces(files))),
        modified_at=max(times, default=None),
        limits=files[0].limits,
    )


def _pieces(files: list[SourceFile]) -> Iterator[bytes]:
    for source in files:
        for block in source.blocks():
            yield block.translate(_BLANKS)
        yield b"\n"
