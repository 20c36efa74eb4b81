"""Watching chosen sources by looking: often at what changes, seldom at the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence

from hpm_engine.watching.disk import Disk, FileMark
from hpm_engine.watching.pending import Due, Pending
from hpm_engine.watching.tree import Tree, WatchedFile, WatchedRoot

HOT_EVERY = 2.0  # s between two looks at files that change
FOLDERS_EVERY = 10.0  # s between two looks at folders, and at the files that changed last
EVERYTHING_EVERY = 10.0  # s, and more seldom the longer it takes:
_REST = 150.0  # times as long as a look at everything took passes until the next one
_MOST_APART = 300.0  # s, however long it took
_HOT_FOR = 900.0  # s after a change
_GAP = 60.0  # s without a look: the computer slept, or its clock was put forward
_MAINS_EVERY = 60.0  # s: on some systems asking starts a program


class Watch:
    """Finds what is to be imported. It has no thread: call ``look`` about once a second.

    ``clock`` gives seconds since 1970 and may jump; ``disk`` is what is looked at; ``mains`` says
    whether there is mains power: on battery it looks half as often.
    """

    def __init__(
        self, clock: Callable[[], float], disk: Disk, mains: Callable[[], bool] = lambda: True
    ) -> None:
        self._clock = clock
        self._mains = mains
        self._tree = Tree(disk)
        self._pending = Pending()
        self._hot: dict[str, float] = {}  # files with the time of their last change
        self._unsettled: dict[str, float] = {}  # files to be read again, with the time when
        self._last: float | None = None
        self._next_hot = self._next_folders = self._next_everything = float("-inf")
        self._next_mains, self._slower = float("-inf"), 1.0
        self._took = 0.0  # s, of the last look at everything; the first reads a disk's cache full

    def follow(self, roots: Iterable[WatchedRoot]) -> None:
        """Watch these from now on, in place of those before."""
        self._tree.follow(roots)
        self._pending.clear()
        self._hot, self._unsettled = {}, {}
        self._next_everything, self._took = float("-inf"), 0.0

    @property
    def roots(self) -> tuple[WatchedRoot, ...]:
        """The sources, each with what is the matter with it."""
        return self._tree.roots

    def hint(self, path: str) -> None:
        """Somebody says that a file changes: look at it as often as at those that were seen to."""
        self._hot[path] = self._clock()

    def look(self) -> list[Due]:
        """Look at what it is time to look at; what is to be imported now."""
        now = self._clock()
        if self._last is None or not 0 <= now - self._last <= _GAP:
            if self._last is not None and now < self._last:
                self._pending.hurry()
                self._hot = dict.fromkeys(self._hot, now)
                self._unsettled = dict.fromkeys(self._unsettled, now)
                self._next_mains = now
            self._next_everything = now
        self._last = now
        if now >= self._next_mains:
            self._next_mains = now + _MAINS_EVERY
            self._slower = 1.0 if self._mains() else 2.0
        if now >= self._next_everything:
            self._next_folders = now + FOLDERS_EVERY * self._slower
            self._next_hot = now + HOT_EVERY * self._slower
            self._look_at_everything(now)
        elif now >= self._next_folders:
            self._next_folders = now + FOLDERS_EVERY * self._slower
            self._next_hot = now + HOT_EVERY * self._slower
            self._add(self._tree.look_at_folders(now), now)
            self._look_at_hot(now)
        elif now >= self._next_hot:
            self._next_hot = now + HOT_EVERY * self._slower
            self._look_at_hot(now)
        self._read_again(now)
        return self._pending.due(now)

    def look_at_everything(self) -> list[Due]:
        """All that is not in the store, whether it still changes or not."""
        now = self._last = self._clock()
        self._next_folders = now + FOLDERS_EVERY
        self._look_at_everything(now)
        return self._pending.due(now, at_once=True)

    def done(
        self, imported: Sequence[Due], seconds: float, failed: frozenset[str] = frozenset()
    ) -> dict[str, FileMark]:
        """What was due was imported, but for the ``failed`` sessions; the files to remember.

        Those that a change right after could leave looking the same are read again, later.
        """
        now = self._clock()
        kept: dict[str, FileMark] = {}
        for due in imported:
            bad = due.session in failed
            self._pending.done(due, now, seconds / len(imported), failed=bad)
            if bad:
                continue
            for path, mark in due.marks.items():
                if self._tree.settled(mark, due.seen_at):
                    kept[path] = mark
                    file = self._tree.files.get(path)
                    if file is not None:
                        file.root.known[path] = mark
                else:
                    self._unsettled[path] = max(mark.modified, mark.changed) / 1e9 + HOT_EVERY
        return kept

    def gone(self, due: Due) -> None:
        """The session went before it was imported; should it come back, it is new."""
        self._pending.drop(due)
        for path in due.marks:
            self._tree.files.pop(path, None)

    def _look_at_everything(self, now: float) -> None:
        began = time.monotonic()  # a slow disk's wait counts, too
        changed = self._tree.look_at_everything(now)
        took, self._took = self._took, time.monotonic() - began
        rest = min(took, self._took) * _REST  # one that took long by chance changes nothing
        self._next_everything = now + min(max(EVERYTHING_EVERY, rest), _MOST_APART) * self._slower
        self._add(changed, now)

    def _look_at_hot(self, now: float) -> None:
        self._hot = {path: at for path, at in self._hot.items() if now - at < _HOT_FOR}
        self._add(self._tree.look_at(list(self._hot), now), now)

    def _add(self, changed: list[WatchedFile], now: float) -> None:
        for file in changed:
            at = min(now, file.mark.modified / 1e9) if file.since == now else now
            if file.kept is not None and file.mark != file.kept:
                at = now
            if now - at < _HOT_FOR:
                self._hot[file.path] = at
        self._pending.add(changed, now)

    def _read_again(self, now: float) -> None:
        for path in [path for path, at in self._unsettled.items() if now >= at]:
            del self._unsettled[path]
            file = self._tree.files.get(path)
            if file is not None:
                file.kept = None
                self._pending.add([file], now)
