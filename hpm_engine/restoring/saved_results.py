"""Results that Claude Code saved beside a session, taken out of its steps again.

An import puts such a file's text behind what the agent read of it; the session's own lines tell
where that ends.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from hpm_engine.config import LINE_BYTES
from hpm_engine.ingest.claude_code.spills import MARK, saved_name
from hpm_engine.values.episodes import PartKind, Step

_UNDECODED = "\N{REPLACEMENT CHARACTER}"


class SavedResult(NamedTuple):
    """A saved result's file name and bytes; ``lost`` says why there are none."""

    name: str
    data: bytes
    lost: str = ""


def saved_results(steps: Iterable[Step], session: Iterable[bytes]) -> Iterator[SavedResult]:
    """The saved results that an episode's results name, each file once.

    ``session`` is the bytes of its file; they are read if there is any such result.
    """
    texts: dict[str, str] = {}
    for step in steps:
        for part in step.parts:
            is_saved = part.kind is PartKind.RESULT and part.text.lstrip().startswith(MARK)
            if is_saved and (name := saved_name(part.text)):
                texts.setdefault(name, part.text)
    read = _read_by_agent(session) if texts else {}
    for name, text in texts.items():
        yield _saved(name, text, read.get(name, ()))


def _saved(name: str, text: str, candidates: Iterable[str]) -> SavedResult:
    read = max(filter(text.startswith, candidates), key=len, default="")
    if not read or text == read:
        return SavedResult(name, b"", "It was not beside the session when that was imported.")
    data = text.removeprefix(read).removeprefix("\n")
    if _UNDECODED in data:
        return SavedResult(name, b"", "It is no plain text, of which no bytes were kept.")
    return SavedResult(name, data.encode())


def _read_by_agent(session: Iterable[bytes]) -> dict[str, set[str]]:
    """What the agent read of saved results, by the file's name."""
    read: dict[str, set[str]] = {}
    for line in _lines(session):
        if MARK.encode() not in line:
            continue
        try:
            left: list[object] = [json.loads(line)]
        except (ValueError, RecursionError):
            continue
        while left:
            value = left.pop()
            if isinstance(value, dict):
                left += value.values()
            elif isinstance(value, list):
                left += value
            elif isinstance(value, str) and value.lstrip().startswith(MARK):
                read.setdefault(saved_name(value), set()).add(value)
    return read


def _lines(session: Iterable[bytes]) -> Iterator[bytes]:
    pending = b""
    for block in session:
        *whole, pending = (pending + block).split(b"\n")
        yield from whole
        pending = pending if len(pending) <= LINE_BYTES.value else b""
    yield pending
