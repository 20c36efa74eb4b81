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
    for path, pid in _left(goal):
        if not lives(pid):
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink(missing_ok=True)
    return goal.with_name(f".{goal.name}-{os.getpid()}-{uuid.uuid4().hex[:8]}{_ENDING}")


def _left(goal: Path) -> list[tuple[Path, int]]:
    pattern = re.compile(rf"\.{re.escape(goal.name)}-(\d{{1,9}})-[0-9a-f]{{8}}(?=\.)")
    try:
        named = [(path, pattern.match(path.name)) for path in goal.parent.iterdir()]
    except OSError:
        return []
    return [(path, int(name[1])) for path, name in named if name and _ENDING in path.name]


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
