"""Labels files: tables beside traces that say which tasks were resolved."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from hpm_engine.ingest.sources.source import SourceFile
from hpm_engine.values.episodes import Outcome

_ENDING = ".labels.csv"
_PLAIN = "labels.csv"
_LARGEST = 64 * 1024 * 1024  # bytes of a table
_RESOLVED = frozenset(("true", "1", "1.0", "yes", "resolved", "success"))
_UNRESOLVED = frozenset(("false", "0", "0.0", "no", "unresolved", "failure"))

Table = dict[str, Outcome]  # by the key of the task


def is_labels(head: bytes) -> bool:
    """Whether a file is a labels table: the first line of ``head`` names both columns."""
    first = head.split(b"\n", 1)[0].removeprefix(b"\xef\xbb\xbf").decode("utf-8", "replace")
    columns = {column.strip().strip('"') for column in first.split(",")}
    return {"instance_id", "resolved"} <= columns


class Labels:
    """Outcomes in ``labels.csv`` and ``<stem>.labels.csv`` beside sources, each table read once.

    A table whose stem begins the file's name comes before the folder's ``labels.csv``.
    """

    def __init__(self) -> None:
        self._folders: dict[Path, dict[str, Path]] = {}
        self._tables: dict[Path, Table] = {}

    def outcome(self, source: SourceFile, task_key: str) -> Outcome | None:
        """The outcome that a table beside the source's file states for a task, if any."""
        if not task_key:
            return None
        file = _file_of(source.name)
        stems = self._stems(file.parent)
        for stem in sorted(stems, key=len, reverse=True):
            if not stem or file.name == stem or file.name.startswith(f"{stem}."):
                outcome = self._table(stems[stem]).get(task_key)
                if outcome is not None:
                    return outcome
        return None

    def _stems(self, folder: Path) -> dict[str, Path]:
        """The folder's labels files by stem; "" is the one for all files there."""
        if folder not in self._folders:
            try:
                names = sorted(path.name for path in folder.glob("*labels.csv"))
            except OSError:
                names = []
            self._folders[folder] = {
                "" if name == _PLAIN else name.removesuffix(_ENDING): folder / name
                for name in names
                if name == _PLAIN or name.endswith(_ENDING)
            }
        return self._folders[folder]

    def _table(self, path: Path) -> Table:
        if path not in self._tables:
            self._tables[path] = _read(path)
        return self._tables[path]


def _file_of(name: str) -> Path:
    """The file on disk of a source: the archive where the source is a member."""
    end = name.find("!/")
    while end >= 0:
        if (archive := Path(name[:end])).is_file():
            return archive
        end = name.find("!/", end + 1)
    return Path(name)


def _read(path: Path) -> Table:
    """The table; a file that cannot be read labels nothing."""
    try:
        if not path.is_file() or path.stat().st_size > _LARGEST:
            return {}
        text = path.read_text(encoding="utf-8-sig")
        rows = csv.DictReader(io.StringIO(text, newline=""))
        return {
            row["instance_id"]: outcome
            for row in rows
            if row.get("instance_id") and (outcome := _outcome(row.get("resolved"))) is not None
        }
    except (OSError, UnicodeError, csv.Error):
        return {}


def _outcome(word: str | None) -> Outcome | None:
    plain = (word or "").strip().lower()
    if plain in _RESOLVED:
        return Outcome.SUCCESS
    return Outcome.FAILURE if plain in _UNRESOLVED else None
