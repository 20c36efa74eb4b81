"""What earlier sessions tell of a file, an error or a tool.

Texts come from traces: they are data, shown as plain text. Times are Unix microseconds in UTC.
"""

from __future__ import annotations

import msgspec


class FileEdit(msgspec.Struct, frozen=True):
    """A step that changed a file: ``text`` is what it wrote, ``failed`` that the tool refused."""

    episode_id: int
    seq: int
    at: int | None
    path: str
    tool: str
    text: str
    failed: bool = False


class ErrorFix(msgspec.Struct, frozen=True):
    """How an error went away: the same call failed with it at ``failed`` and passed at ``passed``.

    ``changes`` are the positions of the steps between that changed files, or, where none did, of
    all that called a tool. Positions count from 0.
    """

    episode_id: int
    failed: int
    passed: int
    changes: tuple[int, ...]
    at: int | None
    call: str
    error: str  # the line that holds what was asked for


class StepQuestions(msgspec.Struct, frozen=True):
    """What a step gives to ask about: a file, an error, a tool; each "" where it has none."""

    blame: str = ""
    fix: str = ""
    how: str = ""


class Invocation(msgspec.Struct, frozen=True):
    """A call that worked; ``count`` is how often the very same did, this being the latest."""

    episode_id: int
    seq: int
    at: int | None
    tool: str
    call: str
    count: int = 1
