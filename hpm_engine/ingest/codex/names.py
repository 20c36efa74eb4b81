"""The name of a Codex thread, from its rollout or from Codex's index of all threads."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from hpm_engine.ingest.json.typed import TooDeep, TypedDecoder
from hpm_engine.ingest.sources.beside import Beside, nothing_beside
from hpm_engine.ingest.steps.first_lines import given_title
from hpm_engine.ingest.steps.times import micros

INDEX = "session_index.jsonl"
# Beside a rollout, above "archived_sessions", or above "sessions/2026/09/01".
_PATHS = tuple("../" * levels + INDEX for levels in range(5))


class _Entry(msgspec.Struct, gc=False):
    """One line of the index, which only grows: the last line of a thread counts."""

    id: str | None = None
    thread_name: str | None = None
    updated_at: str | None = None


_ENTRY = TypedDecoder(_Entry)
_LATEST = 1 << 62  # µs; for a line without a time


def indexed_name(thread: str, beside: Beside) -> tuple[str, int | None] | None:
    """A thread's name in the nearest index with one, and the time of the name; None without one.

    The name is "" where it was taken back; the time is in microseconds, None if not known.
    """
    for path in _PATHS if thread else ():
        entries = _entries(thread, beside(path) or b"")
        last = max(entries, key=_when, default=None)
        if last is not None:
            return given_title(last.thread_name or ""), micros(last.updated_at)
    return None


def _entries(thread: str, index: bytes) -> Iterator[_Entry]:
    """A thread's lines, the last first, found fast: each of many rollouts asks an index."""
    wanted = thread.encode()
    end = len(index)
    while (offset := index.rfind(wanted, 0, end)) >= 0:
        start = index.rfind(b"\n", 0, offset) + 1
        stop = index.find(b"\n", offset)
        try:
            entry = _ENTRY.decode(index[start : stop if stop >= 0 else len(index)])
        except (msgspec.DecodeError, TooDeep):
            entry = None  # a damaged line names nothing
        if entry is not None and entry.id == thread:
            yield entry
        end = start


def _when(entry: _Entry) -> int:
    at = micros(entry.updated_at)
    return _LATEST if at is None else at


class ThreadName:
    """The name of a thread from events and the index; the latest of them counts."""

    def __init__(self, thread: str = "", beside: Beside = nothing_beside) -> None:
        """``thread`` is its id, "" if not known; an index may be ``beside`` its rollout."""
        self._thread = thread
        self._beside = beside
        self._name: str | None = None
        self._at: int | None = None

    @property
    def given(self) -> str | None:
        """The name, "" where it was taken back; None where nothing names the thread."""
        indexed = indexed_name(self._thread, self._beside)
        if indexed is None:
            return self._name
        name, at = indexed
        earlier = at is not None and self._at is not None and at < self._at
        return self._name if earlier and self._name is not None else name

    def note(self, name: str | None, thread: str | None, at: int | None, *, copied: bool) -> None:
        """Take an event, unless it names another thread, as events that a fork repeats do."""
        others = bool(thread and self._thread) and thread != self._thread
        if others or (copied and thread != self._thread):
            return
        self._name, self._at = given_title(name or ""), at
