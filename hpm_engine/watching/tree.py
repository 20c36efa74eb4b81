"""The session files below chosen sources, as a disk showed them last."""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hpm_engine.watching.disk import Disk, FileMark
from hpm_engine.watching.sessions import Sessions

_COARSE = 2.0  # s: disks that keep whole seconds or milliseconds
_FINE = 0.05  # s: of other disks, whose clock ticks every few ms
_MOST = 500_000  # files and folders of one source
_RECENT = 500  # files that changed last, looked at as often as folders
_LOGS = ("-wal",)
_VERSION_CONTROL = frozenset((".git", ".hg", ".svn", ".bzr", "_darcs", "CVS"))


@dataclass(slots=True)
class WatchedFile:
    """A session file, or a part of a session."""

    path: str
    session: str  # the path that is imported when it changes
    root: WatchedRoot
    mark: FileMark
    since: float  # when this mark was seen first
    kept: FileMark | None  # the mark that the store has

    @property
    def changed_at(self) -> float:
        """When it changed: what the disk says, unless that lies ahead of what was seen."""
        return min(self.since, self.mark.modified / 1e9)


@dataclass(slots=True)
class WatchedRoot:
    """A chosen source: a folder or a file; ``known`` are the marks of files that the store has."""

    path: str
    sessions: Sessions
    known: dict[str, FileMark]
    failure: str = ""
    files: int = 0
    entries: int = 0
    closed: list[str] = field(default_factory=list)  # folders that cannot be listed


@dataclass(slots=True)
class _Folder:
    root: WatchedRoot
    modified: int = 0  # 0: to be listed again, since a change now may not show in its time
    names: set[str] = field(default_factory=set)


