"""Short names for an episode: its task in one line, its project."""

from __future__ import annotations

from hpm_engine.ingest.steps.projects import project_name
from hpm_engine.words.visible_text import is_blank

TASK_LENGTH = 200  # characters
TITLE_LENGTH = 1_000  # characters; unlike a task's words, a title's are found nowhere else


def one_line(text: str, length: int = TASK_LENGTH) -> str:
    """``text`` on one line of at most ``length`` characters."""
    line = " ".join(text[: length * 20].split())
    return line if len(line) <= length else line[: length - 1] + "…"


def given_title(text: str) -> str:
    """A session's title on one line; "" for one without visible characters."""
    line = one_line(text, TITLE_LENGTH)
    return "" if is_blank(line) else line


def project_of(cwd: str) -> str:
    """The name of the repository or folder of a working folder; "" for none."""
    return project_name(cwd)
