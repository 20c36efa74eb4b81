"""Files and folders for their owner alone, whatever the umask."""

from __future__ import annotations

import os
from pathlib import Path


def private_folder(folder: Path) -> None:
    """Make a folder with those above it that lack, mode 0700; those that exist stay as they are.

    ``Path.mkdir`` gives its mode to the last one only. Raises ``OSError``.
    """
    missing = []
    at = folder
    while not at.exists() and at != at.parent:
        missing.append(at)
        at = at.parent
    for each in reversed(missing):
        each.mkdir(mode=0o700, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)  # raises where a file is in its place


def owner_only(path: str, flags: int) -> int:
    """The opener for ``open`` by which a file that is made has mode 0600."""
    return os.open(path, flags, 0o600)
