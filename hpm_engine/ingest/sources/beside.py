"""The small files beside a source that say how it ended, where it ran or what it is called."""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterable
from pathlib import Path

COMPANIONS = frozenset(("results.json", ".project_root", "session_index.jsonl"))
SPILLED = "tool-results"  # the folder of results that were too large for their session's file
LARGEST = 4 * 1024 * 1024
_MOST = 64 * 1024 * 1024

Beside = Callable[[str], bytes | None]


def is_companion(name: str, size: int) -> bool:
    """Whether a file of this name and size is one to be read."""
    folder, base = posixpath.split(name)
    return (base in COMPANIONS or posixpath.basename(folder) == SPILLED) and size <= LARGEST


def nothing_beside(relative: str) -> bytes | None:
    """For a source that stands alone."""
    return None


def beside_file(path: Path) -> Beside:
    """What stands beside a file on disk: a companion's bytes, b"" for any other file there."""

    def find(relative: str) -> bytes | None:
        other = path.parent / relative
        try:
            if not other.is_file():
                return None
            if other.parent.name == SPILLED and (other.is_symlink() or other.parent.is_symlink()):
                return b""  # never what a link leads to: the name is the trace's
            known = is_companion(other.as_posix(), other.stat().st_size)
            return other.read_bytes() if known else b""
        except OSError:
            return None

    return find


class MemberIndex:
    """An archive's companions by member name, read once, when the first is asked for."""

    def __init__(self, read: Callable[[], Iterable[tuple[str, bytes]]]) -> None:
        self._read = read
        self._found: dict[str, bytes] | None = None

    def beside(self, member: str) -> Beside:
        """What stands beside a member: a companion's bytes, b"" for any other member."""

        def find(relative: str) -> bytes | None:
            path = posixpath.normpath(posixpath.join(posixpath.dirname(member), relative))
            return self._members().get(path)

        return find

    def _members(self) -> dict[str, bytes]:
        if self._found is None:
            self._found, left = {}, _MOST
            for name, data in self._read():
                left -= len(data)
                self._found[posixpath.normpath(name)] = data if left > 0 else b""
        return self._found
