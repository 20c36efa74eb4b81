"""Short names for an episode: its task in one line, its project."""

from __future__ import annotations

import re

TASK_LENGTH = 200

_SEPARATORS = re.compile(r"[/\\]+")


def one_line(text: str) -> str:
    """``text`` on one line of at most 200 characters."""
    line = " ".join(text[: TASK_LENGTH * 20].split())
    return line if len(line) <= TASK_LENGTH else line[: TASK_LENGTH - 1] + "…"


def project_of(cwd: str) -> str:
    """The last component of a working folder, on any system."""
    return _SEPARATORS.split(cwd.rstrip("/\\"))[-1]
