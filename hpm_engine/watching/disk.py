"""What a watch asks of a disk, and the computer's own."""

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from typing import NamedTuple, Protocol


class FileMark(NamedTuple):
    """What tells one state of a file from another without opening it."""

    size: int  # bytes
    modified: int  # ns since 1970, as the next
    changed: int  # of the file's own row: other permissions, another name, a clock put back


Entry = tuple[str, FileMark | None]  # a name in a folder; None for a folder in it


class Disk(Protocol):
    """Names, sizes and times. Every method raises ``OSError`` for what cannot be looked at."""

    def entries(self, folder: str) -> Iterable[Entry]:
        """What is in a folder; a link to a folder is left out."""
        ...

    def mark(self, path: str) -> FileMark | None:
        """The state of a file; ``None`` for a folder."""
        ...

    def modified(self, folder: str) -> int:
        """When a name last came into a folder or went (ns)."""
        ...


class ComputerDisk:
    """The computer's own disk."""

    def entries(self, folder: str) -> Iterable[Entry]:
        """What is in a folder."""
        listed: list[Entry] = []
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    listed.append((entry.name, None))
                    continue
                with suppress(OSError):  # it went meanwhile, or is a link to nothing
                    status = entry.stat()
                    if status.st_mode & 0o170000 == 0o100000:
                        mark = FileMark(status.st_size, status.st_mtime_ns, status.st_ctime_ns)
                        listed.append((entry.name, mark))
        return listed

    def mark(self, path: str) -> FileMark | None:
        """The state of a file; ``None`` for a folder."""
        status = os.stat(path)
        if status.st_mode & 0o170000 == 0o040000:
            return None
        return FileMark(status.st_size, status.st_mtime_ns, status.st_ctime_ns)

    def modified(self, folder: str) -> int:
        """When a name last came into a folder or went (ns)."""
        return os.stat(folder).st_mtime_ns
