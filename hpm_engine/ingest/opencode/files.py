"""The files of a storage folder of OpenCode, on disk or in an archive."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Protocol

from hpm_engine.errors import CannotImport
from hpm_engine.ingest.sources.source import SourceFile

_ENDING = ".json"


class Files(Protocol):
    """The files, by their path in the storage folder."""

    def names(self, folder: str) -> list[str]:
        """The names of the JSON files in a folder, sorted; none where there is no such folder."""
        ...

    def read(self, path: str, most: int) -> bytes | None:
        """A file's bytes; None where there is none, or it has more than ``most``."""
        ...


class DiskFiles:
    """Files on disk. Links are not followed: what names them comes from a trace."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def names(self, folder: str) -> list[str]:
        """The names of the JSON files in a folder, sorted; none where there is no such folder."""
        path = self._root / folder
        try:
            if path.is_symlink():
                return []
            return sorted(name for name in os.listdir(path) if name.endswith(_ENDING))
        except OSError:
            return []

    def read(self, path: str, most: int) -> bytes | None:
        """A file's bytes; None where there is none, or it has more than ``most``."""
        file = self._root / path
        try:
            status = file.lstat()
            if not stat.S_ISREG(status.st_mode) or status.st_size > most:
                return None
            return file.read_bytes()
        except OSError:
            return None


class ArchiveFiles:
    """Members of an archive, as they were met."""

    def __init__(self) -> None:
        self._members: dict[str, dict[str, SourceFile]] = {}

    def add(self, path: str, source: SourceFile) -> None:
        """Take a member."""
        folder, _, name = path.rpartition("/")
        self._members.setdefault(folder, {})[name] = source

    def names(self, folder: str) -> list[str]:
        """The names of the JSON files in a folder, sorted; none where there is no such folder."""
        return sorted(self._members.get(folder, ()))

    def read(self, path: str, most: int) -> bytes | None:
        """A file's bytes; None where there is none, or it has more than ``most``."""
        folder, _, name = path.rpartition("/")
        source = self._members.get(folder, {}).get(name)
        try:
            if source is None or source.size > most:
                return None
            return b"".join(source.blocks())
        except CannotImport:
            return None
