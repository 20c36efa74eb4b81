"""What changed and is not in the store yet, and when it may be imported."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from hpm_engine.watching.disk import FileMark
from hpm_engine.watching.tree import WatchedFile

_STOOD = 1.0  # s without a change: whoever writes has stopped for a moment
_LONGEST = 5.0  # s after which a file is imported though it still changes
_APART = 5.0  # s between two imports of one session
_MOST_APART = 60.0  # s, while its imports are slow
_SLOW = 2.0  # s of an import
_RETRY = 60.0  # s after a failure, doubled with each
_LAST_RETRY = 3600.0  # s


@dataclass(frozen=True, slots=True)
class Due:
    """A session to be imported: its path, and the marks of its files when that was decided."""

    session: str
    source: str  # the chosen source that it is in
    marks: dict[str, FileMark]
    seen_at: float


@dataclass(slots=True)
class _PendingSession:
    source: str
    since: float  # when the first change was seen that is not in the store
    dirty: dict[str, WatchedFile] = field(default_factory=dict)
    next_at: float = float("-inf")
    apart: float = _APART
    failures: int = 0


class Pending:
    """The sessions with changes that the store has not."""

    def __init__(self) -> None:
        self._sessions: dict[str, _PendingSession] = {}
        self._waiting: dict[str, _PendingSession] = {}  # those of them with a change

    def clear(self) -> None:
        """Forget everything."""
        self._sessions, self._waiting = {}, {}

    def drop(self, due: Due) -> None:
        """A session whose files went before it was imported."""
        self._sessions.pop(due.session, None)
        self._waiting.pop(due.session, None)

    def hurry(self) -> None:
        """The clock was put to another time: no time that was set before holds."""
        for session in self._sessions.values():
            session.next_at = session.since = float("-inf")

    def add(self, files: Iterable[WatchedFile], now: float) -> None:
        """Files that changed."""
        for file in files:
            if file.mark == file.kept:
                session = self._sessions.get(file.session)
                if session is not None:
                    session.dirty.pop(file.path, None)
                continue
            session = self._sessions.setdefault(file.session, _PendingSession(file.root.path, now))
            if not session.dirty:
                session.since = now
            session.dirty[file.path] = file
            self._waiting[file.session] = session

    def due(self, now: float, *, at_once: bool = False) -> list[Due]:
        """What is to be imported now, by path; ``at_once``: all that changed."""
        due = []
        for path, session in sorted(self._waiting.items()):
            if not session.dirty:
                del self._waiting[path]
                continue
            last = max(file.changed_at for file in session.dirty.values())
            ready = now - last >= _STOOD or now - session.since >= _LONGEST
            if at_once or (ready and now >= session.next_at):
                marks = {file.path: file.mark for file in session.dirty.values()}
                due.append(Due(path, session.source, marks, now))
        return due

    def done(self, due: Due, now: float, seconds: float, *, failed: bool) -> None:
        """A session was imported within ``seconds``, or could not be."""
        session = self._sessions.get(due.session)
        if session is None:
            return  # other sources are watched since
        if failed:
            session.failures += 1
            wait = min(_LAST_RETRY, _RETRY * 2 ** min(session.failures - 1, 10))
            session.next_at = now + wait
            return
        session.failures = 0
        session.apart = min(_MOST_APART, session.apart * 2) if seconds > _SLOW else _APART
        session.next_at = now + session.apart
        for path, mark in due.marks.items():
            file = session.dirty.get(path)
            if file is not None:
                file.kept = mark
                if file.mark == mark:
                    del session.dirty[path]
        session.since = now
