"""Which episodes a command is to work on: by number, by a search, or by what they are of."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any, TypeVar

import click

from hpm_engine import EpisodeQuery, Memory, field_term

F = TypeVar("F", bound=Callable[..., Any])


def options(function: F) -> F:
    """The options --query, --project, --agent and --day."""
    for name, help_text, metavar in (
        ("--day", "Those that began on this day.", "YYYY-MM-DD"),
        ("--agent", "Those of this agent.", "NAME"),
        ("--project", "Those of this project.", "NAME"),
        ("--query", "Those that this search finds, in the language of hpm episodes.", "QUERY"),
    ):
        function = click.option(name, default="", metavar=metavar, help=help_text)(function)
    return function


def chosen(
    memory: Memory, numbers: Sequence[str], query: str, project: str, agent: str, day: str
) -> list[int]:
    """The numbers of the episodes that are named and found. Raises ``NotFound``, ``BadQuery``."""
    ids = [memory.episodes.detail(name).episode.id for name in numbers]
    terms = [f"({query})"] if query else []
    terms += [field_term("project", project)] if project else []
    terms += [field_term("agent", agent)] if agent else []
    terms += [f"after:{day}", f"before:{_next(day)}"] if day else []
    if terms:
        found = memory.episodes.find(EpisodeQuery(" ".join(terms)))
        ids += found.window(0, len(found))
    return list(dict.fromkeys(ids))


def _next(day: str) -> str:
    """The day after; raises ``UsageError``."""
    try:
        return (date.fromisoformat(day) + timedelta(days=1)).isoformat()
    except (ValueError, OverflowError) as error:
        raise click.UsageError(f"{day!r} is no day. Write 2026-01-31.") from error
