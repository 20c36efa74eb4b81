"""A disk in memory whose clock is given, that can be taken out and refuse."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Callable

from hpm_engine.watching.disk import Entry, FileMark


class SimulatedDisk:
    """Files by path; ``tick`` is the step of its times in seconds, ``looks`` counts questions."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._files: dict[str, FileMark] = {}
        self._folders: dict[str, int] = {"/": 0}
        self._out: set[str] = set()
        self._errors: dict[str, int] = {}
        self.tick = 1e-4
        self.looks = 0

    def write(self, path: str, size: int) -> None:
        if path not in self._files:
            self._named(path)
        self._files[path] = FileMark(size, self._now(), self._now())

    def append(self, path: str, size: int) -> None:
        self.write(path, size + (self._files[path].size if path in self._files else 0))

    def rename(self, path: str, new: str, *, keeps_times: bool = False) -> None:
        mark = self._files.pop(path)
        self._folders[posixpath.dirname(path)] = self._now()
        self._named(new)
        self._files[new] = mark if keeps_times else mark._replace(changed=self._now())

    def remove(self, path: str) -> None:
        del self._files[path]
        self._folders[posixpath.dirname(path)] = self._now()

    def unmount(self, path: str) -> None:
        self._out.add(path)

    def mount(self, path: str) -> None:
        self._out.discard(path)

    def fail(self, path: str, number: int) -> None:
        self._errors[path] = number

    def entries(self, folder: str) -> list[Entry]:
        self._asked(folder)
        inside = folder.rstrip("/") + "/"
        listed: list[Entry] = [
            (path[len(inside) :], None)
            for path in self._folders
            if path.startswith(inside) and "/" not in path[len(inside) :] and path != "/"
        ]
        listed += [
            (path[len(inside) :], mark)
            for path, mark in self._files.items()
            if path.startswith(inside) and "/" not in path[len(inside) :]
        ]
        return listed

    def mark(self, path: str) -> FileMark | None:
        self._asked(path)
        return self._files.get(path)

    def modified(self, folder: str) -> int:
        self._asked(folder)
        return self._folders[folder]

    def _asked(self, path: str) -> None:
        self.looks += 1
        out = any(path == top or path.startswith(top + "/") for top in self._out)
        if out or (path not in self._files and path not in self._folders):
            raise FileNotFoundError(2, os.strerror(2), path)
        if number := self._errors.get(path):
            raise OSError(number, os.strerror(number), path)

    def _now(self) -> int:
        odd = 123 if self.tick < 1e-3 else 0  # ns: what a fine clock shows is seldom round
        return int(self._clock() / self.tick) * int(self.tick * 1e9) + odd

    def _named(self, path: str) -> None:
        """A name came into a folder."""
        folder = posixpath.dirname(path)
        if folder not in self._folders:
            self._named(folder)
        self._folders[folder] = self._now()
        while folder not in ("", "/"):
            self._folders.setdefault(folder, self._now())
            folder = posixpath.dirname(folder)
