"""Short names for an episode: its task in one line, its project."""

from __future__ import annotations

from hpm_engine.projects import project_name

TASK_LENGTH = 200


def one_line(text: str) -> str:
    """``text`` on one line of at most 200 characters."""
    line = " ".join(text[: TASK_LENGTH * 20].split())
    return line if len(line) <= TASK_LENGTH else line[: TASK_LENGTH - 1] + "…"


def project_of(cwd: str) -> str:
    """The name of the repository or folder that a working folder belongs to; "" if it is none."""
    return project_name(cwd)
