"""What a job is, whatever it is called, and the sentence that it says when it has ended."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from hpm_engine import Edit


class JobKind(Enum):
    """What parts of the window know a job by; its title is for people alone."""

    OTHER = auto()  # that nothing follows
    INDEX = auto()  # for recall, and for searches before that
    INDEX_SEARCHES = auto()
    SYNC = auto()
    AGE = auto()
    CYCLE = auto()
    PREVIEW_CYCLE = auto()
    ACCEPT_PREVIEW = auto()
    UNDO_CYCLES = auto()


Sentence = Callable[[str, Any, str], str]  # from a job's title, its result, and "in 2 s"


def done(title: str, _result: object, took: str) -> str:
    """What a job says that has no more to say."""
    return f"{title}: done {took}."


def edited(_title: str, edit: Edit, _took: str) -> str:
    """What a change to marks says: it is named more exactly than what was asked for."""
    return f"{edit.title}."
