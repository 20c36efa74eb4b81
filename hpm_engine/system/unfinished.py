"""Unfinished files and folders beside their goal, and those that killed processes left."""

from __future__ import annotations

import os
import re
import shutil
import sys
import uuid
from pathlib import Path

_ENDING = ".unfinished"


def unfinished(goal: Path) -> Path:
    """A name beside ``goal`` for an unfinished file; removes those of dead processes."""
    _remove(goal.parent, re.escape(goal.name))
    return goal.with_name(f".{goal.name}-{os.getpid()}-{uuid.uuid4().hex[:8]}{_ENDING}")


def remove_left(folder: Path, beginning: str) -> None:
    """Remove unfinished files of dead processes whose goals' names begin so, in a folder."""
    _remove(folder, re.escape(beginning) + r".*")


def _remove(folder: Path, goals: str) -> None:
    pattern = re.compile(rf"\.{goals}-(\d{{1,9}})-[0-9a-f]{{8}}(?=\.)")
    try:
        entries = [(path, pattern.match(path.name)) for path in folder.iterdir()]
    except OSError:
        return
    for path, name in entries:
        if name is None or _ENDING not in path.name or lives(int(name[1])):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)


def lives(pid: int) -> bool:
    """Whether a process of this machine lives; True if unknown."""
    if sys.platform == "win32":
        return True  # a signal there would end it; Windows removes its own temporary files
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True
