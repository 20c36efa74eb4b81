"""Short names for an episode: its task in one line, its project."""

from __future__ import annotations

from hpm_engine.ingest.steps.projects import project_name
from hpm_engine.words.visible_text import is_blank

TASK_LENGTH = 200
TITLE_LENGTH = 1_000  # unlike a task's, its words stand nowhere else to be found


def one_line(text: str, length: int = TASK_LENGTH) -> str:
    """``text`` on one line of at most ``length`` characters."""
    line = " ".join(text[: length * 20].split())
    return line if len(line) <= length else line[: length - 1] + "…"


def given_title(text: str) -> str:
    """A name that a session was given, on one line; "" where there is nothing to see of it."""
    line = one_line(text, TITLE_LENGTH)
    return "" if is_blank(line) else line


def project_of(cwd: str) -> str:
    """The name of the repository or folder that a working folder belongs to; "" if it is none."""
    return project_name(cwd)
