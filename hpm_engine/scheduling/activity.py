"""The time of the last activity: the newest change in the folders where agents write."""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

_MOST = 50_000  # entries that are looked at


def last_activity(folders: Iterable[Path]) -> datetime | None:
    """The latest change of a file below ``folders`` (UTC); ``None`` where there is none.

    A file among them counts itself.
    """
    latest = 0.0
    left = _MOST
    pending = [os.fspath(folder) for folder in folders]
    while pending and left > 0:
        path = pending.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    left -= 1
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    elif entry.is_file(follow_symlinks=False):
                        latest = max(latest, entry.stat(follow_symlinks=False).st_mtime)
        except NotADirectoryError:
            latest = max(latest, _changed(path))
        except OSError:
            continue
    return datetime.fromtimestamp(latest, UTC) if latest else None


def _changed(path: str) -> float:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return 0.0