class Tree:
    """Files by path. Each method that looks at the disk gives the files that changed since."""

    def __init__(self, disk: Disk) -> None:
        self._disk = disk
        self._roots: list[WatchedRoot] = []
        self._folders: dict[str, _Folder] = {}
        self._others: set[str] = set()  # files that are no sessions
        self._recent: list[str] = []
        self.files: dict[str, WatchedFile] = {}

    @property
    def roots(self) -> tuple[WatchedRoot, ...]:
        """The chosen sources."""
        return tuple(self._roots)

    def follow(self, roots: Iterable[WatchedRoot]) -> None:
        """Look at these from now on, and forget what was seen."""
        self._roots = list(roots)
        self._folders, self._others, self._recent, self.files = {}, set(), [], {}

    def look_at_everything(self, now: float) -> list[WatchedFile]:
        """Every folder and file."""
        changed: list[WatchedFile] = []
        folders, self._folders = self._folders, {}
        for root in self._roots:
            root.failure, root.entries, root.files, root.closed = "", 0, 0, []
            changed += self._look_at_root(root, now, folders)
        newest = heapq.nlargest(_RECENT, self.files.values(), key=lambda file: file.mark.modified)
        self._recent = [file.path for file in newest]
        return changed

    def look_at_folders(self, now: float) -> list[WatchedFile]:
        """The folders that names came to or went from, and the files that changed last."""
        changed: list[WatchedFile] = []
        for root in self._roots:
            if root.path not in self._folders:
                changed += self._look_at_root(root, now, {})
        for path, folder in list(self._folders.items()):
            try:
                modified = self._disk.modified(path)
            except OSError:
                continue  # the next look at everything says what is the matter
            if modified != folder.modified:
                changed += self._list(path, folder.root, now, {path: folder})
        return changed + self.look_at(self._recent, now)

    def look_at(self, paths: Iterable[str], now: float) -> list[WatchedFile]:
        """Some files."""
        changed = []
        for path in paths:
            file = self.files.get(path)
            if file is None:
                continue
            try:
                mark = self._disk.mark(path)
            except OSError:
                continue
            if mark is not None and mark != file.mark:
                file.mark, file.since = mark, now
                changed.append(file)
        return changed

    def settled(self, mark: FileMark, at: float) -> bool:
        """Whether a file that was seen like this could not have changed since without a trace."""
        coarse = mark.modified % 1_000_000 == 0 and mark.changed % 1_000_000 == 0
        newest = max(mark.modified, mark.changed) / 1e9
        return at - newest >= (_COARSE if coarse else _FINE)

    def _look_at_root(
        self, root: WatchedRoot, now: float, before: Mapping[str, _Folder]
    ) -> list[WatchedFile]:
        try:
            mark = self._disk.mark(root.path)
        except FileNotFoundError:
            root.failure = (
                f"{root.path}: is not there now. Connect its disk, or choose another folder; "
                "nothing that was imported is removed."
            )
            return []
        except OSError as error:
            root.failure = f"{root.path}: {error.strerror or error}."
            return []
        if mark is None:
            return self._list(root.path, root, now, before)
        changed = self._seen(root.path, root.path, root, mark, now)
        for ending in _LOGS:
            changed += self._look_at_log(root, root.path + ending, now)
        return changed

    def _look_at_log(self, root: WatchedRoot, path: str, now: float) -> list[WatchedFile]:
        try:
            mark = self._disk.mark(path)
        except OSError:
            return []
        return [] if mark is None else self._seen(path, root.path, root, mark, now)

    def _list(
        self, top: str, root: WatchedRoot, now: float, before: Mapping[str, _Folder]
    ) -> list[WatchedFile]:
        """List a folder and those in it that are not known yet, or all of ``before`` anew."""
        changed: list[WatchedFile] = []
        left = [top]
        start = len(root.path.rstrip(os.sep)) + 1
        while left:
            path = left.pop()
            folder = self._folders[path] = before.get(path) or _Folder(root)
            try:
                modified = self._disk.modified(path)
                entries = self._disk.entries(path)
            except OSError as error:
                folder.modified = 0
                root.closed.append(path)
                root.failure = root.failure or f"{path}: {error.strerror or error}."
                continue
            names = set()
            for name, mark in entries:
                names.add(name)
                inner = f"{path}{os.sep}{name}" if path[-1] != os.sep else path + name
                root.entries += 1
                if mark is None:
                    known = inner in self._folders and inner not in before
                    if not known and name not in _VERSION_CONTROL:
                        left.append(inner)
                    continue
                file = self.files.get(inner)
                if file is not None:
                    root.files += 1
                    if file.mark != mark:
                        file.mark, file.since = mark, now
                        changed.append(file)
                elif inner not in self._others:
                    changed += self._met(inner, inner[start:], root, mark, now)
            for name in folder.names - names:
                self.files.pop(f"{path.rstrip(os.sep)}{os.sep}{name}", None)
            folder.names = names
            # Whether a name came right after a disk's clock ticked cannot be seen by the time.
            folder.modified = modified if now - modified / 1e9 > _COARSE else 0
            if root.entries > _MOST:
                root.failure = (
                    f"{root.path}: holds more than {_MOST:,} files; those beyond are not looked "
                    "at. Choose folders in it instead."
                )
                return changed
        return changed

    def _met(
        self, path: str, relative: str, root: WatchedRoot, mark: FileMark, now: float
    ) -> list[WatchedFile]:
        """A file that was not seen before."""
        part = root.sessions(relative.replace(os.sep, "/"))
        if part is None:
            self._others.add(path)
            return []
        session = f"{root.path.rstrip(os.sep)}{os.sep}{part.replace('/', os.sep)}"
        root.files += 1
        return self._seen(path, session if part else root.path, root, mark, now)

    def _seen(
        self, path: str, session: str, root: WatchedRoot, mark: FileMark, now: float
    ) -> list[WatchedFile]:
        file = self.files.get(path)
        if file is None:
            file = WatchedFile(path, session, root, mark, now, root.known.get(path))
            self.files[path] = file
            return [file]
        if file.mark == mark:
            return []
        file.mark, file.since = mark, now
        return [file]
